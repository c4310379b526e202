//! An agent leaves: what was theirs is nobody's, and nothing that they show is valid.

use std::sync::Arc;

use domain::{AccountId, Agent, AgentId, Event, InboxId, Kind, Role, TeamId};

use super::change::{leaves_an_administrator, load};
use crate::{
    Error, Result, Scope, Sight, conversations,
    directory::Directory,
    inboxes,
    ports::{Condition, ConversationFilter, Field, Given, Test, Tx},
    teams,
};

/// Refuses to let go of an agent whom the scope's account needs or does not have.
pub fn may_leave(tx: &mut dyn Tx, scope: &Scope, id: AgentId) -> Result<()> {
    let agent = load(&*tx, scope, id)?;
    leaves_an_administrator(&*tx, &agent)
}

/// What an agent leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// The account.
    Account,
    /// The administrators, to be an agent like others.
    Administration,
    /// An inbox.
    Inbox(InboxId),
    /// A team.
    Team(TeamId),
}

/// Takes from an agent, at most from so many conversations, what they do not see any more when they have left: they
/// have these no longer and take no part in them. Returns from how many.
pub fn release(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    id: AgentId,
    leaving: Leaving,
    limit: i64,
) -> Result<usize> {
    let agent = load(&*tx, scope, id)?;
    let Some(sight) = sight_after(&*tx, &agent, leaving)? else {
        return Ok(0);
    };
    let theirs = ConversationFilter {
        assignee: Some(Some(id)),
        ..ConversationFilter::default()
    };
    let involved = Condition {
        field: Field::Participant,
        test: Test::Is(vec![Given::Number(id.0)]),
    };
    let involves = ConversationFilter {
        conditions: vec![vec![involved]],
        ..ConversationFilter::default()
    };
    for filter in [theirs, involves] {
        let unseen = filter.unseen_by(&sight);
        let rows = tx.list_conversations(scope.account_id, &unseen, limit, 0)?;
        let count = rows.len();
        for row in rows {
            let mut conversation = row.conversation;
            if conversation.participants.contains(&id) {
                conversation.participants.retain(|it| *it != id);
                tx.put_participants(&conversation)?;
            }
            if conversation.assignee_id == Some(id) {
                conversations::assign(tx, directory, scope, conversation.number, None)?;
            }
        }
        if count > 0 {
            return Ok(count);
        }
    }
    Ok(0)
}

/// Takes from an agent all that they do not see any more when they have left. Whoever has much of it is
/// [released](release) first, bite by bite.
pub(crate) fn release_rest(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    id: AgentId,
    leaving: Leaving,
) -> Result<()> {
    const BITE: i64 = 100;
    while release(tx, directory, scope, id, leaving, BITE)? > 0 {}
    Ok(())
}

/// What an agent sees of their account when they have left; none if that is everything.
fn sight_after(tx: &dyn Tx, agent: &Agent, leaving: Leaving) -> Result<Option<Sight>> {
    if leaving == Leaving::Account {
        return Ok(Some(Sight::default()));
    }
    if agent.role == Role::Administrator && leaving != Leaving::Administration {
        return Ok(None);
    }
    let inboxes = tx.inbox_members()?.into_iter();
    let inboxes = inboxes.filter(|it| it.1 == agent.id && leaving != Leaving::Inbox(it.0));
    let teams = tx.teams()?.into_iter();
    let teams = teams.filter(|it| {
        it.account_id == agent.account_id
            && it.members.contains(&agent.id)
            && leaving != Leaving::Team(it.id)
    });
    Ok(Some(Sight {
        inboxes: inboxes.map(|it| it.0).collect(),
        teams: teams.map(|it| it.id).collect(),
    }))
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
    let agent = load(&*tx, scope, id)?;
    leaves_an_administrator(&*tx, &agent)?;
    release_rest(tx, directory, scope, id, Leaving::Account)?;
    tx.delete_notifications_of(scope.account_id, id)?;
    for (inbox, _) in tx.inbox_members()?.into_iter().filter(|it| it.1 == id) {
        inboxes::set_members(tx, scope, inbox, |all| all.retain(|it| *it != id))?;
    }
    for team in tx.teams()?.iter().filter(|it| it.members.contains(&id)) {
        teams::set_members(tx, directory, scope, team.id, |all| {
            all.retain(|it| *it != id)
        })?;
    }
    tx.delete_tokens_of(id)?;
    Ok(agent)
}
