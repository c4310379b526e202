//! The whole body of a webhook: the event's name, then the fields of its object on the same level.

use bytes::Bytes;
use serde::Serialize;

use super::{
    Contact, ContactChanged, Conversation, ConversationChanged, InboxChanged, InboxSettings,
    Message, Name, Typing, WidgetTriggered,
};

/// One event with its data.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Body<'a> {
    /// A conversation began.
    ConversationCreated(&'a Conversation),
    /// It was opened, resolved, put aside or handed to a bot.
    ConversationStatusChanged(&'a ConversationChanged),
    /// Anything else about it changed.
    ConversationUpdated(&'a ConversationChanged),
    /// A contact appeared.
    ContactCreated(&'a Contact),
    /// A contact changed.
    ContactUpdated(&'a ContactChanged),
    /// A message was written.
    MessageCreated(&'a Message),
    /// A message changed.
    MessageUpdated(&'a Message),
    /// A visitor opened the website widget.
    WebwidgetTriggered(&'a WidgetTriggered),
    /// An inbox was made.
    InboxCreated(&'a InboxSettings),
    /// An inbox changed.
    InboxUpdated(&'a InboxChanged),
    /// Somebody types.
    ConversationTypingOn(&'a Typing),
    /// Somebody no longer types.
    ConversationTypingOff(&'a Typing),
}

/// What bots alone are told besides: nobody subscribes to it.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum BotBody<'a> {
    /// A conversation is for people to answer.
    ConversationOpened(&'a Conversation),
    /// A conversation is done.
    ConversationResolved(&'a Conversation),
}

impl BotBody<'_> {
    /// The value of its `event`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConversationOpened(_) => "conversation_opened",
            Self::ConversationResolved(_) => "conversation_resolved",
        }
    }

    /// The bytes to sign and to send. Fails for no data of this module.
    pub fn to_bytes(self) -> Result<Bytes, serde_json::Error> {
        serde_json::to_vec(&self).map(Bytes::from)
    }
}

impl Body<'_> {
    /// What a webhook must have subscribed to in order to be sent this.
    pub const fn name(self) -> Name {
        match self {
            Self::ConversationCreated(_) => Name::ConversationCreated,
            Self::ConversationStatusChanged(_) => Name::ConversationStatusChanged,
            Self::ConversationUpdated(_) => Name::ConversationUpdated,
            Self::ContactCreated(_) => Name::ContactCreated,
            Self::ContactUpdated(_) => Name::ContactUpdated,
            Self::MessageCreated(_) => Name::MessageCreated,
            Self::MessageUpdated(_) => Name::MessageUpdated,
            Self::WebwidgetTriggered(_) => Name::WebwidgetTriggered,
            Self::InboxCreated(_) => Name::InboxCreated,
            Self::InboxUpdated(_) => Name::InboxUpdated,
            Self::ConversationTypingOn(_) => Name::ConversationTypingOn,
            Self::ConversationTypingOff(_) => Name::ConversationTypingOff,
        }
    }

    /// The bytes to sign and to send. Fails for no data of this module.
    pub fn to_bytes(self) -> Result<Bytes, serde_json::Error> {
        serde_json::to_vec(&self).map(Bytes::from)
    }
}
