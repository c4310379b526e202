//! `…/templates`, and sending one: calls for networks that let the business write first with approved texts only,
//! which none of ours is. Whoever asks is told so rather than shown an empty list.

use axum::extract::State;
use wire::chatapp::errors::Refusal;

use super::{
    errors::{Answer, Refused},
    path::Path,
    scope::Caller,
};
use crate::Edge;

/// `GET …/templates`.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path((license, messenger)): Path<(i64, String)>,
) -> Answer {
    refuse(&edge, &caller, license, &messenger)
}

/// `POST …/chats/{chat}/messages/template`.
pub(super) async fn send(
    State(edge): State<Edge>,
    caller: Caller,
    Path((license, messenger, _)): Path<(i64, String, String)>,
) -> Answer {
    refuse(&edge, &caller, license, &messenger)
}

fn refuse(edge: &Edge, caller: &Caller, license: i64, messenger: &str) -> Answer {
    caller.messenger(edge, license, messenger)?;
    let text = "this messenger has no templates; write what you like";
    Err(Refused::new(Refusal::NotSupported, text))
}
