//! The payload of one socket event: `{"event":name,"data":{…,"account_id":n}}`.
//!
//! It is built once and shared by all readers; each reader's identifier is put around it by [`crate::cable`].
//! Who the readers are is not decided here.

use bytes::Bytes;
use serde::Serialize;

use super::json::Json;
use super::presence::Presence;
use super::push::{Actor, CacheKeys, Contact, Conversation, Message, Notice, Typing};
use super::words::words;

words! {
    /// Every event that clients know by name.
    Name {
        /// A message was written. Agents and contacts.
        MessageCreated = "message.created",
        /// A message changed. Agents and contacts.
        MessageUpdated = "message.updated",
        /// A person answered for the first time. Agents.
        FirstReplyCreated = "first.reply.created",
        /// A conversation began. Agents in the document; today's servers tell the contact too.
        ConversationCreated = "conversation.created",
        /// The contact looked at it. Agents.
        ConversationRead = "conversation.read",
        /// Opened, resolved, pending or snoozed. Agents and contacts.
        ConversationStatusChanged = "conversation.status_changed",
        /// Anything else about it changed. Agents and contacts.
        ConversationUpdated = "conversation.updated",
        /// Its number of unseen messages changed. Agents; no data but the account.
        ConversationUnreadCountChanged = "conversation.unread_count_changed",
        /// Somebody types. Agents and contacts, without the typist.
        ConversationTypingOn = "conversation.typing_on",
        /// Somebody no longer types. Agents and contacts, without the typist.
        ConversationTypingOff = "conversation.typing_off",
        /// Somebody else is in charge. Agents.
        AssigneeChanged = "assignee.changed",
        /// Another team is in charge. Agents.
        TeamChanged = "team.changed",
        /// It belongs to another contact. Agents.
        ConversationContactChanged = "conversation.contact_changed",
        /// An agent was mentioned. That agent.
        ConversationMentioned = "conversation.mentioned",
        /// A contact appeared. Agents.
        ContactCreated = "contact.created",
        /// A contact changed. Agents.
        ContactUpdated = "contact.updated",
        /// Two contacts became one. Agents.
        ContactMerged = "contact.merged",
        /// A contact was removed. Agents.
        ContactDeleted = "contact.deleted",
        /// Something for one agent's bell.
        NotificationCreated = "notification.created",
        /// It changed.
        NotificationUpdated = "notification.updated",
        /// It is gone.
        NotificationDeleted = "notification.deleted",
        /// Labels, inboxes or teams should be fetched again. Users of the account.
        AccountCacheInvalidated = "account.cache_invalidated",
        /// An answer to the reader's own sign of life. Agents and contacts.
        PresenceUpdate = "presence.update",
        /// An account's data was completed. One user; no data but the account.
        AccountEnrichmentCompleted = "account.enrichment_completed",
    }
}

/// What may stand in an event's `data`.
pub trait Data: Serialize {
    /// Whether the object has an `account_id` of its own, so that the event must not add a second one.
    const HAS_ACCOUNT: bool;
}

/// Data of events that carry nothing but their account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Nothing {}

impl Data for Message {
    const HAS_ACCOUNT: bool = true;
}
impl Data for Presence<'_> {
    const HAS_ACCOUNT: bool = true;
}
impl Data for Conversation {
    const HAS_ACCOUNT: bool = false;
}
impl Data for Contact {
    const HAS_ACCOUNT: bool = false;
}
impl Data for Typing {
    const HAS_ACCOUNT: bool = true;
}
impl<N: Serialize> Data for Notice<N> {
    const HAS_ACCOUNT: bool = false;
}
impl Data for CacheKeys {
    const HAS_ACCOUNT: bool = false;
}
impl Data for Nothing {
    const HAS_ACCOUNT: bool = false;
}

/// An event about to be written.
#[derive(Debug, Clone)]
pub struct Event<'a, T> {
    name: Name,
    data: Body<'a, T>,
}

#[derive(Debug, Clone, Serialize)]
struct Body<'a, T> {
    #[serde(flatten)]
    data: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_changes: Option<&'a Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    performer: Option<&'a Actor>,
}

impl<'a, T: Data> Event<'a, T> {
    /// An event of account `account_id`. Clients drop events whose account is not the one they show.
    pub fn new(name: Name, account_id: i64, data: &'a T) -> Self {
        let account_id = (!T::HAS_ACCOUNT).then_some(account_id);
        Self {
            name,
            data: Body {
                data,
                account_id,
                previous_changes: None,
                performer: None,
            },
        }
    }

    /// Adds `{"field":[old,new],…}`, as `message.updated` has it.
    #[must_use]
    pub fn previous_changes(mut self, changes: Option<&'a Json>) -> Self {
        self.data.previous_changes = changes;
        self
    }

    /// Adds the user or bot whose request caused the event.
    #[must_use]
    pub fn performer(mut self, performer: Option<&'a Actor>) -> Self {
        self.data.performer = performer;
        self
    }

    /// The finished payload. Fails for no data of this module.
    pub fn to_bytes(&self) -> Result<Bytes, serde_json::Error> {
        #[derive(Serialize)]
        struct Payload<'e, D> {
            event: Name,
            data: &'e D,
        }
        serde_json::to_vec(&Payload {
            event: self.name,
            data: &self.data,
        })
        .map(Bytes::from)
    }
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
