//! `PUT …/chats/{chat}/status`: where the chat stands.

use app::conversations::{self, NewStatus};
use axum::extract::State;
use domain::ConversationStatus;
use wire::chatapp::rest::changes::{self, SetStatus};

use super::{
    find::{Place, number},
    show::told,
};
use crate::{
    Edge,
    chatapp::{body::Json, errors::Answer, path::Path, scope::Caller},
};

pub(super) async fn set(
    State(edge): State<Edge>,
    caller: Caller,
    Path(place): Path<Place>,
    Json(body): Json<SetStatus>,
) -> Answer {
    let number = number(&edge, &caller, &place)?;
    let scope = caller.scope();
    let directory = edge.core.directory.clone();
    let status = match body.status {
        changes::NewStatus::Open => ConversationStatus::Open,
        changes::NewStatus::Close => ConversationStatus::Resolved,
    };
    let new = NewStatus::To(status, None);
    let thread = edge
        .core
        .store
        .transact(move |tx| conversations::set_status(tx, &directory, &scope, number, new))
        .await?;
    Ok(told(&thread))
}
