//! The account's inboxes.

use app::{Error, directory::Connected, inboxes};
use axum::{extract::State, http::StatusCode};
use domain::{InboxId, Role};
use wire::onechat::{errors::Refusal, rest::Payload};

use super::{caller::Caller, errors::Answer, path::Path, to_wire::rest};
use crate::{Edge, http::json};

/// `GET …/inboxes`.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    let tables = edge.core.directory.tables();
    let payload: Vec<_> = tables
        .inboxes_of(scope.account_id)
        .map(rest::inbox)
        .collect();
    Ok(json(StatusCode::OK, &Payload { payload }))
}

/// `GET …/inboxes/{id}`: bare.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, inbox)): Path<(i64, i64)>,
) -> Answer {
    Ok(json(
        StatusCode::OK,
        &rest::inbox(&find(&edge, &caller, account, inbox)?),
    ))
}

/// `POST …/inboxes/{id}/resume`: ours. Lets an inbox send again that paused because its network refused us.
pub(super) async fn resume(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, inbox)): Path<(i64, i64)>,
) -> Answer {
    let connected = find(&edge, &caller, account, inbox)?;
    if caller.agent.role != Role::Administrator {
        return Err(Refusal::not_authorized().into());
    }
    edge.core
        .store
        .transact(move |tx| inboxes::resume(tx, &connected))
        .await?;
    Ok(json(
        StatusCode::OK,
        &rest::inbox(&find(&edge, &caller, account, inbox)?),
    ))
}

fn find(edge: &Edge, caller: &Caller, account: i64, inbox: i64) -> Answer<Connected> {
    let scope = caller.within(account)?;
    let found = edge.core.directory.inbox(InboxId(inbox));
    let found = found.filter(|it| it.inbox.account_id == scope.account_id);
    Ok(found.ok_or_else(|| Error::not_found("inbox"))?)
}
