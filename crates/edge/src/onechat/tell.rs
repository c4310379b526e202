//! What happened, to whoever follows the cable (onechat.md, section 1.7: events and recipients).

use app::{Core, directory::Tables};
use bytes::Bytes;
use domain::{
    AgentId, Direction, Entry, Event, Message, NotificationChange, Notified, Spoken, Thread,
};
use wire::onechat::{
    Event as WireEvent, Json, Name,
    event::Data,
    push::{Actor, Notice, OnlyId},
};

use super::{
    cache::{CacheDesk, Kept},
    changes::{self, is_first_reply},
    to_wire::{Audience, mentioned as named_in, push},
    topics::{
        agent_topic, agents_topic, callers_topic, contact_topics, visitors_topic, watchers_topics,
    },
};
use crate::Edge;

/// For whom an event is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// Every agent who sees where it happened.
    Agents,
    /// Every agent of the account, of the contact alone.
    Colleagues,
    /// One agent, to whom a note speaks.
    Mentioned,
    /// One agent, of their notifications.
    Notified(AgentId),
    /// The contact of the conversation.
    Contact,
}

/// The payloads of an entry are numbered so that they can be found again, with room for this many.
const PER_ENTRY: u64 = 8;

/// Tells the account's agents, an agent who is mentioned, and the contact what a contact may know.
pub(crate) async fn tell(edge: &Edge, entry: &Entry) {
    let kept = match entry.event {
        Event::InboxChanged { .. } | Event::InboxRemoved { .. } => Some(Kept::Inboxes),
        Event::LabelChanged { .. } | Event::LabelRemoved { .. } => Some(Kept::Labels),
        Event::TeamChanged { .. } | Event::TeamRemoved { .. } => Some(Kept::Teams),
        _ => None,
    };
    for topic in voided(&edge.core.directory.tables(), &entry.event) {
        edge.hub.dismiss(&topic).await;
    }
    if let Event::AccountRemoved { .. } = &entry.event {
        let account = entry.account_id;
        for topic in [agents_topic(account), visitors_topic(account)] {
            edge.hub.dismiss(&topic).await;
        }
    }
    if let Event::InboxRemoved { inbox } = &entry.event {
        edge.hub.dismiss(&callers_topic(inbox.id)).await;
    }
    if let Some(kept) = kept {
        edge.cache.changed(entry.account_id, kept, entry.at);
    }
    for (topics, reader) in readers(edge.ground(), entry) {
        let followed: Vec<_> = topics
            .into_iter()
            .filter(|topic| edge.hub.is_followed(topic))
            .collect();
        if followed.is_empty() {
            continue;
        }
        let payloads = render(edge.ground(), entry, reader);
        for topic in followed {
            for (number, payload) in numbered(entry, reader, &payloads) {
                edge.hub.publish_numbered(&topic, payload, number).await;
            }
        }
    }
}

/// What rendering needs to know besides the entry.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) core: &'a Core,
    pub(super) cache: &'a CacheDesk,
}

impl Edge {
    fn ground(&self) -> Ground<'_> {
        Ground {
            core: &self.core,
            cache: &self.cache,
        }
    }
}

/// What one of these topics was told of an entry, with the numbers under which it was.
pub(super) fn told_on(on: Ground<'_>, entry: &Entry, topics: &[String]) -> Vec<(u64, Bytes)> {
    let mut all = Vec::new();
    for (places, reader) in readers(on, entry) {
        if places.iter().any(|it| topics.contains(it)) {
            all.extend(numbered(entry, reader, &render(on, entry, reader)));
        }
    }
    all
}

/// What is told beside what all are told who see a conversation is numbered after it.
fn numbered(entry: &Entry, reader: For, payloads: &[Bytes]) -> impl Iterator<Item = (u64, Bytes)> {
    let index = match reader {
        For::Agents | For::Contact | For::Notified(_) => 0,
        For::Colleagues => PER_ENTRY - 2,
        For::Mentioned => PER_ENTRY - 1,
    };
    (start(entry.seq) + index..).zip(payloads.iter().cloned())
}

/// The number of an entry's first payload.
fn start(seq: i64) -> u64 {
    u64::try_from(seq).unwrap_or(0).saturating_mul(PER_ENTRY)
}

/// The number after everything of an entry.
pub(super) fn end(seq: i64) -> u64 {
    start(seq) + (PER_ENTRY - 1)
}

/// The entry before the first that is not wholly told at a number.
pub(super) fn told_up_to(number: u64) -> i64 {
    i64::try_from(number.saturating_add(1) / PER_ENTRY)
        .unwrap_or(i64::MAX)
        .saturating_sub(1)
        .max(0)
}

