//! Somebody who is known works for an account: for one more, or as something else.

use std::sync::Arc;

use domain::{AccountId, Agent, AgentId, Availability, Event, Role, Wishes};

use super::{Leaving, NewAgent, change::leaves_an_administrator, create, has_room, release_rest};
use crate::{Actor, Error, Result, Scope, directory::Directory, ports::Tx};

/// Who works for an account from now on.
#[derive(Debug, Clone)]
pub struct Invited {
    /// As they are in that account.
    pub agent: Agent,
    /// Whether nobody knew them: they have the name and the password that were given.
    pub is_new: bool,
}

/// Adds an agent. Whoever has the address already works for this account too from then on, with the name and the
/// password that they have. Refuses an address that somebody of the account has, or that is none.
pub fn invite(tx: &mut dyn Tx, new: &NewAgent) -> Result<Invited> {
    let known = match tx.find_password(&new.email.trim().to_lowercase())? {
        Some((id, _)) => tx.seats_of(id)?,
        None => Vec::new(),
    };
    let joins = known.iter().all(|it| it.account_id != new.account_id);
    let person = known.into_iter().next();
    match person.filter(|it| joins && !it.is_bot()) {
        Some(person) => Ok(Invited {
            agent: Agent::clone(&*seat(tx, new.account_id, person, new.role)?),
            is_new: false,
        }),
        None => Ok(Invited {
            agent: create(tx, new)?,
            is_new: true,
        }),
    }
}

/// Somebody works for an account from now on, as this, whatever they are in others.
pub fn join(
    tx: &mut dyn Tx,
    directory: &Directory,
    account: AccountId,
    id: AgentId,
    role: Role,
) -> Result<Arc<Agent>> {
    let known = tx.seats_of(id)?;
    let was = known.iter().find(|it| it.account_id == account).cloned();
    let person = known.into_iter().next().filter(|it| !it.is_bot());
    let person = person.ok_or_else(|| Error::not_found("agent"))?;
    let Some(was) = was else {
        return seat(tx, account, person, role);
    };
    if role == Role::Agent && was.role == Role::Administrator {
        let scope = Scope {
            account_id: account,
            actor: Actor::System,
        };
        leaves_an_administrator(&*tx, &was)?;
        release_rest(tx, directory, &scope, id, Leaving::Administration)?;
    }
    let agent = Agent {
        role,
        ..was.clone()
    };
    tell(tx, agent, Some(was))
}

/// Gives somebody who does not work for an account a place in it.
fn seat(tx: &mut dyn Tx, account: AccountId, person: Agent, role: Role) -> Result<Arc<Agent>> {
    has_room(&*tx, account)?;
    let agent = Agent {
        account_id: account,
        role,
        availability: Availability::Online,
        auto_offline: true,
        wishes: Wishes::default(),
        working_since: None,
        ..person
    };
    tell(tx, agent, None)
}

fn tell(tx: &mut dyn Tx, agent: Agent, was: Option<Agent>) -> Result<Arc<Agent>> {
    tx.update_agent(&agent)?;
    let agent = Arc::new(agent);
    let told = Event::AgentChanged {
        agent: agent.clone(),
        was: was.map(Arc::new),
    };
    tx.append(agent.account_id, told)?;
    Ok(agent)
}
