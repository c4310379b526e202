//! What happened, to whoever follows ChatApp's channels.

use app::Core;
use domain::{Entry, Event, Thread};
use wire::{
    chatapp::{
        channels::Channel,
        chats::{ChatRead, ChatResponsible, ChatStatus},
        envelope::{flat, on_socket},
        events::MessengerItem,
        id::Ref,
    },
    pusher::{frames, topic},
};

use super::{SOCKET_KEY, to_wire};
use crate::Edge;

/// Tells the messenger's channel, if anybody follows it.
pub(crate) async fn tell(edge: &Edge, entry: &Entry) {
    let Some(thread) = thread(&entry.event) else {
        return;
    };
    let Some(app) = edge.pusher.find(SOCKET_KEY) else {
        return;
    };
    let channel = Channel::Messenger {
        license_id: thread.inbox.license_id,
        messenger: &thread.inbox.messenger,
    }
    .to_string();
    let topic = topic(&app.id, &channel);
    if !edge.hub.is_followed(&topic) {
        return;
    }
    if let Some(told) = render(&edge.core, thread, &entry.event) {
        let frame = frames::event(told.name, &channel, &told.on_socket);
        edge.hub.publish(&topic, frame).await;
    }
}

fn thread(event: &Event) -> Option<&Thread> {
    match event {
        Event::ConversationStatusChanged { thread, .. }
        | Event::ConversationAssigned { thread, .. }
        | Event::ConversationSeen { thread, .. }
        | Event::MessageCreated { thread, .. }
        | Event::MessageUpdated { thread, .. } => Some(thread),
        Event::AccountChanged { .. }
        | Event::SocketAppChanged { .. }
        | Event::EndpointChanged { .. }
        | Event::InboxChanged { .. }
        | Event::SessionChanged { .. }
        | Event::AgentChanged { .. }
        | Event::ContactCreated { .. }
        | Event::ContactUpdated { .. }
        | Event::ConversationCreated { .. } => None,
    }
}

/// What one event is to this dialect: its name, and its object in either envelope.
struct Told {
    name: &'static str,
    on_socket: String,
    flat: String,
}

/// An event as a callback posts it: its name and its body.
pub(super) fn callback(core: &Core, entry: &Entry) -> Option<(String, String)> {
    let told = render(core, thread(&entry.event)?, &entry.event)?;
    Some((told.name.to_owned(), told.flat))
}

fn render(core: &Core, thread: &Thread, event: &Event) -> Option<Told> {
    let chat = || Ref {
        id: to_wire::chat_id(thread),
    };
    match event {
        Event::MessageCreated { spoken, .. } if !spoken.message.private => {
            Some(told(thread, to_wire::message(core, thread, spoken)))
        }
        Event::MessageUpdated { spoken, was, .. } if spoken.message.status != *was => {
            to_wire::status(thread, &spoken.message).map(|item| told(thread, item))
        }
        Event::ConversationStatusChanged { .. } => {
            let kind = to_wire::status_word(thread.conversation.status);
            Some(told(
                thread,
                ChatStatus {
                    kind: kind.into(),
                    chat: chat(),
                },
            ))
        }
        Event::ConversationAssigned { by, .. } => {
            let item = ChatResponsible {
                responsible: thread.conversation.assignee_id.map(|id| Ref { id: id.0 }),
                chat: chat(),
                from_app: None,
                edited: by.map(|id| Ref { id: id.0 }),
            };
            Some(told(thread, item))
        }
        Event::ConversationSeen { .. } => Some(told(thread, ChatRead { chat: chat() })),
        _ => None,
    }
}

fn told<T: MessengerItem>(thread: &Thread, item: T) -> Told {
    let items = [item];
    let (license, messenger) = (thread.inbox.license_id, thread.inbox.messenger.as_str());
    Told {
        name: T::EVENT.name(),
        on_socket: on_socket(license, messenger, &items).to_json(),
        flat: flat(license, messenger, &items).to_json(),
    }
}
