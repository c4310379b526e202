//! An agent looks at a conversation.

use domain::{AgentId, Event, Spoken, Thread};

use super::{load, parts};
use crate::{Result, Scope, directory::Directory, ports::Tx};

/// Marks everything in a conversation as seen by the business. Returns it with its newest message.
pub fn seen(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    by: AgentId,
) -> Result<(Thread, Option<Box<Spoken>>)> {
    let now = tx.now();
    let mut row = load(tx, scope, number)?;
    let unread = row.conversation.unread_count > 0;
    row.conversation.seen_by_agent(now);
    tx.update_conversation(&row.conversation)?;
    let (thread, last_message) = parts(directory, row)?;
    if unread {
        tx.append(
            scope.account_id,
            Event::ConversationSeen {
                thread: thread.clone(),
                by,
            },
        )?;
    }
    Ok((*thread, last_message))
}
