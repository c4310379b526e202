//! The network reports how far a message has come.

use domain::{Direction, Event, Former, Inbox, Message, MessageStatus, Spoken, Thread};

use crate::{
    Result, Scope,
    conversations::{spoken, thread},
    directory::Directory,
    ports::{ConversationRow, EarlyReport, Tx},
};

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// The message moved up.
    Moved,
    /// It said nothing new.
    Nothing,
    /// We do not know the message yet. The report is kept until we do.
    Early,
}

/// Moves a message of ours up its ladder, and tells everybody if it moved.
pub fn report(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: &Inbox,
    external_id: &str,
    report: &EarlyReport,
) -> Result<Reported> {
    match tx.find_message_by_external(inbox.id, Direction::Out, external_id)? {
        Some(message) => apply(tx, directory, None, message, report),
        None => {
            tx.insert_early_report(inbox.id, external_id, report)?;
            Ok(Reported::Early)
        }
    }
}

pub(crate) fn apply(
    tx: &mut dyn Tx,
    directory: &Directory,
    by: Option<&Scope>,
    mut message: Message,
    report: &EarlyReport,
) -> Result<Reported> {
    let was = message.former();
    let Some(status) = was.status.advance(report.status) else {
        return Ok(Reported::Nothing);
    };
    message.status = status;
    message.error = report
        .error
        .clone()
        .filter(|_| status == MessageStatus::Failed);
    if status == MessageStatus::Failed {
        // Its other parts, if any, stay behind.
        tx.end_deliveries_of(message.id)?;
    }
    tell_updated(tx, directory, by, message, was)?;
    Ok(Reported::Moved)
}

/// Stores a changed message and tells everybody, also who did it if somebody asked for it.
pub(crate) fn tell_updated(
    tx: &mut dyn Tx,
    directory: &Directory,
    by: Option<&Scope>,
    mut message: Message,
    was: Former,
) -> Result<()> {
    message.updated_at = tx.now();
    tx.update_message(&message)?;
    let Some(row) = tx.find_conversation_by_id(message.conversation_id)? else {
        return Ok(());
    };
    let account = message.account_id;
    let (thread, spoken) = told(directory, row, message)?;
    tx.append(
        account,
        Event::MessageUpdated {
            thread,
            spoken,
            was: Box::new(was),
            by: by.and_then(Scope::agent_id),
        },
    )
}

/// A message as it is told of now.
pub(super) fn tell(
    tx: &dyn Tx,
    directory: &Directory,
    message: Message,
) -> Result<(Box<Thread>, Box<Spoken>)> {
    let row = tx
        .find_conversation_by_id(message.conversation_id)?
        .ok_or_else(|| crate::Error::not_found("conversation"))?;
    told(directory, row, message)
}

fn told(
    directory: &Directory,
    row: ConversationRow,
    message: Message,
) -> Result<(Box<Thread>, Box<Spoken>)> {
    Ok((
        Box::new(thread(directory, row)?),
        Box::new(spoken(directory, message)),
    ))
}
