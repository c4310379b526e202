//! An agent leaves: what was theirs is nobody's, and nothing that they show is valid.

use std::sync::Arc;

use domain::{AccountId, Agent, AgentId, Event, Kind, Role};

use super::change::{leaves_an_administrator, load};
use crate::{
    Error, Result, Scope, conversations,
    directory::Directory,
    inboxes,
    ports::{ConversationFilter, Tx},
    teams,
};

/// Refuses to let go of an agent whom the scope's account needs or does not have.
pub fn may_leave(tx: &mut dyn Tx, scope: &Scope, id: AgentId) -> Result<()> {
    let agent = load(&*tx, scope, id)?;
    leaves_an_administrator(&*tx, &agent)
}

/// Takes conversations from an agent, at most so many. Returns how many.
pub fn release(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    id: AgentId,
    limit: i64,
) -> Result<usize> {
    load(&*tx, scope, id)?;
    let theirs = ConversationFilter {
        assignee: Some(Some(id)),
        ..ConversationFilter::default()
    };
    let rows = tx.list_conversations(scope.account_id, &theirs, limit, 0)?;
    for row in &rows {
        conversations::assign(tx, directory, scope, row.conversation.number, None)?;
    }
    Ok(rows.len())
}

/// Removes an agent of the scope's account, who is at once in no inbox and no team of it and has no conversation.
///
/// Whoever has many conversations is [released](release) first, bite by bite. The last administrator stays.
pub fn remove(tx: &mut dyn Tx, directory: &Directory, scope: &Scope, id: AgentId) -> Result<()> {
    let agent = clear(tx, directory, scope, id)?;
    tx.remove_agent(id)?;
    let agent = Arc::new(agent);
    tx.append(scope.account_id, Event::AgentRemoved { agent })
}

/// The same, but the person stays and works for nobody.
pub fn leave(tx: &mut dyn Tx, directory: &Directory, scope: &Scope, id: AgentId) -> Result<()> {
    let agent = clear(tx, directory, scope, id)?;
    tx.update_agent(&Agent {
        account_id: AccountId::NOBODYS,
        role: Role::Agent,
        token_generation: agent.token_generation + 1,
        ..agent.clone()
    })?;
    let agent = Arc::new(agent);
    tx.append(scope.account_id, Event::AgentRemoved { agent })
}

/// Somebody who works for nobody, or for this account already, works for it from now on.
pub fn join(tx: &mut dyn Tx, account: AccountId, id: AgentId, role: Role) -> Result<Arc<Agent>> {
    let was = tx.find_agent(id)?;
    let was = was.filter(|it| !it.is_bot());
    let was = was.ok_or_else(|| Error::not_found("agent"))?;
    if was.account_id != AccountId::NOBODYS && was.account_id != account {
        let text = "the user works for another account, and can work for one only";
        return Err(Error::refused(Kind::Conflict, text));
    }
    if role == Role::Agent {
        leaves_an_administrator(&*tx, &was)?;
    }
    let agent = Arc::new(Agent {
        account_id: account,
        role,
        ..was.clone()
    });
    tx.update_agent(&agent)?;
    let event = Event::AgentChanged {
        agent: agent.clone(),
        was: Some(Arc::new(was)),
    };
    tx.append(account, event)?;
    Ok(agent)
}

/// Takes everything from an agent who goes.
fn clear(tx: &mut dyn Tx, directory: &Directory, scope: &Scope, id: AgentId) -> Result<Agent> {
    const BITE: i64 = 100;
    let agent = load(&*tx, scope, id)?;
    leaves_an_administrator(&*tx, &agent)?;
    while release(tx, directory, scope, id, BITE)? > 0 {}
    for (inbox, _) in tx.inbox_members()?.into_iter().filter(|it| it.1 == id) {
        inboxes::set_members(tx, scope, inbox, |all| all.retain(|it| *it != id))?;
    }
    for team in tx.teams()?.iter().filter(|it| it.members.contains(&id)) {
        teams::set_members(tx, scope, team.id, |all| all.retain(|it| *it != id))?;
    }
    tx.delete_tokens_of(id)?;
    Ok(agent)
}