/// Where nobody who follows shows anything valid any more from this event on: they are thrown out.
fn voided(tables: &Tables, event: &Event) -> Vec<String> {
    match event {
        Event::AgentRemoved { agent } => vec![agent_topic(agent.account_id, agent.id)],
        Event::AgentChanged {
            agent,
            was: Some(was),
        } if agent.token_generation != was.token_generation => {
            let seats = tables.seats_of(agent.id);
            seats.map(|it| agent_topic(it.account_id, it.id)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whom an entry concerns, and where they are told.
fn readers(on: Ground<'_>, entry: &Entry) -> Vec<(Vec<String>, For)> {
    let tables = on.core.directory.tables();
    if let Event::NotificationsChanged {
        notified, thread, ..
    } = &entry.event
    {
        let told = notified.iter();
        let told = told.filter(|it| may_know(&tables, thread.as_deref(), it));
        let mut whom: Vec<AgentId> = told.map(|it| it.notification.agent_id).collect();
        whom.dedup();
        let each = whom.into_iter();
        return each
            .map(|id| (vec![agent_topic(entry.account_id, id)], For::Notified(id)))
            .collect();
    }
    let agents = match entry.event.thread() {
        Some(thread) => watchers_topics(&tables, &thread.inbox),
        None => vec![agents_topic(entry.account_id)],
    };
    let mut all = vec![(agents, For::Agents)];
    if let Event::MessageCreated { thread, spoken, .. } = &entry.event {
        if spoken.message.direction == Direction::In {
            // They were never as active before.
            all.push((vec![agents_topic(entry.account_id)], For::Colleagues));
        }
        let agents = mentioned(&tables, &spoken.message).into_iter();
        let sees = |id: &AgentId| tables.sees(*id, &thread.conversation);
        let agents = agents.filter(sees);
        let topics: Vec<_> = agents.map(|id| agent_topic(entry.account_id, id)).collect();
        if !topics.is_empty() {
            all.push((topics, For::Mentioned));
        }
    }
    if let Some(thread) = thread_for_contact(&entry.event) {
        all.push((contact_topics(thread), For::Contact));
    }
    all
}

/// The agents that a message names, if it is a note.
fn mentioned(tables: &Tables, message: &Message) -> Vec<AgentId> {
    let text = message.content.as_deref().filter(|_| message.private);
    named_in(tables, message.account_id, text.unwrap_or_default())
}

/// Where an event happened, if the contact may know of it.
fn thread_for_contact(event: &Event) -> Option<&Thread> {
    match event {
        Event::MessageCreated { thread, spoken, .. }
        | Event::MessageUpdated { thread, spoken, .. } => {
            let message = &spoken.message;
            let secret = message.private || message.direction == Direction::Activity;
            (!secret).then_some(thread)
        }
        Event::ConversationCreated { thread, .. }
        | Event::ConversationStatusChanged { thread, .. }
        | Event::ConversationAssigned { thread, .. }
        | Event::ConversationLabeled { thread, .. }
        | Event::ConversationDescribed { thread, .. } => Some(thread),
        Event::AccountChanged { .. }
        | Event::AccountRemoved { .. }
        | Event::SocketAppChanged { .. }
        | Event::EndpointChanged { .. }
        | Event::InboxChanged { .. }
        | Event::SessionChanged { .. }
        | Event::AgentChanged { .. }
        | Event::AgentRemoved { .. }
        | Event::InboxMembersChanged { .. }
        | Event::InboxRemoved { .. }
        | Event::NotificationsChanged { .. }
        | Event::AvailabilityChanged { .. }
        | Event::WorkdayStarted { .. }
        | Event::WorkdayEnded { .. }
        | Event::LabelChanged { .. }
        | Event::LabelRemoved { .. }
        | Event::TeamChanged { .. }
        | Event::TeamRemoved { .. }
        | Event::ContactCreated { .. }
        | Event::ContactUpdated { .. }
        | Event::DocumentChanged { .. }
        | Event::ContactMerged { .. }
        | Event::ContactDeleted { .. }
        | Event::ConversationRemoved { .. }
        | Event::ConversationMoved { .. }
        | Event::ConversationRead { .. }
        | Event::ConversationSeen { .. } => None,
    }
}

/// The payloads of an event for one kind of reader, in order: at most eight.
fn render(on: Ground<'_>, entry: &Entry, reader: For) -> Vec<Bytes> {
    let audience = match reader {
        For::Agents => Audience::Agents,
        For::Contact => Audience::Contact,
        For::Colleagues => return render_active(on, entry),
        For::Mentioned => return render_mention(on, entry),
        For::Notified(agent) => return render_notified(on, entry, agent),
    };
    let told = match &entry.event {
        Event::MessageCreated {
            thread,
            spoken,
            waited,
        } => {
            let data = push::message(on.core, thread, spoken, audience);
            let performer = performer(on, spoken);
            let told_by = |name| event_by(name, entry, &data, None, performer.as_ref());
            let mut told = vec![told_by(Name::MessageCreated)];
            if reader == For::Agents && is_first_reply(thread, spoken) {
                told.push(told_by(Name::FirstReplyCreated));
            }
            if changes::of_said(thread, spoken, *waited).is_some() {
                let name = Name::ConversationUpdated;
                let last = Some(&**spoken);
                told.push(told_conversation(on, entry, name, thread, last, audience));
            }
            told
        }
        Event::MessageUpdated {
            thread,
            spoken,
            was,
            by,
        } => {
            let data = push::message(on.core, thread, spoken, audience);
            let changes = changes::of_message(was, &spoken.message);
            let changes = changes.map(|it| it.to_previous_changes());
            let (name, by) = (Name::MessageUpdated, performer_by(on, entry, *by));
            let changes = Some(changes.unwrap_or_default());
            vec![event_by(name, entry, &data, changes.as_ref(), by.as_ref())]
        }
        Event::InboxChanged { .. }
        | Event::InboxRemoved { .. }
        | Event::LabelChanged { .. }
        | Event::LabelRemoved { .. }
        | Event::TeamChanged { .. }
        | Event::TeamRemoved { .. } => {
            let keys = on.cache.keys(entry.account_id);
            vec![event(Name::AccountCacheInvalidated, entry, &keys, None)]
        }
        other => render_people(on, entry, other)
            .or_else(|| render_conversation(on, entry, other, audience))
            .unwrap_or_default(),
    };
    told.into_iter().flatten().collect()
}

/// That a contact wrote changes when they were last active, which is told of the contact.
fn render_active(on: Ground<'_>, entry: &Entry) -> Vec<Bytes> {
    let Event::MessageCreated { thread, .. } = &entry.event else {
        return Vec::new();
    };
    let (contact, address) = (&thread.contact, Some(&thread.address));
    let data = push::contact(on.core, contact, address, Audience::Agents);
    event(Name::ContactUpdated, entry, &data, None)
        .into_iter()
        .collect()
}

fn render_mention(on: Ground<'_>, entry: &Entry) -> Vec<Bytes> {
    let Event::MessageCreated { thread, spoken, .. } = &entry.event else {
        return Vec::new();
    };
    let name = Name::ConversationMentioned;
    let data = push::conversation(on.core, thread, Some(spoken), Audience::Agents);
    let told = event_by(name, entry, &data, None, performer(on, spoken).as_ref());
    told.into_iter().collect()
}

fn render_notified(on: Ground<'_>, entry: &Entry, agent: AgentId) -> Vec<Bytes> {
    let Event::NotificationsChanged {
        thread,
        about,
        notified,
    } = &entry.event
    else {
        return Vec::new();
    };
    let tables = on.core.directory.tables();
    let theirs = notified
        .iter()
        .filter(|it| it.notification.agent_id == agent && may_know(&tables, thread.as_deref(), it));
    theirs
        .filter_map(|it| {
            let name = match it.change {
                NotificationChange::Removed => {
                    let gone = OnlyId {
                        id: it.notification.id.0,
                    };
                    return event(Name::NotificationDeleted, entry, &counted(gone, it), None);
                }
                NotificationChange::Added => Name::NotificationCreated,
                NotificationChange::Changed => Name::NotificationUpdated,
            };
            let thread = thread.as_deref()?;
            let told = push::notification(on.core, &it.notification, thread, about.as_deref())?;
            event(name, entry, &counted(told, it), None)
        })
        .collect()
}

/// Whoever may not see a conversation any more is told no more than that a notification is gone.
fn may_know(tables: &Tables, thread: Option<&Thread>, it: &Notified) -> bool {
    let sees = |it: &Thread, id| tables.sees(id, &it.conversation);
    it.change == NotificationChange::Removed
        || thread.is_some_and(|thread| sees(thread, it.notification.agent_id))
}

fn counted<N>(notification: N, it: &Notified) -> Notice<N> {
    Notice {
        notification,
        unread_count: it.unread,
        count: it.unread,
    }
}

fn render_people(on: Ground<'_>, entry: &Entry, event: &Event) -> Option<Vec<Option<Bytes>>> {
    let (name, contact, address, by) = match event {
        Event::ContactCreated {
            contact,
            address,
            by,
        } => (Name::ContactCreated, contact, address, by),
        Event::ContactUpdated {
            contact,
            address,
            by,
            ..
        } => (Name::ContactUpdated, contact, address, by),
        Event::ContactMerged { contact, by, .. } => (Name::ContactMerged, contact, &None, by),
        Event::ContactDeleted { contact, by } => (Name::ContactDeleted, contact, &None, by),
        _ => return None,
    };
    let data = push::contact(on.core, contact, address.as_deref(), Audience::Agents);
    let performer = performer_by(on, entry, *by);
    Some(vec![event_by(name, entry, &data, None, performer.as_ref())])
}

fn render_conversation(
    on: Ground<'_>,
    entry: &Entry,
    event: &Event,
    audience: Audience,
) -> Option<Vec<Option<Bytes>>> {
    // What agents decide among themselves is theirs; that something changed is the contact's as well.
    let agents_alone = |first: Name| match audience {
        Audience::Agents => vec![first, Name::ConversationUpdated],
        Audience::Contact => vec![Name::ConversationUpdated],
    };
    let (thread, last_message, names) = match event {
        Event::ConversationCreated { thread, .. } => {
            (thread, &None, vec![Name::ConversationCreated])
        }
        Event::ConversationStatusChanged {
            thread,
            last_message,
            ..
        } => {
            let names = vec![Name::ConversationStatusChanged, Name::ConversationUpdated];
            (thread, last_message, names)
        }
        Event::ConversationAssigned {
            thread,
            last_message,
            ..
        } => (thread, last_message, agents_alone(Name::AssigneeChanged)),
        Event::ConversationDescribed {
            thread,
            last_message,
            was,
            ..
        } => {
            let other_team = was.team_id != thread.conversation.details.team_id;
            let names = if other_team {
                agents_alone(Name::TeamChanged)
            } else {
                vec![Name::ConversationUpdated]
            };
            (thread, last_message, names)
        }
        Event::ConversationLabeled {
            thread,
            last_message,
            ..
        } => (thread, last_message, vec![Name::ConversationUpdated]),
        Event::ConversationMoved {
            thread,
            last_message,
            ..
        } => {
            let names = vec![Name::ConversationContactChanged];
            (thread, last_message, names)
        }
        Event::ConversationRead {
            thread,
            last_message,
        } => (thread, last_message, vec![Name::ConversationRead]),
        _ => return None,
    };
    let tell = |name| told_conversation(on, entry, name, thread, last_message.as_deref(), audience);
    Some(names.into_iter().map(tell).collect())
}

fn told_conversation(
    on: Ground<'_>,
    entry: &Entry,
    name: Name,
    thread: &Thread,
    last_message: Option<&Spoken>,
    audience: Audience,
) -> Option<Bytes> {
    let data = push::conversation(on.core, thread, last_message, audience);
    // Of what else is told of a conversation, nobody is told who did it.
    let by = match (&entry.event, audience) {
        (
            Event::ConversationCreated { by, .. } | Event::ConversationMoved { by, .. },
            Audience::Agents,
        ) => *by,
        _ => None,
    };
    event_by(
        name,
        entry,
        &data,
        None,
        performer_by(on, entry, by).as_ref(),
    )
}

/// Who wrote a message, if an agent did: whose request caused what is told.
fn performer(on: Ground<'_>, spoken: &Spoken) -> Option<Actor> {
    let author = spoken.author.as_deref();
    author.map(|it| push::user(on.core, it))
}

/// The agent whose request caused what is told.
fn performer_by(on: Ground<'_>, entry: &Entry, by: Option<AgentId>) -> Option<Actor> {
    let agent = on.core.directory.known(entry.account_id, by?)?;
    Some(push::user(on.core, &agent))
}

fn event(name: Name, entry: &Entry, data: &impl Data, changes: Option<&Json>) -> Option<Bytes> {
    event_by(name, entry, data, changes, None)
}

fn event_by(
    name: Name,
    entry: &Entry,
    data: &impl Data,
    changes: Option<&Json>,
    performer: Option<&Actor>,
) -> Option<Bytes> {
    let event = WireEvent::new(name, entry.account_id.0, data)
        .previous_changes(changes)
        .performer(performer);
    match event.to_bytes() {
        Ok(payload) => Some(payload),
        Err(error) => {
            tracing::error!(%error, entry.seq, "an event could not be written");
            None
        }
    }
}
