//! What a network's answer does to a delivery and its message.

use domain::{Direction, Message, MessageStatus, Timestamp};

use crate::{
    Result,
    directory::Connected,
    directory::Directory,
    inboxes,
    messages::{apply, tell_updated},
    ports::{Accepted, Delivery, EarlyReport, Tx},
};

/// The network took it. The message is sent when its last part is; its network id is that of the first.
pub fn accepted(
    tx: &mut dyn Tx,
    directory: &Directory,
    delivery: &Delivery,
    answer: &Accepted,
) -> Result<()> {
    // A report may have settled it: then this answer is late.
    if !tx.delete_delivery(delivery.id)? {
        return Ok(());
    }
    let Some(mut message) = tx.find_message(delivery.message_id)? else {
        return Ok(());
    };
    let was = message.status;
    let first = message.external_id.is_none();
    if first {
        message.external_id.clone_from(&answer.external_id);
    }
    if delivery.part + 1 == delivery.parts
        && let Some(status) = was.advance(MessageStatus::Sent)
    {
        message.status = status;
        message.error = None;
    }
    tell_updated(tx, directory, message, was)?;
    if first && let Some(external_id) = &answer.external_id {
        catch_up(tx, directory, delivery, external_id)?;
    }
    Ok(())
}

/// Applies the reports that came before the answer.
fn catch_up(
    tx: &mut dyn Tx,
    directory: &Directory,
    delivery: &Delivery,
    external_id: &str,
) -> Result<()> {
    for report in tx.take_early_reports(delivery.inbox_id, external_id)? {
        let found = tx.find_message_by_external(delivery.inbox_id, Direction::Out, external_id)?;
        if let Some(message) = found {
            apply(tx, directory, message, &report)?;
        }
    }
    Ok(())
}

/// The network did not take it this time.
pub fn postponed(tx: &mut dyn Tx, delivery: &Delivery, next_at: Timestamp) -> Result<()> {
    tx.postpone_delivery(delivery.id, delivery.attempts + 1, next_at)
}

/// The network will never take it: the whole message has failed.
pub fn failed(
    tx: &mut dyn Tx,
    directory: &Directory,
    delivery: &Delivery,
    reason: &str,
) -> Result<()> {
    tx.delete_deliveries_of(delivery.message_id)?;
    let Some(message) = tx.find_message(delivery.message_id)? else {
        return Ok(());
    };
    let report = EarlyReport {
        status: MessageStatus::Failed,
        error: Some(reason.to_owned()),
    };
    apply(tx, directory, message, &report)?;
    Ok(())
}

/// The network does not know us: the inbox pauses and says why, and so does the message. The row stays.
pub fn unauthorized(
    tx: &mut dyn Tx,
    directory: &Directory,
    connected: &Connected,
    delivery: &Delivery,
    reason: &str,
) -> Result<()> {
    inboxes::pause(tx, connected, reason)?;
    let now = tx.now();
    tx.postpone_delivery(delivery.id, delivery.attempts + 1, now)?;
    if let Some(message) = tx.find_message(delivery.message_id)? {
        let was = message.status;
        let waiting = format!("waiting: the inbox is paused because {reason}");
        tell_updated(
            tx,
            directory,
            Message {
                error: Some(waiting),
                ..message
            },
            was,
        )?;
    }
    Ok(())
}
