//! Events for one agent's bell, and the one that empties caches. The OneChat page does not show them.

use serde::Serialize;

use super::{Conversation, User};
use crate::onechat::json::Json;
use crate::onechat::time::{Iso, Seconds};

/// Data of `notification.created` and `notification.updated`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice<N> {
    /// The notification; for `notification.deleted` an object with an `id` alone.
    pub notification: N,
    /// Notifications the agent has not read.
    pub unread_count: i64,
    /// All notifications of the agent.
    pub count: i64,
}

/// One notification.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notification {
    /// The notification's number.
    pub id: i64,
    /// `conversation_creation`, `conversation_assignment`, `conversation_mention` and others.
    pub notification_type: String,
    /// Always `Conversation`.
    pub primary_actor_type: String,
    /// The conversation's number within its account.
    pub primary_actor_id: i64,
    /// When the agent read it.
    pub read_at: Option<Iso>,
    /// What else it is about, as an object; null for nothing.
    pub secondary_actor: Option<Json>,
    /// Whom it is for.
    pub user: User,
    /// When it was made.
    pub created_at: Seconds,
    /// When its subject last moved.
    pub last_activity_at: Seconds,
    /// When it comes back.
    pub snoozed_until: Option<Iso>,
    /// Anything more.
    pub meta: Json,
    /// The account it belongs to.
    pub account_id: i64,
    /// The conversation it is about.
    pub primary_actor: Box<Conversation>,
    /// First line of a push message.
    pub push_message_title: String,
    /// The rest of a push message.
    pub push_message_body: String,
}

/// The notification inside `notification.deleted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OnlyId {
    /// The notification's number.
    pub id: i64,
}

/// Data of `account.cache_invalidated`: each value is a time in whole seconds as text, `0000000000` for never.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CacheKeys {
    /// One stamp per cached list.
    pub cache_keys: CacheStamps,
}

/// The stamps inside [`CacheKeys`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CacheStamps {
    /// When a label last changed.
    pub label: String,
    /// When an inbox last changed.
    pub inbox: String,
    /// When a team last changed.
    pub team: String,
}
