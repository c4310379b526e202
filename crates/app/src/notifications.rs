//! Notifications: whom something is a business of, and what they do about it.
//!
//! Notifications are made by what happens: a conversation begins, is assigned, something is said in it. An agent has
//! at most one of each conversation, the latest, and at most [`NOTIFICATIONS`].

use std::sync::Arc;

use domain::{
    AgentId, Conversation, ConversationStatus, Direction, Event, Inbox, Message, Notification,
    NotificationChange, NotificationId, NotificationKind, Notified, Sender, Spoken, Thread,
    Timestamp,
};

use crate::{
    Error, Result, Scope, conversations,
    directory::Directory,
    limits::NOTIFICATIONS,
    ports::{NotificationPage, Tx, View, whole_micros},
};

/// Notifies agents of the thread's account of something in it. Whoever is blocked is nobody's business, unless an
/// agent is named.
fn notify(
    tx: &mut dyn Tx,
    thread: &Thread,
    about: Option<&Spoken>,
    whom: &[(AgentId, NotificationKind)],
    by: Option<AgentId>,
) -> Result<()> {
    let now = tx.now();
    let conversation = &thread.conversation;
    let mut told = Vec::new();
    for (agent_id, kind) in whom.iter().copied() {
        if thread.contact.blocked && kind != NotificationKind::Mentioned {
            continue;
        }
        let before = tx.find_notification_of(agent_id, conversation.id)?;
        let gone = before.map_or_else(|| oldest_of_many(&*tx, agent_id), |it| Ok(Some(it)))?;
        if let Some(gone) = &gone {
            tx.delete_notification(gone.id)?;
        }
        let notification = Notification {
            id: NotificationId(tx.new_id()),
            account_id: conversation.account_id,
            agent_id,
            conversation_id: conversation.id,
            kind,
            message_id: about.map(|it| it.message.id),
            by,
            read_at: None,
            snoozed_until: None,
            active_at: now,
            created_at: now,
        };
        tx.put_notification(&notification)?;
        let unread = unread(&*tx, agent_id)?;
        let one = |notification, change| Notified {
            notification,
            change,
            unread,
        };
        told.extend(gone.map(|it| one(it, NotificationChange::Removed)));
        told.push(one(notification, NotificationChange::Added));
    }
    if told.is_empty() {
        return Ok(());
    }
    let event = Event::NotificationsChanged {
        thread: Some(Box::new(thread.clone())),
        about: about.cloned().map(Box::new),
        notified: told,
    };
    tx.append(conversation.account_id, event)
}

/// The one that gives way when an agent has as many as they may have.
fn oldest_of_many<V: View + ?Sized>(view: &V, agent: AgentId) -> Result<Option<Notification>> {
    let page = NotificationPage {
        read: true,
        snoozed: true,
        ascending: true,
        ..NotificationPage::default()
    };
    if view.count_notifications(agent, &page)? < NOTIFICATIONS {
        return Ok(None);
    }
    let oldest = view.list_notifications(agent, &NotificationPage { limit: 1, ..page })?;
    Ok(oldest.into_iter().next())
}

/// How many of an agent's are neither read nor put off.
pub fn unread<V: View + ?Sized>(view: &V, agent: AgentId) -> Result<i64> {
    view.count_notifications(agent, &NotificationPage::default())
}

/// A conversation began: whoever answers there and wants to know is notified.
pub(crate) fn of_begun(tx: &mut dyn Tx, directory: &Directory, thread: &Thread) -> Result<()> {
    if thread.conversation.status == ConversationStatus::Pending {
        return Ok(());
    }
    let tables = directory.tables();
    let members = tables.members_of(thread.inbox.id).iter();
    let kind = NotificationKind::Begun;
    let wants = |id: &&AgentId| {
        let agent = tables.agents.get(id);
        agent.is_some_and(|it| it.wishes.include(kind))
    };
    let whom: Vec<_> = members.filter(wants).map(|id| (*id, kind)).collect();
    notify(tx, thread, None, &whom, None)
}

/// A conversation was given to somebody, who is notified unless they took it themselves.
pub(crate) fn of_assigned(tx: &mut dyn Tx, scope: &Scope, thread: &Thread) -> Result<()> {
    let by = scope.agent_id();
    let assignee = thread.conversation.assignee_id;
    let pending = thread.conversation.status == ConversationStatus::Pending;
    match assignee.filter(|id| Some(*id) != by && !pending) {
        Some(id) => notify(tx, thread, None, &[(id, NotificationKind::Assigned)], by),
        None => Ok(()),
    }
}

/// Something was said: whoever it names is notified, then who has the conversation, then who takes part in it;
/// each once, and nobody of their own words.
pub(crate) fn of_said(
    tx: &mut dyn Tx,
    directory: &Directory,
    thread: &Thread,
    spoken: &Spoken,
    named: &[AgentId],
) -> Result<()> {
    let message = &spoken.message;
    if message.direction == Direction::Activity {
        return Ok(());
    }
    let conversation = &thread.conversation;
    let author = match message.sender {
        Sender::Agent(id) => Some(id),
        Sender::Contact(_) | Sender::System => None,
    };
    let mut whom: Vec<(AgentId, NotificationKind)> = Vec::new();
    let mut add = |id: AgentId, kind| {
        if whom.iter().all(|it| it.0 != id) {
            whom.push((id, kind));
        }
    };
    for id in named.iter().copied() {
        add(id, NotificationKind::Mentioned);
    }
    let rest = conversation.assignee_id.into_iter();
    let rest = rest.map(|id| (id, NotificationKind::SaidToAssignee));
    let others = conversation.participants.iter();
    let others = others.map(|id| (*id, NotificationKind::SaidToParticipant));
    for (id, kind) in rest.chain(others) {
        if Some(id) != author && directory.agent(id).is_some() {
            add(id, kind);
        }
    }
    if whom.is_empty() {
        return Ok(());
    }
    notify(tx, thread, Some(spoken), &whom, author)
}

