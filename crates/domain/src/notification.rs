//! The notification: that something in a conversation is an agent's business, until they have seen it.

use crate::{AccountId, AgentId, ConversationId, MessageId, NotificationId, Timestamp};

/// Why somebody is notified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationKind {
    /// A conversation began in an inbox that they answer in.
    Begun,
    /// A conversation was given to them.
    Assigned,
    /// Something was said in a conversation that they have.
    SaidToAssignee,
    /// A note names them.
    Mentioned,
    /// Something was said in a conversation that they take part in.
    SaidToParticipant,
}

impl NotificationKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Begun,
        Self::Assigned,
        Self::SaidToAssignee,
        Self::Mentioned,
        Self::SaidToParticipant,
    ];
}

/// Of what an agent wants to be told beyond the list of their notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// By e-mail.
    pub email: Vec<NotificationKind>,
    /// On their devices.
    pub push: Vec<NotificationKind>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            email: vec![NotificationKind::Assigned],
            push: vec![NotificationKind::Assigned],
        }
    }
}

impl Wishes {
    /// Whether they want to be told of this in any way.
    pub fn include(&self, kind: NotificationKind) -> bool {
        self.email.contains(&kind) || self.push.contains(&kind)
    }
}

/// What an agent is notified of. There is at most one of an agent and a conversation: the latest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Time-ordered number.
    pub id: NotificationId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Whom it is for.
    pub agent_id: AgentId,
    /// Where.
    pub conversation_id: ConversationId,
    /// Why.
    pub kind: NotificationKind,
    /// What was said.
    pub message_id: Option<MessageId>,
    /// The agent who did it, if a person did.
    pub by: Option<AgentId>,
    /// When it was read.
    pub read_at: Option<Timestamp>,
    /// Until when it is put off.
    pub snoozed_until: Option<Timestamp>,
    /// When it last came up.
    pub active_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationChange {
    /// It is new.
    Added,
    /// It was read, put off, or came back.
    Changed,
    /// It is gone.
    Removed,
}

/// A notification and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notified {
    /// As it is now, or was.
    pub notification: Notification,
    /// What became of it.
    pub change: NotificationChange,
    /// How many of the agent's are neither read nor put off then.
    pub unread: i64,
}
