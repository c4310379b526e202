//! Giving a conversation to an agent.

use domain::{AgentId, Conversation, Event, Kind, Refusal, Thread, Via};

use super::{activity, load, parts};
use crate::{
    Error, Result, Scope, bots,
    directory::Directory,
    limits::CLIENT_KEY_CHARS,
    notifications,
    ports::{ConversationRow, Tx},
};

/// Refuses an agent who may not see the conversation.
pub(super) fn may_have(
    directory: &Directory,
    assignee: Option<AgentId>,
    conversation: &Conversation,
) -> Result<()> {
    let Some(id) = assignee else {
        return Ok(());
    };
    let tables = directory.tables();
    if tables.colleague(conversation.account_id, id).is_none() {
        return Err(Error::not_found("agent"));
    }
    if tables.sees(id, conversation) {
        return Ok(());
    }
    Err(no_access())
}

fn no_access() -> Error {
    Error::Refused(
        Refusal::new(Kind::Invalid, "Assignee must have inbox access").of_field("assignee"),
    )
}

/// Gives a conversation to a program of its account that answers in its inbox.
pub fn assign_bot(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    bot: AgentId,
) -> Result<Thread> {
    let row = load(tx, scope, number)?;
    bots::load(&*tx, scope, bot)?;
    if !bots::inboxes_of(&*tx, bot)?.contains(&row.conversation.inbox_id) {
        return Err(no_access());
    }
    hand_to(tx, directory, scope, row, Some(bot), None)
}

/// Gives a conversation to an agent of its account who may see it, or to nobody.
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
    let row = load(tx, scope, number)?;
    may_have(directory, assignee, &row.conversation)?;
    hand_to(tx, directory, scope, row, assignee, tracking)
}

fn hand_to(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    mut row: ConversationRow,
    assignee: Option<AgentId>,
    tracking: Option<&str>,
) -> Result<Thread> {
    let now = tx.now();
    let was = row.conversation.assignee_id;
    let changed = row.conversation.assign(assignee, now);
    let mut notes = activity::Notes::new();
    if changed {
        notes = activity::of_assignee(directory, scope, &row.conversation);
        if !notes.is_empty() {
            row.conversation.noted(now);
        }
        tx.update_conversation(&row.conversation)?;
        let person = assignee.filter(|id| directory.tables().sees(*id, &row.conversation));
        if let Some(id) = person.filter(|id| !row.conversation.participants.contains(id)) {
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
        notifications::of_assigned(tx, directory, scope, &thread)?;
    }
    activity::write(tx, &thread, notes)?;
    Ok(*thread)
}
