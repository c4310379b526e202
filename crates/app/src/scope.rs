//! Who calls, for which account.

use domain::{AccountId, AgentId, ContactId};

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person.
    Agent(AgentId),
    /// A program that acts for an agent, under the name it gave itself.
    App(AgentId, String),
    /// A program that speaks for nobody, under the name it gave itself.
    Program(String),
    /// The person on the other side.
    Contact(ContactId),
    /// The server itself.
    System,
}

/// The account and the actor of a call. Every use case that touches an account's things takes one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Whose things.
    pub account_id: AccountId,
    /// Who asks.
    pub actor: Actor,
}

impl Scope {
    /// The agent behind the call, if a person or a person's program.
    pub fn agent_id(&self) -> Option<AgentId> {
        match &self.actor {
            Actor::Agent(id) | Actor::App(id, _) => Some(*id),
            Actor::Program(_) | Actor::Contact(_) | Actor::System => None,
        }
    }

    /// The program behind the call, if one.
    pub fn app(&self) -> Option<&str> {
        match &self.actor {
            Actor::App(_, name) | Actor::Program(name) => Some(name),
            Actor::Agent(_) | Actor::Contact(_) | Actor::System => None,
        }
    }
}
