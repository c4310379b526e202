//! The inbox: one connected address of an account, reached through one carrier.

use crate::{AccountId, InboxId, Timestamp};

/// Whether an inbox sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InboxState {
    /// Sends and receives.
    Active,
    /// Receives, but holds what it should send until somebody resumes it.
    Paused {
        /// Why, in plain words, for the account's people.
        reason: String,
    },
}

/// What an inbox does by itself with its conversations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Habits {
    /// Whether a conversation that opens is given to one of those who answer there and are here, by turns.
    pub assigns: bool,
    /// Who has so many open conversations there is given no more; as many as come without.
    pub assigns_max: Option<i64>,
}

/// One connected address of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbox {
    /// Small sequential number.
    pub id: InboxId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What people call it.
    pub name: String,
    /// Name of the carrier that reaches its network. The middle never branches on it.
    pub carrier: String,
    /// The licence under which programs follow this inbox.
    pub license_id: i64,
    /// What programs call the network, unique within the licence.
    pub messenger: String,
    /// Our own address on that network (a number, a name), unique within the carrier.
    pub address: String,
    /// Whether it sends.
    pub state: InboxState,
    /// When it was created.
    pub created_at: Timestamp,
}
