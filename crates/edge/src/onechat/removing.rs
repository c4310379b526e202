//! What an administrator removes for good (onechat.md, 4.3).

use app::{conversations, ports::Tx};
use axum::{extract::State, http::StatusCode, response::IntoResponse as _};

use super::{caller::Caller, errors::Answer, path::Path};
use crate::Edge;

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
