//! What an administrator removes for good (onechat.md, 4.3).

use app::{conversations, inboxes as use_cases, ports::Tx};
use axum::{extract::State, http::StatusCode, response::IntoResponse as _};
use serde_json::json as value;

use super::{caller::Caller, errors::Answer, inboxes, path::Path};
use crate::{Edge, http::json};

/// What the original answers.
const IN_SOME_TIME: &str = "Your inbox deletion request will be processed in some time.";

/// `DELETE …/conversations/{n}`: an empty 200. Nobody finds it from then on; what was said goes in the background.
pub(super) async fn delete_conversation(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    let directory = edge.core.directory.clone();
    let remove = move |tx: &mut dyn Tx| conversations::remove(tx, &directory, &scope, number);
    edge.core.store.transact(remove).await?;
    Ok(StatusCode::OK.into_response())
}

/// `DELETE …/inboxes/{id}`: `{message}`. Nobody reaches it from then on; its conversations go in the background, one after
/// another.
pub(super) async fn delete_inbox(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, inbox)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    let inbox = inboxes::find(&edge, &caller, account, inbox)?.inbox;
    if let Some(phones) = edge.phones.get(inbox.carrier.as_str())
        && let Err(error) = phones.reset(&inbox).await
    {
        // It is removed in any case, and the phone shows that it is linked no more when it looks.
        tracing::warn!(%error, inbox.id = inbox.id.0, "a phone whose inbox is removed was not told");
    }
    let remove = move |tx: &mut dyn Tx| use_cases::remove(tx, &scope, inbox.id);
    edge.core.store.transact(remove).await?;
    let body = value!({ "message": IN_SOME_TIME });
    Ok(json(StatusCode::OK, &body))
}
