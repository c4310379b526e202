//! The session: how an inbox that is somebody's phone is joined to its network.

use crate::{InboxId, Timestamp};

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// Waits to be paired with a phone, and shows how.
    Unpaired,
    /// Has waited too long, and shows nothing until somebody asks.
    Idle,
    /// Is being opened.
    Loading,
    /// Open: sends and receives.
    LoggedIn,
    /// Paired, but the network cannot be reached. It opens again by itself.
    Offline,
    /// The phone's owner has taken it away. It can be paired again.
    LoggedOut,
    /// The network has shut the number out.
    Banned,
}

/// The session of an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub inbox_id: InboxId,
    /// Where it stands.
    pub state: SessionState,
    /// The number that it is paired with, in digits.
    pub number: Option<String>,
    /// What the network says about it, in plain words.
    pub note: Option<String>,
    /// When the state last changed.
    pub changed_at: Timestamp,
}

impl Session {
    /// A session that has never been paired.
    pub fn new(inbox_id: InboxId, now: Timestamp) -> Self {
        Self {
            inbox_id,
            state: SessionState::Unpaired,
            number: None,
            note: None,
            changed_at: now,
        }
    }

    /// Whether a phone may pair with it now.
    pub fn may_pair(&self) -> bool {
        matches!(
            self.state,
            SessionState::Unpaired | SessionState::Idle | SessionState::LoggedOut
        )
    }
}
