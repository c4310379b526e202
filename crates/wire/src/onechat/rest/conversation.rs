//! A conversation as REST answers show it.

use serde::Serialize;

use super::{Agent, Contact};
use crate::onechat::json::Json;
use crate::onechat::push;
use crate::onechat::time::{FloatSeconds, Iso, Seconds};
use crate::onechat::words::{ConversationStatus, Priority};

/// One conversation of a list, or alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conversation {
    /// Who takes part.
    pub meta: Meta,
    /// The conversation's number within its account.
    pub id: i64,
    /// The last message of any kind, if there is one.
    pub messages: Vec<push::Message>,
    /// The account it belongs to.
    pub account_id: i64,
    /// Its name in public addresses.
    pub uuid: String,
    /// Where it began.
    pub additional_attributes: Json,
    /// When an agent last looked.
    pub agent_last_seen_at: Seconds,
    /// When its assignee last looked.
    pub assignee_last_seen_at: Seconds,
    /// Whether the carrier lets us answer now.
    pub can_reply: bool,
    /// When the contact last looked.
    pub contact_last_seen_at: Seconds,
    /// What the account's people keep about conversations.
    pub custom_attributes: Json,
    /// The inbox it takes place in.
    pub inbox_id: i64,
    /// Titles of its labels.
    pub labels: Vec<String>,
    /// The contact is blocked.
    pub muted: bool,
    /// When it wakes up.
    pub snoozed_until: Option<Iso>,
    /// Where it stands.
    pub status: ConversationStatus,
    /// When it began.
    pub created_at: Seconds,
    /// When anything about it last changed.
    pub updated_at: FloatSeconds,
    /// The same as `last_activity_at`.
    pub timestamp: Seconds,
    /// When a person first answered; 0 for never. The socket sends an ISO time or null instead.
    pub first_reply_created_at: Seconds,
    /// Incoming messages that no agent has seen, exact.
    pub unread_count: i64,
    /// The last message that is no activity; may be a private note.
    pub last_non_activity_message: Option<push::Message>,
    /// When anything was last said.
    pub last_activity_at: Seconds,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// Since when the contact has waited for an answer; 0 when it does not.
    pub waiting_since: Seconds,
    /// Always null here.
    pub sla_policy_id: Option<i64>,
}

/// Who has a conversation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Assignee {
    /// A user.
    Agent(Box<Agent>),
    /// A bot, as the cable shows it.
    Bot(push::AgentBot),
}

/// Who takes part in a conversation. Absent keys stand for nobody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Meta {
    /// The contact.
    pub sender: Contact,
    /// `Channel::Api` and others.
    pub channel: String,
    /// The user in charge, or the bot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Assignee>,
    /// `User` or `AgentBot`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee_type: Option<String>,
    /// The team in charge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<push::Team>,
    /// The contact proved who it is.
    pub hmac_verified: bool,
}
