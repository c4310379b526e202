//! Somebody types, or no longer does: told as it happens to everybody else in the conversation, and kept nowhere.

use app::{
    conversations,
    ports::ConversationRow,
    signs::{self, Typed},
    stopped,
};
use tokio::sync::{broadcast::error::RecvError, watch};
use wire::onechat::{Event, Name, push::Actor, push::Typing};

use super::{
    passing,
    to_wire::{Audience, push},
    topics::{agent_topic, contact_topics, watchers_topics},
};
use crate::Edge;

pub(super) use super::passing::Typist;

/// Tells of it, if the word is `on` or `off`. The typist is not told of themselves, and the contact not of a note.
pub(super) async fn tell(
    edge: &Edge,
    mut row: ConversationRow,
    typist: Typist,
    word: &str,
    is_private: bool,
) -> app::Result<()> {
    let name = match word {
        "on" => Name::ConversationTypingOn,
        "off" => Name::ConversationTypingOff,
        _ => return Ok(()),
    };
    let core = &edge.core;
    let last = row
        .last_message
        .take()
        .map(|it| conversations::spoken(&core.directory, it));
    let thread = conversations::thread(&core.directory, row)?;
    let payload = |audience: Audience| {
        let user = match &typist {
            Typist::Contact => Actor::Contact(Box::new(push::contact(
                core,
                &thread.contact,
                Some(&thread.address),
                audience,
            ))),
            Typist::Agent(agent) => push::user(core, agent),
        };
        let data = Typing {
            conversation: push::conversation(core, &thread, last.as_ref(), audience),
            user,
            account_id: thread.conversation.account_id.0,
            is_private,
        };
        Event::new(name, data.account_id, &data).to_bytes().ok()
    };
    let own = match &typist {
        Typist::Agent(agent) => Some(agent_topic(agent.account_id, agent.id)),
        Typist::Contact => None,
    };
    let mut agents = watchers_topics(&core.directory.tables(), &thread.inbox);
    agents.retain(|topic| edge.hub.is_followed(topic));
    if !agents.is_empty()
        && let Some(payload) = payload(Audience::Agents)
    {
        for topic in &agents {
            edge.hub
                .publish_unless(topic, payload.clone(), own.as_deref())
                .await;
        }
    }
    let on = word == "on";
    if matches!(typist, Typist::Agent(_)) && !is_private {
        core.typing
            .tell(Typed::in_thread(&thread, signs::Typist::Us, on));
    }
    passing::typing(edge, &thread, last.as_ref(), &typist, on, is_private).await?;
    if matches!(typist, Typist::Agent(_)) && !is_private {
        for topic in contact_topics(&thread) {
            if edge.hub.is_followed(&topic)
                && let Some(payload) = payload(Audience::Contact)
            {
                edge.hub.publish(&topic, payload).await;
            }
        }
    }
    Ok(())
}

/// Tells of what networks say of who types, until `stop` says so.
pub async fn run(edge: Edge, mut stop: watch::Receiver<bool>) {
    let mut typing = edge.core.typing.listen();
    loop {
        let heard = tokio::select! {
            heard = typing.recv() => heard,
            () = stopped(&mut stop) => return,
        };
        match heard {
            Ok(it) if it.by == signs::Typist::Contact => {
                if let Err(error) = told(&edge, &it).await {
                    tracing::warn!(%error, "nobody is told that a contact types");
                }
            }
            // Whoever is behind is behind with nothing that lasts.
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

async fn told(edge: &Edge, it: &Typed) -> app::Result<()> {
    let store = &edge.core.store;
    let row = store.view(|view| view.find_conversation_by_id(it.conversation_id))?;
    let Some(row) = row else {
        return Ok(());
    };
    let word = if it.on { "on" } else { "off" };
    tell(edge, row, Typist::Contact, word, false).await
}
