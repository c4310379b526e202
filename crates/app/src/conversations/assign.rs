//! Giving a conversation to an agent.

use domain::{AgentId, Event, Kind, Thread, Via};

use super::{activity, load, parts};
use crate::{
    Error, Result, Scope, directory::Directory, limits::CLIENT_KEY_CHARS, notifications, ports::Tx,
};

/// Gives a conversation to an agent of its account, or to nobody.
pub fn assign(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    assignee: Option<AgentId>,
) -> Result<Thread> {
    assign_tracked(tx, directory, scope, number, assignee, None)
}

/// The same for a program that calls what it does by a name of its own, which it is told back.
pub fn assign_tracked(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    assignee: Option<AgentId>,
    tracking: Option<&str>,
) -> Result<Thread> {
    if tracking.is_some_and(|it| it.chars().count() > CLIENT_KEY_CHARS) {
        let text = format!("a key has at most {CLIENT_KEY_CHARS} characters");
        return Err(Error::refused(Kind::Invalid, text));
    }
    let now = tx.now();
    if let Some(id) = assignee {
        let tables = directory.tables();
        let colleague = tables.colleague(scope.account_id, id);
        colleague.ok_or_else(|| Error::not_found("agent"))?;
    }
    let mut row = load(tx, scope, number)?;
    let was = row.conversation.assignee_id;
    let changed = row.conversation.assign(assignee, now);
    let mut notes = activity::Notes::new();
    if changed {
        notes = activity::of_assignee(directory, scope, &row.conversation);
        if !notes.is_empty() {
            row.conversation.noted(now);
        }
        tx.update_conversation(&row.conversation)?;
        if let Some(id) = assignee.filter(|id| !row.conversation.participants.contains(id)) {
            row.conversation.participants.push(id);
            row.conversation.participants.sort_unstable();
            tx.put_participants(&row.conversation)?;
        }
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
                via: scope.app().map(|app| Via {
                    app: app.to_owned(),
                    tracking: tracking.map(str::to_owned),
                }),
            },
        )?;
        notifications::of_assigned(tx, scope, &thread)?;
    }
    activity::write(tx, &thread, notes)?;
    Ok(*thread)
}
