//! Removing an inbox: nobody reaches it from the commit on, and what is kept of it goes in the background
//! ([`Eraser`](super::Eraser)).

use std::sync::Arc;

use domain::{Event, InboxId};

use super::load;
use crate::{Error, Result, Scope, hooks::endpoints, ports::Tx};

/// Removes an inbox of the scope's account, with whoever answers there and the endpoints that are told of it alone. Its
/// contacts stay. Its number is never given again, so that a rule that names it fits nothing any more.
pub fn remove(tx: &mut dyn Tx, scope: &Scope, id: InboxId) -> Result<()> {
    let inbox = load(&*tx, id)?.inbox;
    if inbox.account_id != scope.account_id {
        return Err(Error::not_found("inbox"));
    }
    for it in tx.endpoints()? {
        if it.inbox_id == Some(id) {
            endpoints::remove(tx, it.account_id, it.id)?;
        }
    }
    tx.set_inbox_members(id, &[])?;
    tx.set_inbox_bot(id, None)?;
    let inbox = Arc::new(inbox);
    tx.append(scope.account_id, Event::InboxRemoved { inbox })?;
    tx.remove_inbox(id)
}
