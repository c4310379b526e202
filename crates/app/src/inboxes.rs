//! Inboxes: adding one, saying who answers there, giving it another address, pausing one that cannot send, resuming it,
//! removing it.

mod eraser;
mod remove;

use std::sync::Arc;

use domain::{Agent, AgentId, Event, Habits, Inbox, InboxId, InboxState, Kind};

pub use eraser::Eraser;
pub use remove::remove;

use crate::{
    Actor, Error, Result, Scope,
    agents::{self, Leaving},
    deliveries::Receiver,
    directory::{Connected, Directory},
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

/// Says what an inbox does by itself from now on. Saying what it does already changes nothing.
pub fn set_habits(tx: &mut dyn Tx, id: InboxId, habits: &Habits) -> Result<()> {
    let kept = tx.inbox_habits()?.into_iter().find(|it| it.0 == id);
    if kept.map(|it| it.1).unwrap_or_default() == *habits {
        return Ok(());
    }
    tx.set_inbox_habits(id, habits)?;
    let inbox = Arc::new(load(&*tx, id)?.inbox);
    let was = Some(inbox.clone());
    tx.append(inbox.account_id, Event::InboxChanged { inbox, was })
}

/// The same as [`set_members`], and whoever is not among them any more has no conversation there and takes part in
/// none, unless they see it otherwise.
pub fn change_members(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    id: InboxId,
    alter: impl FnOnce(&mut Vec<AgentId>),
) -> Result<Vec<AgentId>> {
    let before = tx.inbox_members()?.into_iter().filter(|it| it.0 == id);
    let before: Vec<AgentId> = before.map(|it| it.1).collect();
    let members = set_members(tx, scope, id, alter)?;
    for gone in before.into_iter().filter(|it| !members.contains(it)) {
        agents::release_rest(tx, directory, scope, gone, Leaving::Inbox(id))?;
    }
    Ok(members)
}

/// Says which agents of its account answer in an inbox, besides administrators: `alter` changes the list.
pub fn set_members(
    tx: &mut dyn Tx,
    scope: &Scope,
    id: InboxId,
    alter: impl FnOnce(&mut Vec<AgentId>),
) -> Result<Vec<AgentId>> {
    let inbox = load(&*tx, id)?.inbox;
    if inbox.account_id != scope.account_id {
        return Err(Error::not_found("inbox"));
    }
    let all = tx.inbox_members()?.into_iter();
    let before: Vec<AgentId> = all.filter(|it| it.0 == id).map(|it| it.1).collect();
    let mut members = before.clone();
    alter(&mut members);
    members.sort_unstable();
    members.dedup();
    if members == before {
        return Ok(members);
    }
    for id in &members {
        let agent = tx.find_agent(scope.account_id, *id)?;
        if agent.is_none_or(|it| it.is_bot()) {
            return Err(Error::not_found("agent"));
        }
    }
    tx.set_inbox_members(id, &members)?;
    let event = Event::InboxMembersChanged {
        inbox_id: id,
        members: members.clone(),
    };
    tx.append(scope.account_id, event)?;
    Ok(members)
}

/// Lets every agent of its account answer in an inbox.
pub fn open_to_everybody(tx: &mut dyn Tx, inbox: &Inbox) -> Result<()> {
    let scope = Scope {
        account_id: inbox.account_id,
        actor: Actor::System,
    };
    let agents = tx.agents()?.into_iter();
    let mine: Vec<AgentId> = agents
        .filter(|it| it.account_id == inbox.account_id && !it.is_bot())
        .map(|it| it.id)
        .collect();
    set_members(tx, &scope, inbox.id, |all| *all = mine).map(drop)
}

/// Lets an agent answer in every inbox of their account.
pub fn open_all_to(tx: &mut dyn Tx, agent: &Agent) -> Result<()> {
    let scope = Scope {
        account_id: agent.account_id,
        actor: Actor::System,
    };
    for it in tx.inboxes()? {
        if it.inbox.account_id == agent.account_id {
            set_members(tx, &scope, it.inbox.id, |all| all.push(agent.id))?;
        }
    }
    Ok(())
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
