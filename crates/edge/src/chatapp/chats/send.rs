//! `POST …/chats/{chat or number}/messages/text`, and what it shares with sending a file.

use app::{
    Error, conversations,
    messages::{self, Draft, Sent},
};
use axum::extract::State;
use wire::chatapp::{
    id::Id,
    rest::send::{self as bodies, SendText, Sender},
};

use super::find::{Place, Wanted};
use crate::{
    Edge,
    chatapp::{
        body::Json,
        errors::{Answer, ok},
        path::Path,
        scope::Caller,
        to_wire::chat_id,
    },
};

pub(super) async fn text(
    State(edge): State<Edge>,
    caller: Caller,
    Path(place): Path<Place>,
    Json(body): Json<SendText>,
) -> Answer {
    let wanted = Wanted::of(&edge, &caller, &place)?;
    let draft = Draft {
        content: Some(body.text),
        client_key: key(body.tracking),
        ..Draft::default()
    };
    let sent = send(&edge, &caller, wanted, body.sender, draft).await?;
    Ok(told(&sent))
}

/// An empty tracking is none: it would make every message after the first the first again.
pub(super) fn key(tracking: Option<String>) -> Option<String> {
    tracking.filter(|it| !it.is_empty())
}

/// The answer to a send.
pub(super) fn told(sent: &Sent) -> axum::response::Response {
    ok(bodies::Sent {
        id: Id::Number(sent.spoken.message.id.0),
        chat_id: chat_id(&sent.thread),
    })
}

/// Commits a message to a chat, which begins if a number is written to that has none: all of it or nothing, and
/// once however often the same tracking comes.
pub(super) async fn send(
    edge: &Edge,
    caller: &Caller,
    wanted: Wanted,
    sender: Option<Sender>,
    draft: Draft,
) -> app::Result<Sent> {
    let scope = match sender.unwrap_or_default() {
        Sender::Employee => caller.scope(),
        Sender::System => caller.scope_of_program(),
    };
    let directory = edge.core.directory.clone();
    edge.core
        .store
        .transact(move |tx| {
            let conversation = match wanted.find(tx, &scope)? {
                Some(conversation) => conversation,
                None => {
                    let told = wanted.name.told(&wanted.inbox);
                    let told = told.ok_or_else(|| Error::not_found("chat"))?;
                    conversations::begin(tx, &directory, &scope, &wanted.inbox, &told)?
                }
            };
            let sent = messages::send(tx, &directory, &scope, conversation.number, &draft)?;
            if sent.fresh || draft.is_said_by(&sent.spoken.message) {
                return Ok(sent);
            }
            // Some programs call everything that they send by one name. Then it is no key, and it is told back all
            // the same.
            let named = Draft {
                echo: draft.client_key.clone(),
                client_key: None,
                ..draft.clone()
            };
            messages::send(tx, &directory, &scope, conversation.number, &named)
        })
        .await
}
