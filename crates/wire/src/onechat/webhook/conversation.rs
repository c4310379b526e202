//! A conversation as webhooks show it, and the events around one.

use serde::Serialize;

use super::{ChangedAttributes, Contact, Named, PlainText, Sender};
use crate::onechat::json::Json;
use crate::onechat::push;

/// Data of `conversation_created`, and the conversation wherever webhooks show one: that of socket events with its
/// account at the end, and its message in plain text.
///
/// The message inside is still a push object: its type is a number and its `created_at` whole seconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conversation {
    #[serde(flatten)]
    conversation: push::Conversation,
    account: Named,
}

/// Data of `conversation_updated` and `conversation_status_changed`.
#[derive(Debug, Clone, Serialize)]
pub struct ConversationChanged {
    /// As it is now.
    #[serde(flatten)]
    pub conversation: Conversation,
    /// What changed; null when that is not known.
    pub changed_attributes: Option<ChangedAttributes>,
}

/// Data of `conversation_typing_on` and `conversation_typing_off`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Typing {
    /// Who.
    pub user: Sender,
    /// Where.
    pub conversation: Conversation,
    /// A private note is being written.
    pub is_private: bool,
}

/// Data of `webwidget_triggered`: a visitor's address in the widget's inbox.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WidgetTriggered {
    /// The address's number.
    pub id: i64,
    /// Whose it is.
    pub contact: Option<Contact>,
    /// Where it is valid.
    pub inbox: Named,
    /// The account of both.
    pub account: Named,
    /// The visitor's latest conversation; null before the first.
    pub current_conversation: Option<Conversation>,
    /// The contact's name in the inbox.
    pub source_id: String,
    /// The page, browser and time, as the widget told them.
    pub event_info: Json,
}

impl Conversation {
    /// From the conversation of socket events.
    pub fn new(mut conversation: push::Conversation, account: Named) -> Self {
        let plain = |text: String| PlainText::from_markdown(&text).into_string();
        for message in &mut conversation.messages {
            message.content = message.content.take().map(plain);
            message.processed_message_content = message.processed_message_content.take().map(plain);
        }
        Self {
            conversation,
            account,
        }
    }
}
