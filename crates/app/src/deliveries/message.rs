//! What a network's answer to a part means for the message and its inbox.

use domain::{Direction, InboxId, Message, MessageStatus};

use super::{
    Delivery, DeliveryState, Parcel,
    outcome::{Effect, Outcome},
};
use crate::{
    Result,
    directory::Directory,
    inboxes,
    messages::{apply, tell_updated},
    ports::{Accepted, EarlyReport, SendError, Tx},
};

/// Tells everybody what the network made of a part that has just been settled or put off.
pub(super) fn tell(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: InboxId,
    delivery: &Delivery,
    outcome: &Outcome,
) -> Result<Effect> {
    let Parcel::Part {
        message_id,
        part,
        parts,
    } = delivery.what
    else {
        return Ok(Effect::None);
    };
    let Some(message) = tx.find_message(message_id)? else {
        return Ok(Effect::None);
    };
    match &outcome.made.result {
        Ok(answer) => accepted(tx, directory, inbox, message, part + 1 == parts, answer)?,
        Err(SendError::Closed { reason }) => {
            closed(tx, directory, inbox, message, reason)?;
            return Ok(Effect::Closed);
        }
        Err(SendError::ForGood { reason }) => failed(tx, directory, message, reason.clone())?,
        Err(SendError::ForNow { reason, .. }) if delivery.state == DeliveryState::Dead => {
            let reason = format!("given up after {} attempts: {reason}", delivery.attempts);
            failed(tx, directory, message, reason)?;
        }
        Err(SendError::ForNow { .. }) => {}
    }
    Ok(Effect::None)
}

/// The network took it. The message is sent when its last part is; its network id is that of the first.
fn accepted(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: InboxId,
    mut message: Message,
    last: bool,
    answer: &Accepted,
) -> Result<()> {
    let was = message.former();
    let first = message.external_id.is_none();
    if first {
        message.external_id.clone_from(&answer.external_id);
    }
    if last && let Some(status) = was.status.advance(MessageStatus::Sent) {
        message.status = status;
        message.error = None;
    }
    tell_updated(tx, directory, None, message, was)?;
    if first && let Some(external_id) = &answer.external_id {
        catch_up(tx, directory, inbox, external_id)?;
    }
    Ok(())
}

/// Applies the reports on a message that came before it was known by its network's id.
pub(crate) fn catch_up(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: InboxId,
    external_id: &str,
) -> Result<()> {
    for report in tx.take_early_reports(inbox, external_id)? {
        let found = tx.find_message_by_external(inbox, Direction::Out, external_id)?;
        if let Some(message) = found {
            apply(tx, directory, None, message, &report)?;
        }
    }
    Ok(())
}

/// The network will never take it: the whole message has failed.
fn failed(tx: &mut dyn Tx, directory: &Directory, message: Message, reason: String) -> Result<()> {
    tracing::warn!(
        message.id = message.id.0,
        inbox.id = message.inbox_id.0,
        reason,
        "a message failed"
    );
    let report = EarlyReport {
        status: MessageStatus::Failed,
        error: Some(reason),
    };
    tx.end_deliveries_of(message.id)?;
    apply(tx, directory, None, message, &report)?;
    Ok(())
}

/// The network takes nothing from us any more: the inbox pauses and says why, and so does the message, which waits.
fn closed(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: InboxId,
    message: Message,
    reason: &str,
) -> Result<()> {
    tracing::warn!(inbox.id = inbox.0, reason, "the inbox is paused");
    if let Some(connected) = directory.inbox(inbox) {
        inboxes::pause(tx, &connected, reason)?;
    }
    let was = message.former();
    let waiting = format!("waiting: the inbox is paused because {reason}");
    tell_updated(
        tx,
        directory,
        None,
        Message {
            error: Some(waiting),
            ..message
        },
        was,
    )
}
