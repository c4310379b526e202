//! A contact whom the business does not want to hear from.

use domain::{ConversationStatus, Thread};

use super::{NewStatus, activity, load, parts, set_status};
use crate::{
    Result, Scope,
    contacts::{self, Change},
    directory::Directory,
    ports::Tx,
};

/// Ends a conversation and stops hearing its contact, or hears them again.
pub fn mute(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    muted: bool,
) -> Result<Thread> {
    let contact = load(tx, scope, number)?.contact;
    let changed = contact.blocked != muted;
    let change = Change {
        blocked: Some(muted),
        ..Change::default()
    };
    contacts::change(tx, scope, contact.id, &change)?;
    if muted {
        let done = NewStatus::To(ConversationStatus::Resolved, None);
        set_status(tx, directory, scope, number, done)?;
    }
    let mut row = load(tx, scope, number)?;
    let notes = if changed {
        activity::of_muting(directory, scope, muted)
    } else {
        activity::Notes::new()
    };
    if !notes.is_empty() {
        row.conversation.noted(tx.now());
        tx.update_conversation(&row.conversation)?;
    }
    let (thread, _) = parts(directory, row)?;
    activity::write(tx, &thread, notes)?;
    Ok(*thread)
}
