//! What happens to a message after it was said.

use domain::{Direction, Kind, Message, MessageId, MessageStatus, Spoken, Thread};

use super::{apply, report::tell, send::deliver, tell_updated};
use crate::{
    Error, Result, Scope,
    conversations::load,
    directory::Directory,
    ports::{EarlyReport, Tx, View},
};

/// A message of a conversation.
pub(crate) fn find<V: View + ?Sized>(
    view: &V,
    scope: &Scope,
    number: i64,
    id: MessageId,
) -> Result<Message> {
    let conversation = load(view, scope, number)?.conversation.id;
    view.find_message(id)?
        .filter(|it| it.conversation_id == conversation)
        .ok_or_else(|| Error::not_found("message"))
}

/// A message as it is now.
pub(crate) fn now(
    tx: &dyn Tx,
    directory: &Directory,
    message: MessageId,
) -> Result<(Box<Thread>, Box<Spoken>)> {
    let message = tx
        .find_message(message)?
        .ok_or_else(|| Error::not_found("message"))?;
    tell(tx, directory, message)
}

/// Replaces what is kept with a message, an opaque JSON object, by what `alter` makes of it.
pub fn annotate(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    id: MessageId,
    alter: impl FnOnce(&Message) -> Result<Option<String>>,
) -> Result<(Box<Thread>, Box<Spoken>)> {
    let mut message = find(tx, scope, number, id)?;
    let extra = alter(&message)?;
    if extra != message.extra {
        let was = message.former();
        message.extra = extra;
        tell_updated(tx, directory, Some(scope), message, was)?;
    }
    now(tx, directory, id)
}

/// Sends a message again that has failed. Refuses any other.
pub fn retry(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    id: MessageId,
) -> Result<(Box<Thread>, Box<Spoken>)> {
    let mut message = find(tx, scope, number, id)?;
    let was = message.former();
    if was.status != MessageStatus::Failed || message.direction != Direction::Out || message.private
    {
        let text = "only a message that has failed is sent again";
        return Err(Error::refused(Kind::Invalid, text));
    }
    message.status = MessageStatus::Queued;
    message.error = None;
    message.external_id = None;
    deliver(tx, &message)?;
    tell_updated(tx, directory, Some(scope), message, was)?;
    now(tx, directory, id)
}

/// A program reports how far a message of ours has come, by the message's own number.
pub fn report_on(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    id: MessageId,
    report: &EarlyReport,
) -> Result<(Box<Thread>, Box<Spoken>)> {
    let message = find(tx, scope, number, id)?;
    apply(tx, directory, Some(scope), message, report)?;
    now(tx, directory, id)
}
