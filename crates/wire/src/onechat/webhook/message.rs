//! A message as webhooks show it: words and ISO times where push objects have numbers.

use serde::Serialize;

use super::{Contact, Conversation, Named, PlainText};
use crate::onechat::json::Json;
use crate::onechat::push::{AgentBotTag, Attachment, UserTag};
use crate::onechat::time::Iso;
use crate::onechat::words::{MessageType, words};

words! {
    /// Who a message comes from. There is no word for activity, of which webhooks are not told.
    MessageKind {
        /// From the contact.
        Incoming = "incoming",
        /// From an agent or bot; private notes are told too.
        Outgoing = "outgoing",
        /// From the system to the contact.
        Template = "template",
    }
}

/// Data of `message_created` and `message_updated`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// The message's number, the same for every account of the server.
    pub id: i64,
    /// Null for attachments alone.
    pub content: Option<PlainText>,
    /// `text`, `input_email`, `input_select` and others.
    pub content_type: String,
    /// What the content type, or an answer to it, needs besides text.
    pub content_attributes: Json,
    /// When it was written.
    pub created_at: Iso,
    /// Who it comes from.
    pub message_type: MessageKind,
    /// A note among agents.
    pub private: bool,
    /// The carrier's or a connector's own name for it.
    pub source_id: Option<String>,
    /// Where the message came from, such as a campaign.
    pub additional_attributes: Json,
    /// The account it belongs to.
    pub account: Named,
    /// The inbox it came or goes through.
    pub inbox: Named,
    /// Who wrote it; null for the system.
    pub sender: Option<Sender>,
    /// Where it was said.
    pub conversation: Conversation,
    /// Absent when empty. At most 15.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// Anybody who can write a message, or type.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Sender {
    /// A user of this server.
    User(User),
    /// A customer, without a `type`.
    Contact(Box<Contact>),
    /// A bot.
    AgentBot(AgentBot),
}

/// A user as webhooks show one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct User {
    /// The user's number, the same in every account.
    pub id: i64,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Always `user`.
    #[serde(rename = "type")]
    pub kind: UserTag,
}

/// A bot as webhooks show one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgentBot {
    /// The bot's number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Always `agent_bot`.
    #[serde(rename = "type")]
    pub kind: AgentBotTag,
}

impl MessageKind {
    /// The word for a type; `None` for activity, which is not told.
    pub const fn of(message_type: MessageType) -> Option<Self> {
        match message_type {
            MessageType::Incoming => Some(Self::Incoming),
            MessageType::Outgoing => Some(Self::Outgoing),
            MessageType::Activity => None,
            MessageType::Template => Some(Self::Template),
        }
    }
}
