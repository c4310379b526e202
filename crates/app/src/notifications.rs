//! Notifications: whom something is a business of, and what they do about it.
//!
//! Notifications are made by what happens: a conversation begins, is assigned, something is said in it. An agent has
//! at most one of each conversation, the latest, and at most [`NOTIFICATIONS`].

use std::sync::Arc;

use domain::{
    AccountId, AgentId, Conversation, ConversationStatus, Direction, Event, Message, Notification,
    NotificationChange, NotificationId, NotificationKind, Notified, Sender, Spoken, Thread,
    Timestamp,
};

use crate::{
    Error, Result, Scope, Sight, conversations,
    directory::{Directory, Tables},
    limits::NOTIFICATIONS,
    ports::{ConversationRow, NotificationPage, Tx, View, whole_micros},
};

/// Something in a conversation of which agents may be notified.
#[derive(Clone, Copy)]
struct News<'a> {
    thread: &'a Thread,
    /// What was said, if that is it.
    about: Option<&'a Spoken>,
    /// The agent who did it, if a person did.
    by: Option<AgentId>,
}

/// Notifies those of these agents who may see the conversation. Whoever is blocked is nobody's business, unless an
/// agent is named.
fn notify(
    tx: &mut dyn Tx,
    directory: &Directory,
    news: News<'_>,
    whom: &[(AgentId, NotificationKind)],
) -> Result<()> {
    let News { thread, about, by } = news;
    let now = tx.now();
    let conversation = &thread.conversation;
    let account = conversation.account_id;
    let tables = directory.tables();
    let mut told = Vec::new();
    for (agent_id, kind) in whom.iter().copied() {
        let nobodys = thread.contact.blocked && kind != NotificationKind::Mentioned;
        if nobodys || !tables.sees(agent_id, conversation) {
            continue;
        }
        let before = tx.find_notification_of(agent_id, conversation.id)?;
        let oldest = || oldest_of_many(&*tx, account, agent_id);
        let gone = before.map_or_else(oldest, |it| Ok(Some(it)))?;
        if let Some(gone) = &gone {
            tx.delete_notification(gone.id)?;
        }
        let notification = Notification {
            id: NotificationId(tx.new_id()),
            account_id: account,
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
        let unread = unread_of(&*tx, &tables, account, agent_id)?;
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
    tx.append(account, event)
}

/// The one that gives way when an agent has as many as they may have.
fn oldest_of_many<V: View + ?Sized>(
    view: &V,
    account: AccountId,
    agent: AgentId,
) -> Result<Option<Notification>> {
    let page = NotificationPage {
        read: true,
        snoozed: true,
        ascending: true,
        ..NotificationPage::default()
    };
    if view.count_notifications(account, agent, &page)? < NOTIFICATIONS {
        return Ok(None);
    }
    let page = NotificationPage { limit: 1, ..page };
    let oldest = view.list_notifications(account, agent, &page)?;
    Ok(oldest.into_iter().next())
}

/// How many of the asker's are neither read nor put off, of what they may see.
pub fn unread<V: View + ?Sized>(view: &V, scope: &Scope) -> Result<i64> {
    match scope.agent_id() {
        Some(agent) => unread_within(view, scope.account_id, agent, scope.sight().cloned()),
        None => Ok(0),
    }
}

/// The same for an agent of an account.
fn unread_of<V: View + ?Sized>(
    view: &V,
    tables: &Tables,
    account: AccountId,
    agent: AgentId,
) -> Result<i64> {
    match tables.colleague(account, agent) {
        Some(it) => unread_within(view, account, agent, tables.sight(it)),
        None => Ok(0),
    }
}

fn unread_within<V: View + ?Sized>(
    view: &V,
    account: AccountId,
    agent: AgentId,
    sight: Option<Sight>,
) -> Result<i64> {
    let page = NotificationPage {
        sight: sight.map(Arc::new),
        ..NotificationPage::default()
    };
    view.count_notifications(account, agent, &page)
}

/// A page of the asker's notifications.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Each with its conversation, in which what it is of takes the place of the newest message.
    pub rows: Vec<(Notification, ConversationRow)>,
    /// How many the whole list has.
    pub count: i64,
    /// How many of them all are neither read nor put off.
    pub unread: i64,
}

/// A page of the asker's notifications, of conversations that they may see: three statements, whatever is on it.
pub fn list<V: View + ?Sized>(
    view: &V,
    scope: &Scope,
    agent: AgentId,
    page: NotificationPage,
) -> Result<Listed> {
    let page = NotificationPage {
        sight: scope.sight().cloned().map(Arc::new),
        ..page
    };
    Ok(Listed {
        rows: view.list_notified(scope.account_id, agent, &page)?,
        count: view.count_notifications(scope.account_id, agent, &page)?,
        unread: unread(view, scope)?,
    })
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
        let agent = tables.colleague(thread.inbox.account_id, **id);
        agent.is_some_and(|it| it.wishes.include(kind))
    };
    let whom: Vec<_> = members.filter(wants).map(|id| (*id, kind)).collect();
    let news = News {
        thread,
        about: None,
        by: None,
    };
    notify(tx, directory, news, &whom)
}

