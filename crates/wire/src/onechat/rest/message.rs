//! A message as REST answers show it.

use serde::Serialize;

use crate::onechat::json::Json;
use crate::onechat::push::{Actor, Attachment, MessageConversation};
use crate::onechat::time::{Iso, Seconds};
use crate::onechat::words::{MessageStatus, MessageType};

/// One message. Fields mean what they mean in [`crate::onechat::push::Message`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// The message's number.
    pub id: i64,
    /// What was said.
    pub content: Option<String>,
    /// The inbox it came or goes through.
    pub inbox_id: i64,
    /// Only in the answer to its creation, and only if the client sent one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo_id: Option<String>,
    /// The conversation's number within its account.
    pub conversation_id: i64,
    /// 0 incoming, 1 outgoing, 2 activity, 3 template.
    pub message_type: MessageType,
    /// `text` and others.
    pub content_type: String,
    /// How far it got.
    pub status: MessageStatus,
    /// What the content type needs besides text.
    pub content_attributes: Json,
    /// When it was written.
    pub created_at: Seconds,
    /// A note among agents.
    pub private: bool,
    /// The carrier's or a connector's own name for it.
    pub source_id: Option<String>,
    /// The account it belongs to. This and what follows is what the description has besides what the original answers.
    pub account_id: i64,
    /// When anything about it last changed.
    pub updated_at: Iso,
    /// `User`, `Contact` or `AgentBot`; null when the system wrote it.
    pub sender_type: Option<String>,
    /// The sender's number among its kind.
    pub sender_id: Option<i64>,
    /// Names of the message in further systems.
    pub external_source_ids: Json,
    /// Where the message came from.
    pub additional_attributes: Json,
    /// The content once more.
    pub processed_message_content: Option<String>,
    /// Always `{}` so far.
    pub sentiment: Json,
    /// Its conversation in few words.
    pub conversation: MessageConversation,
    /// Absent when the system wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Actor>,
    /// Absent when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}
