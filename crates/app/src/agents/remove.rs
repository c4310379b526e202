//! An agent leaves: what was theirs is nobody's, and nothing that they show is valid.

use std::{collections::BTreeSet, sync::Arc};

use domain::{AccountId, Agent, AgentId, Event};

use super::{
    Leaving,
    change::{leaves_an_administrator, load},
    release_rest,
};
use crate::{
    Actor, Error, Result, Scope,
    directory::Directory,
    inboxes,
    pictures::{self, Owner},
    ports::Tx,
    teams,
};

/// Refuses to let go of an agent whom the scope's account needs or does not have.
pub fn may_leave(tx: &mut dyn Tx, scope: &Scope, id: AgentId) -> Result<()> {
    let agent = load(&*tx, scope, id)?;
    leaves_an_administrator(&*tx, &agent)
}

/// Removes an agent from the scope's account: they are at once in no inbox and no team of it and have no conversation.
/// Whoever works for no other account is removed altogether.
///
/// Whoever has many conversations is [released](release) first, bite by bite. The last administrator stays.
pub fn remove(tx: &mut dyn Tx, directory: &Directory, scope: &Scope, id: AgentId) -> Result<()> {
    let agent = clear(tx, directory, scope, id)?;
    if tx
        .seats_of(id)?
        .iter()
        .all(|it| it.account_id == scope.account_id)
    {
        pictures::discard(tx, scope.account_id, Owner::Agent(id))?;
        tx.remove_agent(id)?;
        tx.delete_tokens_of(id)?;
    } else {
        tx.delete_seat(scope.account_id, id)?;
    }
    let agent = Arc::new(agent);
    tx.append(scope.account_id, Event::AgentRemoved { agent })
}

/// The same, but the person stays, even if they work for nobody then. Whatever such a person shows is refused.
pub fn leave(tx: &mut dyn Tx, directory: &Directory, scope: &Scope, id: AgentId) -> Result<()> {
    let agent = clear(tx, directory, scope, id)?;
    tx.delete_seat(scope.account_id, id)?;
    let rest = tx.seats_of(id)?;
    if let Some(nobodys) = rest.iter().find(|it| it.account_id == AccountId::NOBODYS) {
        tx.update_agent(&Agent {
            token_generation: agent.token_generation + 1,
            ..nobodys.clone()
        })?;
        tx.delete_tokens_of(id)?;
    }
    let agent = Arc::new(agent);
    tx.append(scope.account_id, Event::AgentRemoved { agent })
}

/// Removes a person altogether, from every account that they work for.
pub fn remove_person(tx: &mut dyn Tx, directory: &Directory, id: AgentId) -> Result<()> {
    for seat in tx.seats_of(id)? {
        if seat.account_id != AccountId::NOBODYS {
            let scope = Scope {
                account_id: seat.account_id,
                actor: Actor::System,
            };
            leave(tx, directory, &scope, id)?;
        }
    }
    let person = tx.seats_of(id)?.into_iter().next();
    let agent = Arc::new(person.ok_or_else(|| Error::not_found("agent"))?);
    tx.remove_agent(id)?;
    tx.append(AccountId::NOBODYS, Event::AgentRemoved { agent })
}

/// Takes everything from an agent who goes.
fn clear(tx: &mut dyn Tx, directory: &Directory, scope: &Scope, id: AgentId) -> Result<Agent> {
    let agent = load(&*tx, scope, id)?;
    leaves_an_administrator(&*tx, &agent)?;
    release_rest(tx, directory, scope, id, Leaving::Account)?;
    tx.delete_notifications_of(scope.account_id, id)?;
    let theirs = tx.inbox_members()?;
    let theirs: BTreeSet<_> = theirs
        .iter()
        .filter(|it| it.1 == id)
        .map(|it| it.0)
        .collect();
    for it in tx.inboxes()? {
        let inbox = &it.inbox;
        if inbox.account_id == scope.account_id && theirs.contains(&inbox.id) {
            inboxes::set_members(tx, scope, inbox.id, |all| all.retain(|it| *it != id))?;
        }
    }
    let teams = tx.teams()?.into_iter();
    for team in teams.filter(|it| it.account_id == scope.account_id && it.members.contains(&id)) {
        teams::set_members(tx, directory, scope, team.id, |all| {
            all.retain(|it| *it != id)
        })?;
    }
    Ok(agent)
}
