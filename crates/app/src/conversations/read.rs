//! The contact looks at a conversation.

use domain::{Direction, Event, MessageStatus, Thread};

use super::{load, parts};
use crate::{
    Result, Scope,
    directory::Directory,
    limits::READ_MESSAGES,
    messages,
    ports::{EarlyReport, MessagePage, Tx},
};

/// Marks everything in a conversation as read by the contact: the conversation, and each message of ours among the
/// newest that is not read yet.
pub fn read(tx: &mut dyn Tx, directory: &Directory, scope: &Scope, number: i64) -> Result<Thread> {
    let now = tx.now();
    let mut row = load(tx, scope, number)?;
    row.conversation.seen_by_contact(now);
    tx.update_conversation(&row.conversation)?;
    let id = row.conversation.id;
    let (thread, last_message) = parts(directory, row)?;
    let event = Event::ConversationRead {
        thread: thread.clone(),
        last_message,
    };
    tx.append(scope.account_id, event)?;
    let page = MessagePage {
        limit: READ_MESSAGES,
        ..MessagePage::default()
    };
    let report = EarlyReport {
        status: MessageStatus::Read,
        error: None,
    };
    for message in tx.list_messages(id, page)? {
        if message.direction == Direction::Out && !message.private {
            messages::apply(tx, directory, None, message, &report)?;
        }
    }
    Ok(*thread)
}
