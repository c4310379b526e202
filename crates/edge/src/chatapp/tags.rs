//! `…/companies/{company}/tags`: the company's tags, which administrators make. A tag is a label.

use app::labels::{self, NewCategory, NewLabel};
use axum::{
    extract::{FromRequestParts, State},
    http::request::Parts,
};
use domain::{AccountId, Label, LabelId, Role};
use wire::chatapp::{
    errors::Refusal,
    rest::{Items, tags::SetTag},
};

use super::{
    body::Json,
    companies::must_be_own,
    errors::{Answer, Refused, done, ok},
    path::Path,
    scope::Caller,
    to_wire,
};
use crate::Edge;

/// `GET …/companies/{company}/tags`.
pub(super) async fn of_company(
    State(edge): State<Edge>,
    caller: Caller,
    Path(company): Path<i64>,
) -> Answer {
    must_be_own(&caller, company)?;
    Ok(told(&edge, caller.agent.account_id))
}

/// `GET …/messengers/{messenger}/tags`: the same, for programs that know a messenger only.
pub(super) async fn of_messenger(
    State(edge): State<Edge>,
    caller: Caller,
    Path((license, messenger)): Path<(i64, String)>,
) -> Answer {
    let inbox = caller.messenger(&edge, license, &messenger)?;
    Ok(told(&edge, inbox.account_id))
}

fn told(edge: &Edge, account: AccountId) -> axum::response::Response {
    let tables = edge.core.directory.tables();
    let all = tables.labels_of(account).into_iter();
    let items = all.map(|it| to_wire::tag(it)).collect::<Vec<_>>();
    ok(Items { items })
}

/// `POST …/companies/{company}/tags`: answers the tag.
pub(super) async fn create(
    State(edge): State<Edge>,
    Administrator(caller): Administrator,
    Path(company): Path<i64>,
    Json(body): Json<SetTag>,
) -> Answer {
    must_be_own(&caller, company)?;
    if body.name.is_none() {
        return Err(Refused::new(Refusal::Validation, "name is required"));
    }
    let (scope, new) = (caller.scope(), wanted(body));
    let store = &edge.core.store;
    let made = store.transact(move |tx| labels::create(tx, &scope, &new));
    Ok(one(&*made.await?))
}

/// `PATCH …/tags/{tag}`: answers the tag.
pub(super) async fn update(
    State(edge): State<Edge>,
    Administrator(caller): Administrator,
    Path((company, tag)): Path<(i64, i64)>,
    Json(body): Json<SetTag>,
) -> Answer {
    must_be_own(&caller, company)?;
    let (scope, new) = (caller.scope(), wanted(body));
    let store = &edge.core.store;
    let changed = store.transact(move |tx| labels::change(tx, &scope, LabelId(tag), &new));
    Ok(one(&*changed.await?))
}

/// `DELETE …/tags/{tag}`.
pub(super) async fn delete(
    State(edge): State<Edge>,
    Administrator(caller): Administrator,
    Path((company, tag)): Path<(i64, i64)>,
) -> Answer {
    must_be_own(&caller, company)?;
    labels::remove(&edge.core, caller.scope(), LabelId(tag)).await?;
    Ok(done())
}

fn one(label: &Label) -> axum::response::Response {
    ok(to_wire::tag(label))
}

fn wanted(body: SetTag) -> NewLabel {
    let category = body.category.map(|given| {
        given.map(|it| NewCategory {
            name: it.name,
            sort: it.sort,
        })
    });
    NewLabel {
        title: body.name,
        color: body.color,
        sort: body.sort,
        category,
        ..NewLabel::default()
    }
}

/// A caller who may configure the company.
pub(super) struct Administrator(pub(super) Caller);

impl FromRequestParts<Edge> for Administrator {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Refused> {
        let caller = Caller::from_request_parts(parts, edge).await?;
        if caller.agent.role == Role::Administrator {
            return Ok(Self(caller));
        }
        let text = "only an administrator of the company may do this";
        Err(Refused::new(Refusal::Forbidden, text))
    }
}
