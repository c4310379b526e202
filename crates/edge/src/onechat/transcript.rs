//! Sending what was said in a conversation to an e-mail address. This server sends no e-mail, and says so: an answer
//! that all is well would promise a letter that nobody gets.

use app::conversations;
use axum::extract::{Request, State};
use wire::onechat::errors::Refusal;

use super::{caller::Caller, errors::Answer, given::Given, path::Path};
use crate::Edge;

/// `POST …/conversations/{n}/transcript {email}`.
pub(super) async fn send(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    edge.core
        .store
        .view(|view| conversations::load(view, &scope, number))?;
    let email = params.text("email")?.unwrap_or_default();
    if email.trim().is_empty() {
        return Err(Refusal::unprocessable("email param missing").into());
    }
    let text = "Sending e-mail is not configured on this server: the transcript was not sent";
    Err(Refusal::unprocessable(text).into())
}
