//! Inboxes: adding one, giving it another address, pausing one that cannot send, resuming it.

use std::sync::Arc;

use domain::{Event, Inbox, InboxId, InboxState, Kind};

use crate::{
    Error, Result,
    deliveries::Receiver,
    directory::Connected,
    ports::{StoredInbox, Tx},
    sessions,
};

/// Adds an inbox; its number is given. Refuses an address that the same carrier has already.
pub fn create(tx: &mut dyn Tx, new: &StoredInbox) -> Result<Inbox> {
    let taken = tx.inboxes()?.into_iter().any(|it| {
        let (a, b) = (&it.inbox, &new.inbox);
        a.carrier == b.carrier && a.address == b.address
            || a.license_id == b.license_id && a.messenger == b.messenger
    });
    if taken {
        return Err(Error::refused(
            Kind::Conflict,
            "an inbox with this address, or this messenger in this licence, exists",
        ));
    }
    let mut inbox = new.inbox.clone();
    inbox.id = tx.insert_inbox(new)?;
    tx.append(
        inbox.account_id,
        Event::InboxChanged {
            inbox: Arc::new(inbox.clone()),
            was: None,
        },
    )?;
    Ok(inbox)
}

/// Gives an inbox another address on its network. Refuses one that the same carrier has already.
pub fn readdress(tx: &mut dyn Tx, id: InboxId, address: &str) -> Result<Arc<Inbox>> {
    let all = tx.inboxes()?;
    let (mine, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.inbox.id == id);
    let mut stored = mine
        .into_iter()
        .next()
        .ok_or_else(|| Error::not_found("inbox"))?;
    if stored.inbox.address == address {
        return Ok(Arc::new(stored.inbox));
    }
    let same =
        |it: &StoredInbox| it.inbox.carrier == stored.inbox.carrier && it.inbox.address == address;
    if others.iter().any(same) {
        let text = format!("{address} is connected to another inbox");
        return Err(Error::refused(Kind::Conflict, text));
    }
    let was = Some(Arc::new(stored.inbox.clone()));
    address.clone_into(&mut stored.inbox.address);
    tx.update_inbox(&stored)?;
    let inbox = Arc::new(stored.inbox);
    tx.append(
        inbox.account_id,
        Event::InboxChanged {
            inbox: inbox.clone(),
            was,
        },
    )?;
    Ok(inbox)
}

/// Stops an inbox from sending, and says why. What it should send waits.
pub fn pause(tx: &mut dyn Tx, connected: &Connected, reason: &str) -> Result<()> {
    set_state(
        tx,
        connected,
        InboxState::Paused {
            reason: reason.to_owned(),
        },
    )
}

/// Lets a paused inbox send again, at once.
pub fn resume(tx: &mut dyn Tx, connected: &Connected) -> Result<()> {
    set_state(tx, connected, InboxState::Active)?;
    tx.hasten_deliveries(Receiver::Inbox(connected.inbox.id))
}

/// Changes a carrier's settings, and lets the inbox try again.
pub fn configure(tx: &mut dyn Tx, connected: &Connected, settings: &str) -> Result<()> {
    let changed = Connected {
        inbox: connected.inbox.clone(),
        settings: settings.into(),
    };
    set_state(tx, &changed, InboxState::Active)?;
    tx.hasten_deliveries(Receiver::Inbox(connected.inbox.id))
}

/// Changes an inbox's name or its settings, and nothing else.
pub fn edit(
    tx: &mut dyn Tx,
    connected: &Connected,
    name: Option<&str>,
    settings: Option<&str>,
) -> Result<()> {
    let mut inbox = Inbox::clone(&connected.inbox);
    if let Some(name) = name {
        name.clone_into(&mut inbox.name);
    }
    let state = inbox.state.clone();
    let changed = Connected {
        inbox: Arc::new(inbox),
        settings: settings.map_or_else(|| connected.settings.clone(), Into::into),
    };
    set_state(tx, &changed, state)
}

/// An inbox as the transaction sees it.
pub fn load(tx: &dyn Tx, id: InboxId) -> Result<StoredInbox> {
    tx.inboxes()?
        .into_iter()
        .find(|it| it.inbox.id == id)
        .ok_or_else(|| Error::not_found("inbox"))
}

fn set_state(tx: &mut dyn Tx, connected: &Connected, state: InboxState) -> Result<()> {
    let was = load(&*tx, connected.inbox.id)?.inbox;
    let mut inbox = Inbox::clone(&connected.inbox);
    inbox.state = state;
    let stored = StoredInbox {
        inbox,
        settings: connected.settings.to_string(),
    };
    tx.update_inbox(&stored)?;
    let (inbox, was) = (Arc::new(stored.inbox), Arc::new(was));
    tx.append(
        inbox.account_id,
        Event::InboxChanged {
            inbox: inbox.clone(),
            was: Some(was.clone()),
        },
    )?;
    if inbox.state == was.state {
        return Ok(());
    }
    sessions::queue_changed(tx, &inbox)
}
