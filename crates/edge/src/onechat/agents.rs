//! The account's agents.

use axum::{extract::State, http::StatusCode};

use super::{caller::Caller, errors::Answer, path::Path, to_wire::rest};
use crate::{Edge, http::json};

/// `GET …/agents`: a bare array.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    let tables = edge.core.directory.tables();
    let all: Vec<_> = tables
        .agents_of(scope.account_id)
        .map(|it| rest::agent(&edge.core, it))
        .collect();
    Ok(json(StatusCode::OK, &all))
}
