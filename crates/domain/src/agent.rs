//! The agent: a person who works for an account and answers its contacts, or a program that does.

use crate::{AccountId, AgentId, Timestamp, Wishes};

/// What an agent may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Answers contacts.
    Agent,
    /// Also configures the account.
    Administrator,
    /// Is a program that answers before people do, in the inboxes that are given to it, and nothing else.
    Bot,
}

/// What an agent says of themselves; whether they are connected is presence, which is never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// Takes conversations.
    Online,
    /// Connected but not to be disturbed.
    Busy,
    /// Away.
    Offline,
}

/// A person who answers, or a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Small sequential number.
    pub id: AgentId,
    /// The account they work for.
    pub account_id: AccountId,
    /// Full name.
    pub name: String,
    /// What contacts read instead of it.
    pub display_name: Option<String>,
    /// Sign-in name, lower case, unique on the server.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// What they say of themselves.
    pub availability: Availability,
    /// Whether they count as away while they are not connected, whatever they say.
    pub auto_offline: bool,
    /// Of what they want to be told.
    pub wishes: Wishes,
    /// Since when their working day has been under way, if it is.
    pub working_since: Option<Timestamp>,
    /// Raised to make every token sealed for this agent before void.
    pub token_generation: i64,
    /// When they were added.
    pub created_at: Timestamp,
}

impl Agent {
    /// Whether it is a program and not a person.
    pub fn is_bot(&self) -> bool {
        self.role == Role::Bot
    }

    /// What contacts read.
    pub fn shown_name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.name)
    }
}
