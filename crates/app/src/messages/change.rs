//! A message is changed after it was said.

use domain::{Direction, Inbox, Kind, Message, MessageId, Spoken, StoredFile, Thread};

use super::{
    revise::{find, now},
    tell_updated,
};
use crate::{Error, Result, Scope, directory::Directory, limits::CONTENT_CHARS, ports::Tx};

/// What stands in `extra` of a message that was deleted.
const DELETED: &str = r#"{"deleted":true}"#;

/// Whether a message was deleted.
pub fn is_deleted(message: &Message) -> bool {
    message.extra.as_deref() == Some(DELETED)
}

/// Takes a message's words and files away, and says so. What still waits for its network never goes out; taking it
/// back from where it is already is the network's affair. Returns the files that nobody needs any more.
pub fn delete(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    id: MessageId,
) -> Result<(Box<Thread>, Box<Spoken>, Vec<StoredFile>)> {
    let mut message = find(tx, scope, number, id)?;
    let was = message.former();
    let attachments = std::mem::take(&mut message.attachments);
    message.content = None;
    message.extra = Some(DELETED.to_owned());
    tx.end_deliveries_of(id)?;
    tell_updated(tx, directory, Some(scope), message, was)?;
    let (thread, spoken) = now(tx, directory, id)?;
    let files = attachments.into_iter().filter_map(|it| it.file).collect();
    Ok((thread, spoken, files))
}

/// Gives a message of ours another text, and tells everybody. If it still waits for its network, it goes out with
/// the new one.
pub fn edit(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    message: &Message,
    text: &str,
) -> Result<Message> {
    let mut message = current(tx, message)?;
    editable(&message, text)?;
    let was = message.former();
    message.content = Some(text.to_owned());
    tell_updated(tx, directory, Some(scope), message.clone(), was)?;
    Ok(message)
}

/// Refuses a message that has no words to change, and words that are none.
pub(crate) fn editable(message: &Message, text: &str) -> Result<()> {
    let refuse = |text: String| Err(Error::refused(Kind::Invalid, text));
    if message.direction != Direction::Out || is_deleted(message) {
        return refuse("only a message of ours that was not deleted can be changed".to_owned());
    }
    if message.content.is_none() {
        return refuse("this message has no text that could be changed".to_owned());
    }
    if text.is_empty() || text.chars().count() > CONTENT_CHARS {
        return refuse(format!("a text has 1 to {CONTENT_CHARS} characters"));
    }
    Ok(())
}

/// The contact has given a message another text. One that we do not have is nobody's business.
pub fn hear_edit(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: &Inbox,
    external_id: &str,
    text: &str,
) -> Result<()> {
    let found = tx.find_message_by_external(inbox.id, Direction::In, external_id)?;
    edited(tx, directory, found, text)
}

/// A message was given another text on its network.
pub(super) fn edited(
    tx: &mut dyn Tx,
    directory: &Directory,
    found: Option<Message>,
    text: &str,
) -> Result<()> {
    let Some(mut message) = found.filter(|it| it.content.as_deref() != Some(text)) else {
        return Ok(());
    };
    let was = message.former();
    message.content = Some(text.to_owned()).filter(|it| !it.is_empty());
    tell_updated(tx, directory, None, message, was)
}

/// The contact has deleted a message. One that we do not have is nobody's business. Returns the files that nobody
/// needs any more.
pub fn hear_delete(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: &Inbox,
    external_id: &str,
) -> Result<Vec<StoredFile>> {
    let found = tx.find_message_by_external(inbox.id, Direction::In, external_id)?;
    deleted(tx, directory, found)
}

/// A message was deleted on its network.
pub(super) fn deleted(
    tx: &mut dyn Tx,
    directory: &Directory,
    found: Option<Message>,
) -> Result<Vec<StoredFile>> {
    let Some(mut message) = found.filter(|it| !is_deleted(it)) else {
        return Ok(Vec::new());
    };
    let was = message.former();
    let attachments = std::mem::take(&mut message.attachments);
    message.content = None;
    message.extra = Some(DELETED.to_owned());
    tell_updated(tx, directory, None, message, was)?;
    Ok(attachments.into_iter().filter_map(|it| it.file).collect())
}

/// The message as it is now, if it is one of ours that was not deleted.
fn current(tx: &mut dyn Tx, message: &Message) -> Result<Message> {
    let found = tx.find_message(message.id)?;
    let mine = found.filter(|it| {
        it.account_id == message.account_id && it.direction == Direction::Out && !is_deleted(it)
    });
    mine.ok_or_else(|| Error::not_found("message of ours"))
}
