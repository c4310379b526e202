//! What the account's people keep about a conversation, and coming back to it later.

use domain::{Details, Direction, Event, Thread};
use jiff::SignedDuration;

use super::{activity, load, parts};
use crate::{
    Result, Scope,
    directory::Directory,
    ports::{MessagePage, Tx},
};

/// Changes what is kept about a conversation. Changing nothing is no error.
pub fn describe(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    alter: impl FnOnce(&mut Details) -> Result<()>,
) -> Result<Thread> {
    let now = tx.now();
    let mut row = load(tx, scope, number)?;
    let was = row.conversation.details.clone();
    let mut details = was.clone();
    alter(&mut details)?;
    let mut notes = activity::of_priority(directory, scope, was.priority, details.priority);
    notes.extend(activity::of_team(
        directory,
        scope,
        was.team_id,
        details.team_id,
    ));
    let changed = row.conversation.describe(details, now);
    if !notes.is_empty() {
        row.conversation.noted(now);
    }
    if changed {
        tx.describe_conversation(&row.conversation)?;
    }
    let (thread, last_message) = parts(directory, row)?;
    if changed {
        let event = Event::ConversationDescribed {
            thread: thread.clone(),
            last_message,
            was: Box::new(was),
            by: scope.agent_id(),
        };
        tx.append(scope.account_id, event)?;
    }
    activity::write(tx, &thread, notes)?;
    Ok(*thread)
}

/// Makes what the contact said last count as unseen again. Without anything from the contact nothing changes.
pub fn unsee(tx: &mut dyn Tx, directory: &Directory, scope: &Scope, number: i64) -> Result<Thread> {
    let now = tx.now();
    let mut row = load(tx, scope, number)?;
    let page = MessagePage {
        limit: crate::limits::READ_MESSAGES,
        ..MessagePage::default()
    };
    let recent = tx.list_messages(row.conversation.id, page)?;
    let last = recent.iter().rposition(|it| it.direction == Direction::In);
    let Some(last) = last.and_then(|at| recent.get(at)) else {
        return Ok(*parts(directory, row)?.0);
    };
    let before = last
        .created_at
        .saturating_sub(SignedDuration::from_secs(1))
        .unwrap_or(last.created_at);
    row.conversation.unseen_by_agent(before, 1, now);
    tx.update_conversation(&row.conversation)?;
    let details = row.conversation.details.clone();
    let (thread, last_message) = parts(directory, row)?;
    let event = Event::ConversationDescribed {
        thread: thread.clone(),
        last_message,
        was: Box::new(details),
        by: scope.agent_id(),
    };
    tx.append(scope.account_id, event)?;
    Ok(*thread)
}
