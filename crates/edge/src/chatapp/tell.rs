//! What happened, to whoever follows ChatApp's channels.

use bytes::Bytes;
use domain::{ConversationStatus, Entry, Event, Thread};
use wire::{
    chatapp::{
        channels::Channel,
        chats::{ChatRead, ChatResponsible, ChatStatus},
        envelope::on_socket,
        events::MessengerItem,
        id::Ref,
    },
    pusher::{frames, topic},
};

use super::{SOCKET_KEY, to_wire};
use crate::Edge;

/// Tells the messenger's channel, if anybody follows it.
pub(crate) async fn tell(edge: &Edge, entry: &Entry) {
    let Some(thread) = thread(&entry.event) else { return };
    let Some(app) = edge.pusher.find(SOCKET_KEY) else { return };
    let channel = Channel::Messenger {
        license_id: thread.inbox.license_id,
        messenger: &thread.inbox.messenger,
    }
    .to_string();
    let topic = topic(&app.id, &channel);
    if !edge.hub.is_followed(&topic) {
        return;
    }
    if let Some(frame) = render(edge, thread, &entry.event, &channel) {
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
        | Event::InboxChanged { .. }
        | Event::AgentChanged { .. }
        | Event::ContactCreated { .. }
        | Event::ContactUpdated { .. }
        | Event::ConversationCreated { .. } => None,
    }
}

fn render(edge: &Edge, thread: &Thread, event: &Event, channel: &str) -> Option<Bytes> {
    let chat = || Ref { id: to_wire::chat_id(thread) };
    match event {
        Event::MessageCreated { spoken, .. } if !spoken.message.private => {
            Some(frame(thread, channel, to_wire::message(&edge.core, thread, spoken)))
        }
        Event::MessageUpdated { spoken, was, .. } if spoken.message.status != *was => {
            to_wire::status(thread, &spoken.message).map(|item| frame(thread, channel, item))
        }
        Event::ConversationStatusChanged { .. } => {
            let kind = match thread.conversation.status {
                ConversationStatus::Open => "open",
                ConversationStatus::Resolved => "close",
                ConversationStatus::Pending => "pending",
                ConversationStatus::Snoozed => "snoozed",
            };
            Some(frame(thread, channel, ChatStatus { kind: kind.into(), chat: chat() }))
        }
        Event::ConversationAssigned { by, .. } => {
            let item = ChatResponsible {
                responsible: thread.conversation.assignee_id.map(|id| Ref { id: id.0 }),
                chat: chat(),
                from_app: None,
                edited: by.map(|id| Ref { id: id.0 }),
            };
            Some(frame(thread, channel, item))
        }
        Event::ConversationSeen { .. } => Some(frame(thread, channel, ChatRead { chat: chat() })),
        _ => None,
    }
}

/// The finished event: the object as text inside the frame, as the protocol has it.
fn frame<T: MessengerItem>(thread: &Thread, channel: &str, item: T) -> Bytes {
    let items = [item];
    let envelope = on_socket(thread.inbox.license_id, &thread.inbox.messenger, &items);
    frames::event(T::EVENT.name(), channel, &envelope.to_json())
}
