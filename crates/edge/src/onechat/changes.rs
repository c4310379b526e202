//! What was otherwise before, under the names that the original's columns have: `previous_changes` on the cable,
//! `changed_attributes` in webhooks (onechat.md, 1.7 and 5.3).

use std::sync::Arc;

use domain::{
    Contact, Conversation, ConversationStatus, Details, Direction, Former, Label, Message, Spoken,
    Thread, Timestamp,
};
use serde::Serialize;
use wire::onechat::{
    Json,
    webhook::{Change, ChangedAttributes},
};

use super::to_wire::{
    attributes, content, content_attributes, conversation_status, iso, message_status, priority,
    titles,
};

/// What changed, in order.
#[derive(Default)]
pub(super) struct Changes(Vec<(String, Change)>);

impl Changes {
    /// With this one, if the two values differ.
    pub(super) fn of<T: Serialize + PartialEq>(mut self, name: &str, was: &T, now: &T) -> Self {
        if was != now
            && let Ok(change) = Change::between(was, now)
        {
            self.0.push((name.to_owned(), change));
        }
        self
    }

    /// As they are told; none if nothing changed.
    pub(super) fn told(self) -> Option<ChangedAttributes> {
        ChangedAttributes::new(self.0)
    }
}

/// Of a message. Nothing changed if OneChat has one word for before and now, but for the time.
pub(super) fn of_message(was: &Former, now: &Message) -> Option<ChangedAttributes> {
    let old = now.as_it_was(was);
    let (before, after) = (content(&old), content(now));
    Changes::default()
        .of("content", &before, &after)
        .of("processed_message_content", &before, &after)
        .of(
            "status",
            &message_status(was.status),
            &message_status(now.status),
        )
        .of(
            "content_attributes",
            &content_attributes(&old),
            &content_attributes(now),
        )
        .of("source_id", &was.external_id, &now.external_id)
        .of("updated_at", &iso(was.updated_at), &iso(now.updated_at))
        .told()
}

/// Of a contact.
pub(super) fn of_contact(was: &Contact, now: &Contact) -> Option<ChangedAttributes> {
    let custom = |it: &Contact| Json::parse_or_empty(&it.custom_attributes);
    let learnt = |it: &Contact| Json::parse_or_empty(&it.additional_attributes);
    Changes::default()
        .of("name", &was.name, &now.name)
        .of("email", &was.email, &now.email)
        .of("phone_number", &was.phone, &now.phone)
        .of("identifier", &was.identifier, &now.identifier)
        .of("blocked", &was.blocked, &now.blocked)
        .of("custom_attributes", &custom(was), &custom(now))
        .of("additional_attributes", &learnt(was), &learnt(now))
        .of("updated_at", &iso(was.updated_at), &iso(now.updated_at))
        .told()
}

/// Of where a conversation stands.
pub(super) fn of_status(
    was: ConversationStatus,
    put_off: Option<Timestamp>,
    now: &Conversation,
) -> Changes {
    let statuses = [was, now.status].map(conversation_status);
    let until = [put_off, now.snoozed_until].map(|it| it.map(iso));
    Changes::default()
        .of("status", &statuses[0], &statuses[1])
        .of("snoozed_until", &until[0], &until[1])
}

/// Of a conversation in which something was said: somebody answered for the first time, the contact begins to wait for
/// an answer or waits no longer.
pub(super) fn of_said(
    thread: &Thread,
    spoken: &Spoken,
    waited: Option<Timestamp>,
) -> Option<ChangedAttributes> {
    let it = &thread.conversation;
    let first = it.first_reply_at.filter(|_| is_first_reply(thread, spoken));
    Changes::default()
        .of("first_reply_created_at", &None, &first.map(iso))
        .of(
            "waiting_since",
            &waited.map(iso),
            &it.waiting_since.map(iso),
        )
        .told()
}

/// A person's first words to the contact are told apart: they set the time of the first reply.
pub(super) fn is_first_reply(thread: &Thread, spoken: &Spoken) -> bool {
    let message = &spoken.message;
    message.direction == Direction::Out
        && !message.private
        && thread.conversation.first_reply_at == Some(message.created_at)
}

/// Of a conversation's labels.
pub(super) fn of_labels(
    thread: &Thread,
    added: &[Arc<Label>],
    removed: &[Arc<Label>],
) -> Option<ChangedAttributes> {
    let kept = thread.labels.iter();
    let kept = kept.filter(|it| added.iter().all(|new| new.id != it.id));
    let was: Vec<_> = kept.chain(removed).map(|it| it.title.clone()).collect();
    Changes::default()
        .of("label_list", &was, &titles(&thread.labels))
        .told()
}

/// Of what is kept about a conversation.
pub(super) fn of_details(was: &Details, now: &Details) -> Option<ChangedAttributes> {
    let team = |it: &Details| it.team_id.map(|id| id.0);
    let learnt = [was, now].map(|it| attributes(&it.additional_attributes));
    Changes::default()
        .of(
            "priority",
            &was.priority.map(priority),
            &now.priority.map(priority),
        )
        .of("team_id", &team(was), &team(now))
        .of(
            "custom_attributes",
            &attributes(&was.custom_attributes),
            &attributes(&now.custom_attributes),
        )
        .of("additional_attributes", &learnt[0], &learnt[1])
        .told()
}