/// A conversation was given to somebody, who is notified unless they took it themselves.
pub(crate) fn of_assigned(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    thread: &Thread,
) -> Result<()> {
    let by = scope.agent_id();
    let assignee = thread.conversation.assignee_id;
    let pending = thread.conversation.status == ConversationStatus::Pending;
    let Some(id) = assignee.filter(|id| Some(*id) != by && !pending) else {
        return Ok(());
    };
    let news = News {
        thread,
        about: None,
        by,
    };
    notify(tx, directory, news, &[(id, NotificationKind::Assigned)])
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
        if Some(id) != author {
            add(id, kind);
        }
    }
    if whom.is_empty() {
        return Ok(());
    }
    let news = News {
        thread,
        about: Some(spoken),
        by: author,
    };
    notify(tx, directory, news, &whom)
}

/// Those whom a note may name: they may see the conversation.
pub(crate) fn who_may_be_named(
    directory: &Directory,
    conversation: &Conversation,
    message: &Message,
    named: &[AgentId],
) -> Vec<AgentId> {
    let tables = directory.tables();
    let named = named.iter().filter(|_| message.private).copied();
    let mut all: Vec<AgentId> = named.filter(|id| tables.sees(*id, conversation)).collect();
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

/// Does it to a notification of the asker's own, of a conversation that they may see.
pub fn act(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    id: NotificationId,
    act: Act,
) -> Result<Notification> {
    let notification = load(&*tx, scope, id)?;
    let row = tx.find_conversation_by_id(notification.conversation_id)?;
    let row = row.filter(|it| scope.sees(&it.conversation));
    let row = row.ok_or_else(|| Error::not_found("notification"))?;
    apply(tx, directory, notification, row, act)
}

fn apply(
    tx: &mut dyn Tx,
    directory: &Directory,
    mut notification: Notification,
    row: ConversationRow,
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
    let (account, agent) = (notification.account_id, notification.agent_id);
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
            unread: unread_of(&*tx, &directory.tables(), account, agent)?,
        }],
    };
    tx.append(account, event)?;
    Ok(notification)
}

/// Everything of the asker's is read, or everything of one conversation. Clients are not told one by one.
pub fn read_all(tx: &mut dyn Tx, scope: &Scope, of: Option<&Conversation>) -> Result<()> {
    let Some(agent) = scope.agent_id() else {
        return Ok(());
    };
    match of {
        None => tx.read_notifications(scope.account_id, agent),
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
pub fn remove(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    id: NotificationId,
) -> Result<()> {
    let notification = load(&*tx, scope, id)?;
    tell_removed(tx, directory, vec![notification])
}

/// Throws everything of the asker's away, or everything that is read.
pub fn remove_all(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    read_alone: bool,
) -> Result<()> {
    let Some(agent) = scope.agent_id() else {
        return Ok(());
    };
    let page = NotificationPage {
        read: true,
        snoozed: true,
        limit: NOTIFICATIONS,
        ..NotificationPage::default()
    };
    let mut all = tx.list_notifications(scope.account_id, agent, &page)?;
    all.retain(|it| !read_alone || it.read_at.is_some());
    tell_removed(tx, directory, all)
}

/// A conversation goes: nobody is notified of it any more, and everybody who was is told so.
pub(crate) fn of_removed(
    tx: &mut dyn Tx,
    directory: &Directory,
    conversation: &Conversation,
) -> Result<()> {
    for it in tx.list_notifications_of(conversation.id)? {
        tell_removed(tx, directory, vec![it])?;
    }
    Ok(())
}

fn tell_removed(tx: &mut dyn Tx, directory: &Directory, all: Vec<Notification>) -> Result<()> {
    let Some(first) = all.first() else {
        return Ok(());
    };
    let (account, agent) = (first.account_id, first.agent_id);
    for it in &all {
        tx.delete_notification(it.id)?;
    }
    let unread = unread_of(&*tx, &directory.tables(), account, agent)?;
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

/// Brings back those whose time has come, at most so many; those of conversations that their agent may not see any
/// more are thrown away. Returns how many.
pub(crate) fn wake(tx: &mut dyn Tx, directory: &Directory, limit: i64) -> Result<usize> {
    let due = tx.list_snoozed_notifications(tx.now(), limit)?;
    let count = due.len();
    for it in due {
        let row = tx.find_conversation_by_id(it.conversation_id)?;
        let tables = directory.tables();
        match row.filter(|row| tables.sees(it.agent_id, &row.conversation)) {
            Some(row) => {
                apply(tx, directory, it, row, Act::Wake)?;
            }
            None => tell_removed(tx, directory, vec![it])?,
        }
    }
    Ok(count)
}
