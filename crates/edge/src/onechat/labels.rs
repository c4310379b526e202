//! The account's labels, and those of a conversation (onechat.md, 4.3). Administrators make labels; every agent
//! labels conversations.

use app::{
    conversations::{self, Relabel},
    labels::{self, NewLabel},
};
use axum::{extract::State, http::StatusCode, response::IntoResponse as _};
use bytes::Bytes;
use domain::{LabelId, Thread};
use wire::onechat::{
    errors::Refusal,
    request::{LabelParams, SetLabels, is_title},
    rest::Payload,
};

use super::{
    caller::Caller,
    conversations::body,
    errors::Answer,
    path::Path,
    to_wire::{rest, titles},
};
use crate::{Edge, http::json};

/// `GET …/labels`.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    let tables = edge.core.directory.tables();
    let all = tables.labels_of(scope.account_id).into_iter();
    let payload: Vec<_> = all.map(|it| rest::label(it)).collect();
    Ok(json(StatusCode::OK, &Payload { payload }))
}

/// `GET …/labels/{id}`: bare.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, label)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let tables = edge.core.directory.tables();
    let found = tables.labels.get(&LabelId(label));
    let found = found.filter(|it| it.account_id == scope.account_id);
    let found = found.ok_or_else(Refusal::not_found)?;
    Ok(json(StatusCode::OK, &rest::label(found)))
}

/// `POST …/labels`: bare.
pub(super) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    bytes: Bytes,
) -> Answer {
    let scope = caller.administers(account)?;
    let params: LabelParams = body(&bytes)?;
    if params
        .title
        .as_deref()
        .unwrap_or_default()
        .trim()
        .is_empty()
    {
        return Err(Refusal::invalid("Title must not be blank", &["title"]).into());
    }
    let new = wanted(params)?;
    let store = &edge.core.store;
    let made = store.transact(move |tx| labels::create(tx, &scope, &new));
    Ok(json(StatusCode::OK, &rest::label(&*made.await?)))
}

/// `PATCH …/labels/{id}`: bare.
pub(super) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, label)): Path<(i64, i64)>,
    bytes: Bytes,
) -> Answer {
    let scope = caller.administers(account)?;
    let new = wanted(body(&bytes)?)?;
    let store = &edge.core.store;
    let changed = store.transact(move |tx| labels::change(tx, &scope, LabelId(label), &new));
    Ok(json(StatusCode::OK, &rest::label(&*changed.await?)))
}

/// `DELETE …/labels/{id}`: an empty 200.
pub(super) async fn delete(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, label)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    labels::remove(&edge.core, scope, LabelId(label)).await?;
    Ok(StatusCode::OK.into_response())
}

/// Titles are kept in lower case and are single words, as OneChat has them.
fn wanted(params: LabelParams) -> Answer<NewLabel> {
    let title = params.title.map(|it| it.trim().to_lowercase());
    if title.as_deref().is_some_and(|it| !is_title(it)) {
        return Err(Refusal::invalid("Title is invalid", &["title"]).into());
    }
    Ok(NewLabel {
        title,
        description: params.description,
        color: params.color,
        on_sidebar: params.show_on_sidebar,
        ..NewLabel::default()
    })
}

/// `GET …/conversations/{n}/labels`: the titles.
pub(super) async fn of_conversation(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let store = &edge.core.store;
    let row = store.view(|view| conversations::load(view, &scope, number))?;
    Ok(told(&conversations::thread(&edge.core.directory, row)?))
}

/// `POST …/conversations/{n}/labels`: all of them anew. A title that no label has becomes one.
pub(super) async fn set(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    bytes: Bytes,
) -> Answer {
    let scope = caller.within(account)?;
    let wanted: SetLabels = body(&bytes)?;
    let change = Relabel::Replace(wanted.labels);
    let directory = edge.core.directory.clone();
    let store = &edge.core.store;
    let thread =
        store.transact(move |tx| conversations::label(tx, &directory, &scope, number, &change));
    Ok(told(&thread.await?))
}

fn told(thread: &Thread) -> axum::response::Response {
    let payload = titles(&thread.labels);
    json(StatusCode::OK, &Payload { payload })
}
