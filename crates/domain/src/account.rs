//! The account: one business, to which everything else belongs.

use crate::{AccountId, Timestamp};

/// One business on this server. Nothing of one account is ever visible to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Small sequential number.
    pub id: AccountId,
    /// The business's own name.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
}
