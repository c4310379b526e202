//! `PATCH …/chats/{chat}/read`: everything up to now has been read.

use app::conversations;
use axum::extract::State;

use super::find::{Place, number};
use crate::{
    Edge,
    chatapp::{
        errors::{Answer, done},
        path::Path,
        scope::Caller,
    },
};

pub(super) async fn read(
    State(edge): State<Edge>,
    caller: Caller,
    Path(place): Path<Place>,
) -> Answer {
    let number = number(&edge, &caller, &place)?;
    let (scope, me) = (caller.scope(), caller.agent.id);
    let directory = edge.core.directory.clone();
    edge.core
        .store
        .transact(move |tx| conversations::seen(tx, &directory, &scope, number, me))
        .await?;
    Ok(done())
}
