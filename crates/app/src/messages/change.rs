//! A message is changed after it was said.

use domain::{Direction, Inbox, Kind, Message};

use super::tell_updated;
use crate::{Error, Result, directory::Directory, limits::CONTENT_CHARS, ports::Tx};

/// What stands in `extra` of a message that was taken back.
pub const RETRACTED: &str = r#"{"deleted":true}"#;

/// Gives a message of ours another text, and tells everybody. If it still waits for its network, it goes out with
/// the new one.
pub fn edit(
    tx: &mut dyn Tx,
    directory: &Directory,
    message: &Message,
    text: &str,
) -> Result<Message> {
    let mut message = current(tx, message)?;
    if text.is_empty() || text.chars().count() > CONTENT_CHARS {
        let text = format!("a text has 1 to {CONTENT_CHARS} characters");
        return Err(Error::refused(Kind::Invalid, text));
    }
    message.content = Some(text.to_owned());
    let was = message.status;
    tell_updated(tx, directory, message.clone(), was)?;
    Ok(message)
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
    let Some(mut message) = found.filter(|it| it.content.as_deref() != Some(text)) else {
        return Ok(());
    };
    message.content = Some(text.to_owned()).filter(|it| !it.is_empty());
    let was = message.status;
    tell_updated(tx, directory, message, was)
}

/// Takes a message of ours back: what it said is gone, and everybody is told. If it still waits for its network, it
/// never goes out.
pub fn retract(tx: &mut dyn Tx, directory: &Directory, message: &Message) -> Result<()> {
    let mut message = current(tx, message)?;
    tx.end_deliveries_of(message.id)?;
    message.content = None;
    message.attachments.clear();
    message.extra = Some(RETRACTED.to_owned());
    let was = message.status;
    tell_updated(tx, directory, message, was)
}

/// The message as it is now, if it is one of ours that was not taken back.
fn current(tx: &mut dyn Tx, message: &Message) -> Result<Message> {
    let found = tx.find_message(message.id)?;
    let mine = found.filter(|it| {
        it.account_id == message.account_id
            && it.direction == Direction::Out
            && it.extra.as_deref() != Some(RETRACTED)
    });
    mine.ok_or_else(|| Error::not_found("message of ours"))
}
