//! What an agent does not see any more when they leave is theirs no longer.

use domain::{Agent, AgentId, InboxId, Role, TeamId};

use super::change::load;
use crate::{
    Result, Scope, Sight, conversations,
    directory::Directory,
    ports::{Condition, ConversationFilter, Field, Given, Test, Tx},
};

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