/// Those whom a note may name: they see what happens in the inbox.
pub(crate) fn who_may_be_named(
    directory: &Directory,
    inbox: &Arc<Inbox>,
    message: &Message,
    named: &[AgentId],
) -> Vec<AgentId> {
    let tables = directory.tables();
    let sees = |id: &&AgentId| {
        let agent = tables.colleague(inbox.account_id, **id);
        agent.is_some_and(|it| tables.watches(it, inbox.id))
    };
    let mut all: Vec<AgentId> = named
        .iter()
        .filter(|_| message.private)
        .filter(sees)
        .copied()
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A notification of the asker's own.
pub fn load<V: View + ?Sized>(view: &V, scope: &Scope, id: NotificationId) -> Result<Notification> {
    view.find_notification(id)?
        .filter(|it| it.account_id == scope.account_id && Some(it.agent_id) == scope.agent_id())
        .ok_or_else(|| Error::not_found("notification"))
}

/// What an agent does about a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It is read.
    Read,
    /// It is to be read again.
    Unread,
    /// It is to come back then.
    Snooze(Timestamp),
    /// It comes back now.
    Wake,
}

/// Does it to a notification of the asker's own.
pub fn act(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    id: NotificationId,
    act: Act,
) -> Result<Notification> {
    let notification = load(&*tx, scope, id)?;
    apply(tx, directory, notification, act)
}

fn apply(
    tx: &mut dyn Tx,
    directory: &Directory,
    mut notification: Notification,
    act: Act,
) -> Result<Notification> {
    let now = tx.now();
    match act {
        Act::Read => notification.read_at = Some(now),
        Act::Unread => notification.read_at = None,
        Act::Snooze(until) => notification.snoozed_until = Some(whole_micros(until)),
        Act::Wake => {
            notification.active_at = notification.snoozed_until.take().unwrap_or(now);
            notification.read_at = None;
        }
    }
    tx.put_notification(&notification)?;
    let row = tx.find_conversation_by_id(notification.conversation_id)?;
    let row = row.ok_or_else(|| Error::not_found("conversation"))?;
    let about = match notification.message_id {
        Some(id) => tx.find_message(id)?,
        None => None,
    };
    let event = Event::NotificationsChanged {
        thread: Some(Box::new(conversations::thread(directory, row)?)),
        about: about.map(|it| Box::new(conversations::spoken(directory, it))),
        notified: vec![Notified {
            notification: notification.clone(),
            change: NotificationChange::Changed,
            unread: unread(&*tx, notification.agent_id)?,
        }],
    };
    tx.append(notification.account_id, event)?;
    Ok(notification)
}

/// Everything of the asker's is read, or everything of one conversation. Clients are not told one by one.
pub fn read_all(tx: &mut dyn Tx, scope: &Scope, of: Option<&Conversation>) -> Result<()> {
    let Some(agent) = scope.agent_id() else {
        return Ok(());
    };
    match of {
        None => tx.read_notifications(agent),
        Some(conversation) => match tx.find_notification_of(agent, conversation.id)? {
            Some(it) if it.read_at.is_none() => tx.put_notification(&Notification {
                read_at: Some(tx.now()),
                ..it
            }),
            Some(_) | None => Ok(()),
        },
    }
}

/// Throws one of the asker's own away.
pub fn remove(tx: &mut dyn Tx, scope: &Scope, id: NotificationId) -> Result<()> {
    let notification = load(&*tx, scope, id)?;
    tell_removed(tx, vec![notification])
}

/// Throws everything of the asker's away, or everything that is read.
pub fn remove_all(tx: &mut dyn Tx, scope: &Scope, read_alone: bool) -> Result<()> {
    let Some(agent) = scope.agent_id() else {
        return Ok(());
    };
    let page = NotificationPage {
        read: true,
        snoozed: true,
        limit: NOTIFICATIONS,
        ..NotificationPage::default()
    };
    let mut all = tx.list_notifications(agent, &page)?;
    all.retain(|it| !read_alone || it.read_at.is_some());
    tell_removed(tx, all)
}

fn tell_removed(tx: &mut dyn Tx, all: Vec<Notification>) -> Result<()> {
    let Some(first) = all.first() else {
        return Ok(());
    };
    let (account, agent) = (first.account_id, first.agent_id);
    for it in &all {
        tx.delete_notification(it.id)?;
    }
    let unread = unread(&*tx, agent)?;
    let gone = all.into_iter().map(|notification| Notified {
        notification,
        change: NotificationChange::Removed,
        unread,
    });
    // One of an entry is told under one number: each has an entry of its own.
    for it in gone {
        let event = Event::NotificationsChanged {
            thread: None,
            about: None,
            notified: vec![it],
        };
        tx.append(account, event)?;
    }
    Ok(())
}

/// Brings back those whose time has come, at most so many. Returns how many.
pub(crate) fn wake(tx: &mut dyn Tx, directory: &Directory, limit: i64) -> Result<usize> {
    let due = tx.list_snoozed_notifications(tx.now(), limit)?;
    let count = due.len();
    for it in due {
        apply(tx, directory, it, Act::Wake)?;
    }
    Ok(count)
}
