//! A message as socket events show it.

use serde::Serialize;

use super::{Actor, Attachment};
use crate::onechat::json::Json;
use crate::onechat::time::{Iso, Seconds};
use crate::onechat::words::{MessageStatus, MessageType};

/// One message (Websocket Events, `message_created`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// The message's number, the same for every account of the server.
    pub id: i64,
    /// At most 150 000 characters; null for attachments alone.
    pub content: Option<String>,
    /// The account it belongs to.
    pub account_id: i64,
    /// The inbox it came or goes through.
    pub inbox_id: i64,
    /// The conversation's number within the account, not its row.
    pub conversation_id: i64,
    /// 0 incoming, 1 outgoing, 2 activity, 3 template.
    pub message_type: MessageType,
    /// When it was written.
    pub created_at: Seconds,
    /// When anything about it last changed.
    pub updated_at: Iso,
    /// A note among agents.
    pub private: bool,
    /// How far it got.
    pub status: MessageStatus,
    /// The carrier's or a connector's own name for it.
    pub source_id: Option<String>,
    /// `text`, `input_email`, `input_select`, `cards`, `form`, `article`, `sticker` and others.
    pub content_type: String,
    /// What the content type, or an answer to it, needs besides text.
    pub content_attributes: Json,
    /// `User`, `Contact` or `AgentBot`; null when the system wrote it.
    pub sender_type: Option<String>,
    /// The sender's number among its kind.
    pub sender_id: Option<i64>,
    /// Names of the message in further systems.
    pub external_source_ids: Json,
    /// The sender itself; the key is absent when the system wrote the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Actor>,
    /// Where the message came from, such as a campaign.
    pub additional_attributes: Json,
    /// The content without quoted text of earlier mails; otherwise the content.
    pub processed_message_content: Option<String>,
    /// Always `{}` so far.
    pub sentiment: Json,
    /// What a list of conversations needs in order to move this one up.
    pub conversation: MessageConversation,
    /// The sender's own key for the message, given back once in `message.created`; otherwise absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo_id: Option<String>,
    /// Absent when empty. At most 15.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// The conversation as a message shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MessageConversation {
    /// The assigned user.
    pub assignee_id: Option<i64>,
    /// Incoming messages that no agent has seen, exact.
    pub unread_count: i64,
    /// When anything was last said.
    pub last_activity_at: Seconds,
    /// The contact's address in the inbox.
    pub contact_inbox: SourceId,
}

/// The one field of a contact inbox that a message shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceId {
    /// The contact's name in the inbox.
    pub source_id: String,
}
