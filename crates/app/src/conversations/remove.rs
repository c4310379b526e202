//! A conversation is removed with everything said in it: nobody finds it from the commit on, and what is kept of it goes
//! in the background ([`Eraser`](super::Eraser)).

use domain::{Conversation, Event};

use super::load;
use crate::{Result, Scope, directory::Directory, notifications, ports::Tx};

/// Removes a conversation of the scope's account by its number. Whoever writes next from the same address begins another.
pub fn remove(tx: &mut dyn Tx, directory: &Directory, scope: &Scope, number: i64) -> Result<()> {
    let conversation = load(&*tx, scope, number)?.conversation;
    erase(tx, directory, &conversation)
}

/// The same for one that is at hand.
pub(crate) fn erase(
    tx: &mut dyn Tx,
    directory: &Directory,
    conversation: &Conversation,
) -> Result<()> {
    notifications::of_removed(tx, directory, conversation)?;
    let event = Event::ConversationRemoved {
        conversation_id: conversation.id,
    };
    tx.append(conversation.account_id, event)?;
    tx.remove_conversation(conversation)
}
