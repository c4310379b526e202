//! Sending what was said in a conversation to an e-mail address. A server without a mail server says so: an answer
//! that all is well would promise a letter that nobody gets.

use app::{
    Scope, conversations,
    letters::{self, Transcript},
    ports::ConversationRow,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use wire::onechat::errors::Refusal;

use super::{caller::Caller, errors::Answer, given::Given, path::Path};
use crate::Edge;

/// `POST …/conversations/{n}/transcript {email}`: an empty 200, once the letter is owed.
pub(super) async fn send(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let row = edge
        .core
        .store
        .view(|view| conversations::load(view, &scope, number))?;
    let email = params.text("email")?.unwrap_or_default();
    mail(&edge, scope, &row, &email).await
}

/// Sends what was said in a conversation that the asker sees.
pub(super) async fn mail(edge: &Edge, scope: Scope, row: &ConversationRow, email: &str) -> Answer {
    if email.trim().is_empty() {
        return Err(Refusal::unprocessable("email param missing").into());
    }
    let Some(post) = &edge.core.post else {
        let text = "Sending e-mail is not configured on this server: the transcript was not sent";
        return Err(Refusal::unprocessable(text).into());
    };
    let transcript = Transcript::of(&edge.core, row, email)?;
    let most = post.transcripts_per_hour;
    let request = edge
        .core
        .store
        .transact(move |tx| letters::request(tx, &scope, transcript.clone(), most));
    request.await?;
    edge.hooks.news.notify_one();
    Ok(nothing())
}

fn nothing() -> Response {
    StatusCode::OK.into_response()
}
