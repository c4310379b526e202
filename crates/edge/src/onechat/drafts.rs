//! What somebody has begun to write in a conversation: one draft each, kept for whoever opens it next
//! (onechat.md, 4.3, `draft_messages`).

use app::{Scope, conversations, ports::Tx};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::IntoResponse as _,
};
use domain::ConversationId;
use serde_json::json as value;
use wire::onechat::errors::Refusal;

use super::{caller::Caller, errors::Answer, given::Given, path::Path};
use crate::{Edge, http::json};

/// Under whose name drafts are kept, by the conversations' numbers.
const KEEPER: &str = "onechat/draft";
/// Characters of a draft: those of a message.
const DRAFT_CHARS: usize = 150_000;

fn find(edge: &Edge, scope: &Scope, number: i64) -> Answer<ConversationId> {
    let load = |view: &dyn app::ports::View| conversations::load(view, scope, number);
    Ok(edge.core.store.view(load)?.conversation.id)
}

async fn keep(edge: &Edge, id: ConversationId, text: Option<String>) -> Answer {
    let keep = move |tx: &mut dyn Tx| tx.keep(KEEPER, &id.to_string(), text.as_deref());
    edge.core.store.transact(keep).await?;
    Ok(StatusCode::OK.into_response())
}

/// Forgets the draft in a conversation that is removed.
pub(super) fn forget(tx: &mut dyn Tx, id: ConversationId) -> app::Result<()> {
    tx.keep(KEEPER, &id.to_string(), None)
}

/// `GET …/conversations/{n}/draft_messages`.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let name = find(&edge, &scope, number)?.to_string();
    let kept = edge.core.store.view(|view| view.find_kept(KEEPER, &name))?;
    let body = match kept {
        Some(text) => value!({ "has_draft": true, "message": text }),
        None => value!({ "has_draft": false }),
    };
    Ok(json(StatusCode::OK, &body))
}

/// `PATCH …/draft_messages {draft_message: {message}}`: in place of the one that is kept. An empty 200.
pub(super) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let id = find(&edge, &scope, number)?;
    let params = Given::read(&edge, request).await?.params;
    let text = params.unwrapped("draft_message").text("message")?;
    let text = text.unwrap_or_default();
    if text.chars().count() > DRAFT_CHARS {
        let text = format!("Message is too long (maximum is {DRAFT_CHARS} characters)");
        return Err(Refusal::invalid(&text, &["message"]).into());
    }
    keep(&edge, id, Some(text)).await
}

/// `DELETE …/draft_messages`: an empty 200.
pub(super) async fn delete(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let id = find(&edge, &scope, number)?;
    keep(&edge, id, None).await
}
