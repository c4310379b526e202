//! Changing what is known of an agent, what they sign in with, and what they may do.

use std::sync::Arc;

use domain::{AccountId, Agent, AgentId, Event, Kind, Refusal, Role, Wishes};

use super::{Leaving, release_rest};
use crate::{
    Error, Result, Scope,
    directory::Directory,
    limits::NAME_CHARS,
    ports::{Tx, View},
};

/// What changes; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct AgentChange {
    /// Full name.
    pub name: Option<String>,
    /// What contacts read instead; `Some(None)` takes that away.
    pub display_name: Option<Option<String>>,
    /// Sign-in name.
    pub email: Option<String>,
    /// What they may do. Only an administrator says that.
    pub role: Option<Role>,
    /// Whether they count as away while they are not connected.
    pub auto_offline: Option<bool>,
    /// Of what they want to be told.
    pub wishes: Option<Wishes>,
    /// From [`hash_password`](super::hash_password). Everything that they showed before is void then.
    pub password_hash: Option<String>,
    /// Makes everything that they showed before void.
    pub void: bool,
}

impl AgentChange {
    /// Whether it changes what somebody is in every account that they work for.
    fn is_of_the_person(&self, agent: &Agent) -> bool {
        let name = self
            .name
            .as_deref()
            .is_some_and(|it| it.trim() != agent.name);
        name || self.display_name.is_some()
            || self.email.is_some()
            || self.password_hash.is_some()
            || self.void
    }
}

/// Changes an agent: agents change themselves, administrators everybody of their account. Whoever is no administrator
/// any more has no conversation that they do not see.
pub fn change(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    id: AgentId,
    change: &AgentChange,
) -> Result<Arc<Agent>> {
    let agent = load(&*tx, scope, id)?;
    let asker = match scope.agent_id() {
        Some(id) => tx.find_agent(scope.account_id, id)?,
        None => None,
    };
    let administers = asker.is_none_or(|it| it.role == Role::Administrator);
    let himself = scope.agent_id() == Some(id) && change.role.is_none_or(|it| it == agent.role);
    if !administers && !himself {
        let text = "only an administrator may do this for somebody else";
        return Err(Error::refused(Kind::Forbidden, text));
    }
    let another = scope.agent_id().is_some_and(|it| it != id);
    if another && change.is_of_the_person(&agent) {
        let elsewhere = tx.seats_of(id)?;
        if elsewhere.iter().any(|it| it.account_id != scope.account_id) {
            let text = "they work for others too, and say themselves what they are called";
            return Err(Error::refused(Kind::Forbidden, text));
        }
    }
    if agent.role == Role::Administrator && change.role == Some(Role::Agent) {
        release_rest(tx, directory, scope, id, Leaving::Administration)?;
    }
    apply(tx, agent, change)
}

/// A person of the scope's account; of nobody's, one who works for none.
pub(super) fn load<V: View + ?Sized>(view: &V, scope: &Scope, id: AgentId) -> Result<Agent> {
    let found = match scope.account_id {
        AccountId::NOBODYS => view.seats_of(id)?.into_iter().next(),
        account => view.find_agent(account, id)?,
    };
    found
        .filter(|it| it.account_id == scope.account_id && !it.is_bot())
        .ok_or_else(|| Error::not_found("agent"))
}

/// Changes an agent, whoever asks.
pub(crate) fn apply(tx: &mut dyn Tx, was: Agent, change: &AgentChange) -> Result<Arc<Agent>> {
    let mut agent = was.clone();
    if let Some(name) = &change.name {
        agent.name = named("name", name)?;
    }
    if let Some(name) = &change.display_name {
        let name = name.as_deref().unwrap_or_default().trim();
        agent.display_name = match name {
            "" => None,
            name => Some(named("display_name", name)?),
        };
    }
    if let Some(email) = &change.email {
        agent.email = address(&*tx, email, Some(agent.id))?;
    }
    if let Some(role) = change.role {
        if role == Role::Agent {
            leaves_an_administrator(&*tx, &was)?;
        }
        agent.role = role;
    }
    agent.auto_offline = change.auto_offline.unwrap_or(agent.auto_offline);
    if let Some(wishes) = &change.wishes {
        agent.wishes.clone_from(wishes);
    }
    if let Some(hash) = &change.password_hash {
        tx.set_password(agent.id, hash)?;
    }
    if change.void || change.password_hash.is_some() {
        agent.token_generation += 1;
        tx.delete_tokens_of(agent.id)?;
    }
    if agent == was {
        return Ok(Arc::new(agent));
    }
    tx.update_agent(&agent)?;
    let agent = Arc::new(agent);
    let event = Event::AgentChanged {
        agent: agent.clone(),
        was: Some(Arc::new(was)),
    };
    tx.append(agent.account_id, event)?;
    Ok(agent)
}

/// Refuses what would leave an account without anybody who may configure it.
pub(super) fn leaves_an_administrator<V: View + ?Sized>(view: &V, agent: &Agent) -> Result<()> {
    let mut others = view.agents()?.into_iter().filter(|it| {
        it.account_id == agent.account_id && it.id != agent.id && it.role == Role::Administrator
    });
    if agent.role != Role::Administrator || others.next().is_some() {
        return Ok(());
    }
    let text = "an account needs an administrator";
    Err(Error::refused(Kind::Invalid, text))
}

/// An e-mail address as it is kept, if nobody else has it.
pub(super) fn address<V: View + ?Sized>(
    view: &V,
    email: &str,
    of: Option<AgentId>,
) -> Result<String> {
    let email = email.trim().to_lowercase();
    let fits = email.chars().count() <= NAME_CHARS && !email.contains(char::is_whitespace);
    let parts = email.split_once('@');
    if !fits || parts.is_none_or(|(name, host)| name.is_empty() || host.is_empty()) {
        return invalid("email", "Email is invalid");
    }
    let taken = view.find_password(&email)?;
    if taken.is_some_and(|(id, _)| Some(id) != of) {
        return Err(Error::Refused(
            Refusal::new(Kind::Conflict, "Email has already been taken").of_field("email"),
        ));
    }
    Ok(email)
}

fn named(field: &'static str, name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return invalid(field, "Name can't be blank");
    }
    if name.chars().count() > NAME_CHARS {
        return invalid(field, "Name is too long (maximum is 255 characters)");
    }
    Ok(name.to_owned())
}

fn invalid<T>(field: &'static str, text: &'static str) -> Result<T> {
    Err(Error::Refused(
        Refusal::new(Kind::Invalid, text).of_field(field),
    ))
}
