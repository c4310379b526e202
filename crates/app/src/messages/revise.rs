//! What happens to a message after it was said.

use domain::{
    ConversationId, Direction, Kind, Message, MessageId, MessageStatus, Spoken, StoredFile, Thread,
};

use super::{apply, report::tell, send::deliver, tell_updated};
use crate::{
    Error, Result, Scope,
    conversations::load,
    directory::Directory,
    ports::{EarlyReport, Tx},
};

fn find(
    tx: &dyn Tx,
    scope: &Scope,
    number: i64,
    id: MessageId,
) -> Result<(ConversationId, Message)> {
    let conversation = load(tx, scope, number)?.conversation.id;
    let message = tx
        .find_message(id)?
        .filter(|it| it.conversation_id == conversation)
        .ok_or_else(|| Error::not_found("message"))?;
    Ok((conversation, message))
}

fn current(
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
    let (_, mut message) = find(tx, scope, number, id)?;
    let extra = alter(&message)?;
    if extra != message.extra {
        message.extra = extra;
        let was = message.status;
        tell_updated(tx, directory, message, was)?;
    }
    current(tx, directory, id)
}

/// Takes a message's words and files away and says so in `content` and `extra`. What is under way still arrives.
/// Returns the files that nobody needs any more.
pub fn delete(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    id: MessageId,
    (content, extra): (&str, &str),
) -> Result<(Box<Thread>, Box<Spoken>, Vec<StoredFile>)> {
    let (_, mut message) = find(tx, scope, number, id)?;
    let attachments = std::mem::take(&mut message.attachments);
    message.content = Some(content.to_owned());
    message.extra = Some(extra.to_owned());
    let was = message.status;
    tell_updated(tx, directory, message, was)?;
    let (thread, spoken) = current(tx, directory, id)?;
    let files = attachments.into_iter().filter_map(|it| it.file).collect();
    Ok((thread, spoken, files))
}

/// Sends a message again that has failed. Refuses any other.
pub fn retry(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    id: MessageId,
) -> Result<(Box<Thread>, Box<Spoken>)> {
    let (_, mut message) = find(tx, scope, number, id)?;
    let was = message.status;
    if was != MessageStatus::Failed || message.direction != Direction::Out || message.private {
        let text = "only a message that has failed is sent again";
        return Err(Error::refused(Kind::Invalid, text));
    }
    message.status = MessageStatus::Queued;
    message.error = None;
    message.external_id = None;
    deliver(tx, &message)?;
    tell_updated(tx, directory, message, was)?;
    current(tx, directory, id)
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
    let (_, message) = find(tx, scope, number, id)?;
    apply(tx, directory, message, report)?;
    current(tx, directory, id)
}
