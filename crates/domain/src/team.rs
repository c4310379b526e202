//! The team: agents who answer together.

use crate::{AccountId, AgentId, TeamId, Timestamp};

/// Some of an account's agents, who can be given a conversation together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Small sequential number, never given twice.
    pub id: TeamId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What people read, unique in the account.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether a conversation that the team is given finds one of its agents by itself.
    pub assigns: bool,
    /// Who is in it, by number.
    pub members: Vec<AgentId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
