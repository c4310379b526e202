//! The business writes past us: on the phone itself whose number an inbox has.

use std::sync::Arc;

use domain::{Direction, Inbox, StoredFile};

use super::{
    Draft, Inbound, Received,
    change::{deleted, edited},
    receive::find_quoted,
    send::send,
};
use crate::{Actor, Result, Scope, conversations, deliveries, directory::Directory, ports::Tx};

/// Takes in what was said there as a message of ours, exactly once per inbox and network id, in the conversation with
/// whom it was said to (`from`). It is not sent, and has come as far as the network has reported by now.
pub fn overhear(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: &Arc<Inbox>,
    said: &Inbound,
) -> Result<Received> {
    let known = tx.find_message_by_external(inbox.id, Direction::Out, &said.external_id)?;
    if known.is_some() {
        return Ok(Received::Duplicate);
    }
    let scope = Scope {
        account_id: inbox.account_id,
        actor: Actor::System,
    };
    let conversation = conversations::begin(tx, directory, &scope, inbox, &said.from)?;
    let quoted = match &said.reply_to_external {
        Some(quoted) => find_quoted(tx, &conversation, quoted)?,
        None => None,
    };
    let draft = Draft {
        content: said.content.clone(),
        attachments: said.attachments.clone(),
        reply_to: quoted.map(|it| it.id),
        extra: said.extra.clone(),
        said_as: Some(said.external_id.clone()),
        said_at: said.sent_at,
        ..Draft::default()
    };
    let sent = send(tx, directory, &scope, conversation.number, &draft)?;
    deliveries::catch_up(tx, directory, inbox.id, &said.external_id)?;
    Ok(Received::Fresh(sent.spoken.message.id))
}

/// A message of ours was given another text there. One that we do not have is nobody's business.
pub fn overhear_edit(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: &Inbox,
    external_id: &str,
    text: &str,
) -> Result<()> {
    let found = tx.find_message_by_external(inbox.id, Direction::Out, external_id)?;
    edited(tx, directory, found, text)
}

/// A message of ours was deleted there. One that we do not have is nobody's business. Returns the files that nobody
/// needs any more.
pub fn overhear_delete(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: &Inbox,
    external_id: &str,
) -> Result<Vec<StoredFile>> {
    let found = tx.find_message_by_external(inbox.id, Direction::Out, external_id)?;
    deleted(tx, directory, found)
}
