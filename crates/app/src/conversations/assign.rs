//! Giving a conversation to an agent.

use domain::{AgentId, Event, Thread};

use super::{load, parts};
use crate::{Error, Result, Scope, directory::Directory, ports::Tx};

/// Gives a conversation to an agent of its account, or to nobody.
pub fn assign(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    assignee: Option<AgentId>,
) -> Result<Thread> {
    let now = tx.now();
    let colleague = |id| {
        directory
            .agent(id)
            .is_some_and(|it| it.account_id == scope.account_id)
    };
    if let Some(id) = assignee
        && !colleague(id)
    {
        return Err(Error::not_found("agent"));
    }
    let mut row = load(tx, scope, number)?;
    let was = row.conversation.assignee_id;
    let changed = row.conversation.assign(assignee, now);
    if changed {
        tx.update_conversation(&row.conversation)?;
    }
    let (thread, last_message) = parts(directory, row)?;
    if changed {
        tx.append(
            scope.account_id,
            Event::ConversationAssigned {
                thread: thread.clone(),
                last_message,
                was,
                by: scope.agent_id(),
            },
        )?;
    }
    Ok(*thread)
}
