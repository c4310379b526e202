//! The label: a word of the account's own that sorts its conversations.

use crate::{AccountId, LabelCategoryId, LabelId, Timestamp};

/// A group of labels, for those who show them in groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelCategory {
    /// Small sequential number.
    pub id: LabelCategoryId,
    /// What people read, unique in the account without regard to case.
    pub name: String,
    /// Lower comes first.
    pub sort: i64,
}

/// A word that an account's people put on conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Small sequential number, never given twice.
    pub id: LabelId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What people read, unique in the account without regard to case.
    pub title: String,
    /// What it is for.
    pub description: Option<String>,
    /// How it is painted, usually as `#RRGGBB`.
    pub color: String,
    /// Lower comes first.
    pub sort: i64,
    /// The group it is in.
    pub category: Option<LabelCategory>,
    /// Whether agents are offered its conversations as a list of their own.
    pub on_sidebar: bool,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Label {
    /// Whether this is its title, in whatever case.
    pub fn is_titled(&self, title: &str) -> bool {
        self.title.to_lowercase() == title.to_lowercase()
    }
}
