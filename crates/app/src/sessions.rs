//! Sessions: how the inboxes that are phones are joined to their networks, and the queue of one that is not.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    Event, Inbox, InboxState, MessageId, MessageStatus, Session, SessionState, Timestamp,
};

use crate::{
    Result,
    deliveries::{Delivery, Receiver},
    directory::{Connected, Directory},
    inboxes,
    messages::apply,
    pacing,
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
    pacing::held(tx, inbox, &session)?;
    if session.state == SessionState::LoggedIn && before.state != SessionState::LoggedIn {
        tx.hasten_deliveries(Receiver::Inbox(inbox.id))?;
    }
    Ok(session)
}

/// The network shuts a phone out, for this reason: whatever is sent into a ban makes it longer, so the inbox is paused
/// until its owner resumes it, or pairs it anew.
pub fn ban(tx: &mut dyn Tx, connected: &Connected, reason: &str) -> Result<Session> {
    let inbox = Arc::new(Inbox {
        state: InboxState::Paused {
            reason: format!("banned: {reason}"),
        },
        ..Inbox::clone(&connected.inbox)
    });
    let session = change(tx, &inbox, |it| {
        it.state = SessionState::Banned;
        it.note = Some(reason.to_owned());
    })?;
    inboxes::pause(tx, connected, &format!("banned: {reason}"))?;
    Ok(session)
}

/// An inbox was paused or resumed: of a phone that is told as well, since its programs know of nothing but the phone.
/// Where the network keeps it from sending in any case, it is no news.
pub(crate) fn queue_changed(tx: &mut dyn Tx, inbox: &Arc<Inbox>) -> Result<()> {
    let Some(session) = tx.find_session(inbox.id)? else {
        return Ok(());
    };
    pacing::held(tx, inbox, &session)?;
    if matches!(session.state, SessionState::Offline | SessionState::Banned) {
        return Ok(());
    }
    let was = session.state;
    tx.append(
        inbox.account_id,
        Event::SessionChanged {
            inbox: inbox.clone(),
            session,
            was,
        },
    )
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
            apply(tx, directory, None, message, &report)?;
        }
    }
    Ok(waiting.len())
}
