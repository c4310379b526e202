//! A conversation as ChatApp's chat.

use domain::Thread;
use wire::chatapp::{id::Ref, rest::chat::Chat};

use crate::chatapp::to_wire::{chat_id, chat_kind, phone, status_word, tag};

pub(super) fn chat(thread: &Thread) -> Chat<'_> {
    let it = &thread.conversation;
    Chat {
        id: chat_id(thread),
        internal_id: it.number,
        license_id: thread.inbox.license_id,
        messenger_type: thread.inbox.messenger.as_str().into(),
        kind: chat_kind(thread).into(),
        phone: phone(&thread.contact),
        name: Some(thread.contact.name.as_str().into()),
        last_time: it.last_activity_at.as_second(),
        responsible: it.assignee_id.map(|id| Ref { id: id.0 }),
        status: status_word(it.status).into(),
        tags: thread.labels.iter().map(|it| tag(it)).collect(),
    }
}
