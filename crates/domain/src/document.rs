//! The document: something that an account's people write down and the server only keeps.

use crate::{AccountId, DocumentId, Timestamp};

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// An answer that is written once and sent often.
    CannedResponse,
    /// What a free attribute is called and may hold.
    AttributeDefinition,
    /// A filter that an agent wants to use again.
    SavedFilter,
    /// What agents note about a contact.
    Note,
    /// Deeds that an agent does at once.
    Macro,
    /// Deeds that are done by themselves when something happens.
    AutomationRule,
    /// How a program that answers is reached.
    Bot,
}

/// Something that people write down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Time-ordered number.
    pub id: DocumentId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What it is.
    pub kind: DocumentKind,
    /// Whose among the account's people or contacts, where it is not everybody's.
    pub owner: Option<i64>,
    /// What it says, an opaque JSON object.
    pub body: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
