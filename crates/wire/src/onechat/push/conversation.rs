//! A conversation as socket events show it.

use serde::Serialize;

use super::{Actor, Contact, Message};
use crate::onechat::json::Json;
use crate::onechat::time::{FloatSeconds, Iso, Seconds};
use crate::onechat::words::{ConversationStatus, Priority};

/// One conversation (Websocket Events, `conversation_created`). Its account is added by the event around it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conversation {
    /// Where it began: browser, page, time.
    pub additional_attributes: Json,
    /// Whether the carrier lets us answer now.
    pub can_reply: bool,
    /// `Channel::Api`, `Channel::WebWidget` and others.
    pub channel: String,
    /// The conversation's number within its account.
    pub id: i64,
    /// The inbox it takes place in.
    pub inbox_id: i64,
    /// The contact's address in that inbox.
    pub contact_inbox: ContactInbox,
    /// The last message that is neither activity nor private, if there is one.
    pub messages: Vec<Message>,
    /// Who takes part.
    pub meta: Meta,
    /// Where it stands.
    pub status: ConversationStatus,
    /// Incoming messages that no agent has seen, exact.
    pub unread_count: i64,
    /// When an agent last looked.
    pub agent_last_seen_at: Seconds,
    /// When the contact last looked.
    pub contact_last_seen_at: Seconds,
    /// The same as `last_activity_at`.
    pub timestamp: Seconds,
    /// Titles of its labels.
    pub labels: Vec<String>,
    /// What the account's people keep about conversations.
    pub custom_attributes: Json,
    /// When it wakes up.
    pub snoozed_until: Option<Iso>,
    /// When a person first answered.
    pub first_reply_created_at: Option<Iso>,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// Since when the contact has waited for an answer; 0 when it does not.
    pub waiting_since: Seconds,
    /// When anything was last said.
    pub last_activity_at: Seconds,
    /// When it began.
    pub created_at: Seconds,
    /// When anything about it last changed.
    pub updated_at: FloatSeconds,
}

/// A contact's address in an inbox, as the stored row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContactInbox {
    /// The row's number.
    pub id: i64,
    /// Whose address it is.
    pub contact_id: i64,
    /// Where it is valid.
    pub inbox_id: i64,
    /// The contact's name in the inbox.
    pub source_id: String,
    /// When the row was made.
    pub created_at: Iso,
    /// When the row last changed.
    pub updated_at: Iso,
    /// The contact proved who it is.
    pub hmac_verified: bool,
    /// The contact's socket credential, as today's servers show it to agents; absent when `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pubsub_token: Option<String>,
}

/// Who takes part in a conversation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Meta {
    /// The contact.
    pub sender: Contact,
    /// The user or bot in charge; null for nobody.
    pub assignee: Option<Actor>,
    /// `User` or `AgentBot`; null for nobody.
    pub assignee_type: Option<String>,
    /// The team in charge.
    pub team: Option<Team>,
    /// The contact proved who it is.
    pub hmac_verified: bool,
}

/// A team, as the stored row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Team {
    /// The team's number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// New conversations find an assignee by themselves.
    pub allow_auto_assign: bool,
    /// The account it belongs to.
    pub account_id: i64,
    /// When the row was made.
    pub created_at: Iso,
    /// When the row last changed.
    pub updated_at: Iso,
}
