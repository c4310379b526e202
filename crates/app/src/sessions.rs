//! Sessions: how the inboxes that are phones are joined to their networks, and the queue of one that is not.

use std::{collections::BTreeSet, sync::Arc};

use domain::{Event, Inbox, MessageId, MessageStatus, Session, SessionState, Timestamp};

use crate::{
    Result,
    deliveries::{Delivery, Receiver},
    directory::Directory,
    messages::apply,
    ports::{EarlyReport, Tx, View},
};

/// Deliveries that one emptying of a queue looks at.
const EMPTIED: i64 = 100_000;

/// The session of an inbox; one that was never paired if there is none yet.
pub fn load<V: View + ?Sized>(view: &V, inbox: &Inbox) -> Result<Session> {
    let found = view.find_session(inbox.id)?;
    Ok(found.unwrap_or_else(|| Session::new(inbox.id, inbox.created_at)))
}

/// Changes a session, and tells everybody if its state or number did. What waits is sent at once when it opens.
pub fn change(
    tx: &mut dyn Tx,
    inbox: &Arc<Inbox>,
    change: impl FnOnce(&mut Session),
) -> Result<Session> {
    let known = tx.find_session(inbox.id)?;
    let before = load(&*tx, inbox)?;
    let mut session = before.clone();
    change(&mut session);
    if known.as_ref() == Some(&session) {
        return Ok(session);
    }
    let now: Timestamp = tx.now();
    if session.state != before.state || known.is_none() {
        session.changed_at = now;
    }
    tx.put_session(&session)?;
    if known.is_none() || session.state != before.state || session.number != before.number {
        tx.append(
            inbox.account_id,
            Event::SessionChanged {
                inbox: inbox.clone(),
                session: session.clone(),
                was: before.state,
            },
        )?;
    }
    if session.state == SessionState::LoggedIn && before.state != SessionState::LoggedIn {
        tx.hasten_deliveries(Receiver::Inbox(inbox.id))?;
    }
    Ok(session)
}

/// Empties the queue of an inbox: what waits has failed, and says so. Returns how many messages that were.
pub fn empty_queue(tx: &mut dyn Tx, directory: &Directory, inbox: &Inbox) -> Result<usize> {
    let waiting: BTreeSet<MessageId> = tx
        .list_open_deliveries(inbox.id, EMPTIED)?
        .iter()
        .filter_map(Delivery::message)
        .collect();
    let report = EarlyReport {
        status: MessageStatus::Failed,
        error: Some("removed from the queue".to_owned()),
    };
    for id in &waiting {
        tx.end_deliveries_of(*id)?;
        if let Some(message) = tx.find_message(*id)? {
            apply(tx, directory, message, &report)?;
        }
    }
    Ok(waiting.len())
}
