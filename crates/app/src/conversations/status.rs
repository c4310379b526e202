//! Setting a conversation's status.

use domain::{AccountId, ConversationStatus, Event, Thread, Timestamp};

use super::{activity, deal, load, parts};
use crate::{
    Actor, Result, Scope,
    directory::Directory,
    notifications,
    ports::{ConversationRow, Tx, whole_micros},
};

/// What to set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewStatus {
    /// Open becomes resolved, anything else becomes open.
    Toggled,
    /// This one; a time only matters with `Snoozed`.
    To(ConversationStatus, Option<Timestamp>),
}

/// What is written into a conversation whose program cannot be told of it.
const UNREACHED: &str = "Conversation was opened because its bot cannot be reached";

/// Opens a conversation that a program has which cannot be told of it: it is people's from then on.
pub(crate) fn hand_over(
    tx: &mut dyn Tx,
    directory: &Directory,
    account_id: AccountId,
    number: i64,
) -> Result<()> {
    let scope = Scope {
        account_id,
        actor: Actor::System,
    };
    let row = load(tx, &scope, number)?;
    if row.conversation.status != ConversationStatus::Pending {
        return Ok(());
    }
    let open = NewStatus::To(ConversationStatus::Open, None);
    let notes = Some(vec![UNREACHED.to_owned()]);
    let (thread, _) = set(tx, directory, &scope, row, open, notes)?;
    begins_for_people(tx, directory, &thread)
}

/// For people a conversation begins when a program hands it over.
fn begins_for_people(tx: &mut dyn Tx, directory: &Directory, thread: &Thread) -> Result<()> {
    notifications::of_begun(tx, directory, thread)?;
    deal(tx, directory, thread).map(drop)
}

/// Sets the status of a conversation. Setting the one it has changes nothing and is not an error. One that opens may be
/// given to somebody.
pub fn set_status(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    new: NewStatus,
) -> Result<Thread> {
    let row = load(tx, scope, number)?;
    let (thread, was) = set(tx, directory, scope, row, new, None)?;
    if matches!(scope.actor, Actor::Bot(..)) && was == Some(ConversationStatus::Pending) {
        notifications::of_begun(tx, directory, &thread)?;
    }
    if was.is_some_and(|was| was != thread.conversation.status) {
        return Ok(deal(tx, directory, &thread)?.unwrap_or(*thread));
    }
    Ok(*thread)
}

/// Resolves a conversation by itself, and writes into it why.
pub(super) fn resolve(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    why: String,
) -> Result<()> {
    let row = load(tx, scope, number)?;
    let resolved = NewStatus::To(ConversationStatus::Resolved, None);
    set(tx, directory, scope, row, resolved, Some(vec![why])).map(drop)
}

/// Sets it, and writes these notes into the conversation, or else who did it. Returns the former one if it changed.
fn set(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    mut row: ConversationRow,
    new: NewStatus,
    notes: Option<activity::Notes>,
) -> Result<(Box<Thread>, Option<ConversationStatus>)> {
    let now = tx.now();
    let (status, until) = match new {
        NewStatus::To(status, until) => (status, until.map(whole_micros)),
        NewStatus::Toggled if row.conversation.status == ConversationStatus::Open => {
            (ConversationStatus::Resolved, None)
        }
        NewStatus::Toggled => (ConversationStatus::Open, None),
    };
    let put_off = row.conversation.snoozed_until;
    let was = row.conversation.set_status(status, until, now);
    let notes = match was {
        Some(was) if was != status => notes
            .unwrap_or_else(|| activity::of_status(directory, scope, &row.contact.name, status)),
        _ => activity::Notes::new(),
    };
    if !notes.is_empty() {
        row.conversation.noted(now);
    }
    if was.is_some() {
        tx.update_conversation(&row.conversation)?;
    }
    let (thread, last_message) = parts(directory, row)?;
    if let Some(was) = was {
        tx.append(
            scope.account_id,
            Event::ConversationStatusChanged {
                thread: thread.clone(),
                last_message,
                was,
                put_off,
                by: scope.agent_id(),
            },
        )?;
    }
    activity::write(tx, &thread, notes)?;
    Ok((thread, was))
}
