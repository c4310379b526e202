//! What clients ask before anything else: whether this is a server they can speak to, and who may answer where.

use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
};
use serde_json::json as value;
use wire::onechat::{errors::Refusal, rest::Payload};

use super::{caller::Caller, contacts::own_inbox, errors::Answer, path::Path, to_wire::rest};
use crate::{
    Edge,
    http::{json, pairs},
};

/// The version of the original whose clients find what they look for here.
const SPOKEN: &str = "4.14.2";

/// `GET /health`.
pub(super) async fn health() -> axum::response::Response {
    json(StatusCode::OK, &value!({ "status": "woot" }))
}

/// `GET /api`: asked by apps and installers. What they call queues and data is one store here.
pub(super) async fn version(State(edge): State<Edge>) -> axum::response::Response {
    let now = edge.core.clock.now();
    let works = edge.core.store.view(|view| view.journal_head()).is_ok();
    let state = if works { "ok" } else { "failing" };
    let body = value!({
        "version": SPOKEN,
        "timestamp": now.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "queue_services": state,
        "data_services": state,
    });
    json(StatusCode::OK, &body)
}

/// `GET …/inbox_members/{inbox}`: every agent of the account answers in every inbox.
pub(super) async fn inbox_members(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, inbox)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    own_inbox(&edge, &scope, inbox)?;
    Ok(everybody(&edge, &scope))
}

/// `GET …/assignable_agents?inbox_ids[]=`.
pub(super) async fn assignable(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    RawQuery(query): RawQuery,
) -> Answer {
    let scope = caller.within(account)?;
    let mut named = 0;
    for (key, id) in pairs(query.unwrap_or_default().as_bytes()) {
        if key == "inbox_ids[]" || key == "inbox_ids" {
            let id = id
                .parse()
                .map_err(|_| Refusal::unprocessable("inbox_ids: not a whole number"))?;
            own_inbox(&edge, &scope, id)?;
            named += 1;
        }
    }
    if named == 0 {
        return Err(Refusal::missing_param("inbox_ids").into());
    }
    Ok(everybody(&edge, &scope))
}

fn everybody(edge: &Edge, scope: &app::Scope) -> axum::response::Response {
    let tables = edge.core.directory.tables();
    let payload: Vec<_> = tables
        .agents_of(scope.account_id)
        .map(|it| rest::agent(&edge.core, it))
        .collect();
    json(StatusCode::OK, &Payload { payload })
}
