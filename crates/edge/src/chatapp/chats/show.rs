//! `GET …/chats/{chat}`: one chat, by its id or its number.

use app::conversations;
use axum::extract::State;
use domain::Thread;

use super::{
    find::{Place, number},
    to_wire::chat,
};
use crate::{
    Edge,
    chatapp::{
        errors::{Answer, ok},
        path::Path,
        scope::Caller,
    },
};

pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path(place): Path<Place>,
) -> Answer {
    let number = number(&edge, &caller, &place)?;
    let scope = caller.scope();
    let row = edge
        .core
        .store
        .view(|view| conversations::load(view, &scope, number))?;
    let thread = conversations::thread(&edge.core.directory, row)?;
    Ok(told(&thread))
}

/// The answer that is a chat.
pub(super) fn told(thread: &Thread) -> axum::response::Response {
    ok(chat(thread))
}
