//! Who calls, for which account.

use std::{collections::BTreeSet, sync::Arc};

use domain::{AccountId, AgentId, ContactId, Conversation, InboxId, TeamId};

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person.
    Agent(AgentId),
    /// A person who sees only some of the account's conversations.
    Member(AgentId, Arc<Sight>),
    /// A program that answers first in the inboxes that it sees.
    Bot(AgentId, Arc<Sight>),
    /// A program that acts for an agent, under the name it gave itself.
    App(AgentId, String),
    /// A program that speaks for nobody, under the name it gave itself.
    Program(String),
    /// The person on the other side.
    Contact(ContactId),
    /// The server itself.
    System,
}

/// What somebody sees of an account: what happens in these inboxes, and what these teams have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight {
    /// The inboxes that they answer in.
    pub inboxes: BTreeSet<InboxId>,
    /// The teams that they are in.
    pub teams: BTreeSet<TeamId>,
}

impl Sight {
    /// Whether this conversation of the account is in sight.
    pub fn includes(&self, it: &Conversation) -> bool {
        let team = it.details.team_id;
        self.inboxes.contains(&it.inbox_id) || team.is_some_and(|id| self.teams.contains(&id))
    }
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
    /// The agent behind the call, if a person, a person's program, or a program that is an agent.
    pub fn agent_id(&self) -> Option<AgentId> {
        match &self.actor {
            Actor::Agent(id) | Actor::Member(id, _) | Actor::Bot(id, _) | Actor::App(id, _) => {
                Some(*id)
            }
            Actor::Program(_) | Actor::Contact(_) | Actor::System => None,
        }
    }

    /// What the asker sees, if that is not everything.
    pub fn sight(&self) -> Option<&Sight> {
        match &self.actor {
            Actor::Member(_, sight) | Actor::Bot(_, sight) => Some(sight),
            Actor::Agent(_)
            | Actor::App(..)
            | Actor::Program(_)
            | Actor::Contact(_)
            | Actor::System => None,
        }
    }

    /// Whether the asker sees what happens in this inbox.
    pub fn sees_inbox(&self, inbox: InboxId) -> bool {
        self.sight().is_none_or(|it| it.inboxes.contains(&inbox))
    }

    /// Whether the asker sees this conversation of the account.
    pub fn sees(&self, it: &Conversation) -> bool {
        self.sight().is_none_or(|sight| sight.includes(it))
    }

    /// The program behind the call, if one.
    pub fn app(&self) -> Option<&str> {
        match &self.actor {
            Actor::App(_, name) | Actor::Program(name) => Some(name),
            Actor::Agent(_)
            | Actor::Member(..)
            | Actor::Bot(..)
            | Actor::Contact(_)
            | Actor::System => None,
        }
    }

    /// Whether a person says it, and not a program.
    pub fn is_person(&self) -> bool {
        self.app().is_none() && !matches!(self.actor, Actor::Bot(..))
    }
}
