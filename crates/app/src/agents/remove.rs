//! An agent leaves: what was theirs is nobody's, and nothing that they show is valid.

use std::sync::Arc;

use domain::{AgentId, Event};

use super::change::{leaves_an_administrator, load};
use crate::{
    Result, Scope, conversations,
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
    tx.remove_agent(id)?;
    let agent = Arc::new(agent);
    tx.append(scope.account_id, Event::AgentRemoved { agent })
}
