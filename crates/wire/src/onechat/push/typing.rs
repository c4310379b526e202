//! Somebody types, or no longer does.

use serde::Serialize;

use super::{Actor, Conversation};

/// Data of `conversation.typing_on` and `conversation.typing_off` (Websocket Events, same names).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Typing {
    /// Where.
    pub conversation: Conversation,
    /// Who: a user or a contact.
    pub user: Actor,
    /// The account it belongs to.
    pub account_id: i64,
    /// A private note is being written; clients of contacts hide the event.
    pub is_private: bool,
}
