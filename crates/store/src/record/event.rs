//! An event as kept: its kind beside it, its snapshot inside.

use std::{borrow::Cow, sync::Arc};

use app::{Result, StoreError};
use domain::{
    AgentId, AppId, ContactId, ConversationId, DocumentId, EndpointId, Event, InboxId, Label,
    Spoken, Thread, Timestamp, Via,
};
use serde::{Deserialize, Serialize};

use super::{
    VERSION,
    entities::{
        AccountRecord, AddressRecord, AgentRecord, ContactRecord, ConversationRecord,
        DetailsRecord, FormerRecord, InboxRecord, LabelRecord, MessageRecord, NotifiedRecord,
        SessionRecord, TeamRecord, at, corrupt,
    },
};
use crate::sql::codes;

#[derive(Serialize, Deserialize)]
struct ThreadRecord<'a> {
    #[serde(borrow)]
    i: InboxRecord<'a>,
    #[serde(borrow)]
    c: ContactRecord<'a>,
    #[serde(borrow)]
    a: AddressRecord<'a>,
    #[serde(borrow)]
    v: ConversationRecord<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    g: Option<AgentRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    l: Vec<LabelRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    te: Option<TeamRecord<'a>>,
}

impl<'a> ThreadRecord<'a> {
    fn of(it: &'a Thread) -> Self {
        Self {
            i: InboxRecord::of(&it.inbox),
            c: ContactRecord::of(&it.contact),
            a: AddressRecord::of(&it.address),
            v: ConversationRecord::of(&it.conversation),
            g: it.assignee.as_deref().map(AgentRecord::of),
            l: labels_of(&it.labels),
            te: it.team.as_deref().map(TeamRecord::of),
        }
    }

    fn read(self) -> Result<Box<Thread>> {
        Ok(Box::new(Thread {
            inbox: self.i.read()?,
            contact: self.c.read()?,
            address: self.a.read()?,
            conversation: self.v.read()?,
            assignee: self.g.map(AgentRecord::read).transpose()?,
            labels: read_labels(self.l)?,
            team: self.te.map(TeamRecord::read).transpose()?,
        }))
    }
}

fn labels_of(labels: &[Arc<Label>]) -> Vec<LabelRecord<'_>> {
    labels.iter().map(|it| LabelRecord::of(it)).collect()
}

fn read_labels(records: Vec<LabelRecord<'_>>) -> Result<Vec<Arc<Label>>> {
    records.into_iter().map(LabelRecord::read).collect()
}

#[derive(Serialize, Deserialize)]
struct SpokenRecord<'a> {
    #[serde(borrow)]
    m: MessageRecord<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    q: Option<MessageRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    g: Option<AgentRecord<'a>>,
}

impl<'a> SpokenRecord<'a> {
    fn of(it: &'a Spoken) -> Self {
        Self {
            m: MessageRecord::of(&it.message),
            q: it.quoted.as_deref().map(MessageRecord::of),
            g: it.author.as_deref().map(AgentRecord::of),
        }
    }

    fn read(self) -> Result<Box<Spoken>> {
        Ok(Box::new(Spoken {
            message: self.m.read()?,
            quoted: self.q.map(MessageRecord::read).transpose()?.map(Box::new),
            author: self.g.map(AgentRecord::read).transpose()?,
        }))
    }
}

#[derive(Serialize, Deserialize)]
struct ViaRecord<'a> {
    n: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    t: Option<Cow<'a, str>>,
}

impl<'a> ViaRecord<'a> {
    fn of(it: &'a Via) -> Self {
        Self {
            n: Cow::Borrowed(&it.app),
            t: it.tracking.as_deref().map(Cow::Borrowed),
        }
    }

    fn read(self) -> Via {
        Via {
            app: self.n.into_owned(),
            tracking: self.t.map(Cow::into_owned),
        }
    }
}

/// Every field that any kind of event has; each kind fills its own.
#[derive(Default, Serialize, Deserialize)]
struct EventRecord<'a> {
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    account: Option<AccountRecord<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    app: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endpoint: Option<i64>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    inbox: Option<InboxRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    inbox_was: Option<InboxRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    session: Option<SessionRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    agent: Option<AgentRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    agent_was: Option<AgentRecord<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    members: Vec<i64>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    label: Option<LabelRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    team: Option<TeamRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    added: Vec<LabelRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    removed: Vec<LabelRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    contact: Option<ContactRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    address: Option<AddressRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    t: Option<ThreadRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    m: Option<SpokenRecord<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notified: Vec<NotifiedRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    was: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<i64>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    inboxes: Vec<InboxRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    de: Option<DetailsRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    contact_was: Option<ContactRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "FormerRecord::is_empty")]
    fm: FormerRecord<'a>,
    /// A time before, in microseconds; 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    via: Option<ViaRecord<'a>>,
}

/// An event's kind and record.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of event")]
pub fn encode(event: &Event) -> Result<(&'static str, String)> {
    let mut record = EventRecord::default();
    let kind = match event {
        Event::AccountChanged { account } => {
            record.account = Some(AccountRecord::of(account));
            "account.changed"
        }
        Event::AccountRemoved { inboxes, apps } => {
            record.inboxes = inboxes.iter().map(|it| InboxRecord::of(it)).collect();
            record.members = apps.iter().map(|id| id.0).collect();
            "account.removed"
        }
        Event::SocketAppChanged { app_id } => {
            record.app = Some(app_id.0);
            "socket_app.changed"
        }
        Event::EndpointChanged { endpoint_id } => {
            record.endpoint = Some(endpoint_id.0);
            "endpoint.changed"
        }
        Event::InboxChanged { inbox, was } => {
            record.inbox = Some(InboxRecord::of(inbox));
            record.inbox_was = was.as_deref().map(InboxRecord::of);
            "inbox.changed"
        }
        Event::InboxRemoved { inbox } => {
            record.inbox = Some(InboxRecord::of(inbox));
            "inbox.removed"
        }
        Event::SessionChanged {
            inbox,
            session,
            was,
        } => {
            record.inbox = Some(InboxRecord::of(inbox));
            record.session = Some(SessionRecord::of(session));
            record.was = Some(codes::SESSION_STATES.code(*was));
            "session.changed"
        }
        Event::AgentChanged { agent, was } => {
            record.agent = Some(AgentRecord::of(agent));
            record.agent_was = was.as_deref().map(AgentRecord::of);
            "agent.changed"
        }
        Event::AgentRemoved { agent } => {
            record.agent = Some(AgentRecord::of(agent));
            "agent.removed"
        }
        Event::InboxMembersChanged { inbox_id, members } => {
            record.was = Some(inbox_id.0);
            record.members = members.iter().map(|id| id.0).collect();
            "inbox.members_changed"
        }
        Event::AvailabilityChanged { agent, was } => {
            record.agent = Some(AgentRecord::of(agent));
            record.was = Some(codes::AVAILABILITIES.code(*was));
            "agent.availability_changed"
        }
        Event::WorkdayStarted { agent } => {
            record.agent = Some(AgentRecord::of(agent));
            "agent.workday_started"
        }
        Event::WorkdayEnded { agent } => {
            record.agent = Some(AgentRecord::of(agent));
            "agent.workday_ended"
        }
        Event::LabelChanged { label } => {
            record.label = Some(LabelRecord::of(label));
            "label.changed"
        }
        Event::LabelRemoved { label } => {
            record.label = Some(LabelRecord::of(label));
            "label.removed"
        }
        Event::TeamChanged { team } => {
            record.team = Some(TeamRecord::of(team));
            "team.changed"
        }
        Event::TeamRemoved { team } => {
            record.team = Some(TeamRecord::of(team));
            "team.removed"
        }
        Event::NotificationsChanged {
            thread,
            about,
            notified,
        } => {
            record.t = thread.as_deref().map(ThreadRecord::of);
            record.m = about.as_deref().map(SpokenRecord::of);
            record.notified = notified.iter().map(NotifiedRecord::of).collect();
            "notifications.changed"
        }
        Event::ContactCreated {
            contact,
            address,
            by,
        } => {
            record.by = by.map(|id| id.0);
            record.address = address.as_deref().map(AddressRecord::of);
            record.contact = Some(ContactRecord::of(contact));
            "contact.created"
        }
        Event::ContactUpdated {
            contact,
            was,
            address,
            by,
        } => {
            record.contact_was = was.as_deref().map(ContactRecord::of);
            record.by = by.map(|id| id.0);
            record.address = address.as_deref().map(AddressRecord::of);
            record.contact = Some(ContactRecord::of(contact));
            "contact.updated"
        }
        Event::DocumentChanged { document_id } => {
            record.was = Some(document_id.0);
            "document.changed"
        }
        Event::ContactMerged { contact, gone, by } => {
            record.by = by.map(|id| id.0);
            record.contact = Some(ContactRecord::of(contact));
            record.was = Some(gone.0);
            "contact.merged"
        }
        Event::ContactDeleted { contact, by } => {
            record.by = by.map(|id| id.0);
            record.contact = Some(ContactRecord::of(contact));
            "contact.deleted"
        }
        Event::ConversationRemoved { conversation_id } => {
            record.was = Some(conversation_id.0);
            "conversation.removed"
        }
        Event::ConversationMoved {
            thread,
            last_message,
            was,
            by,
        } => {
            record.by = by.map(|id| id.0);
            record.t = Some(ThreadRecord::of(thread));
            record.m = last_message.as_deref().map(SpokenRecord::of);
            record.was = Some(was.0);
            "conversation.moved"
        }
        Event::ConversationCreated { thread, by } => {
            record.by = by.map(|id| id.0);
            record.t = Some(ThreadRecord::of(thread));
            "conversation.created"
        }
        Event::ConversationStatusChanged {
            thread,
            last_message,
            was,
            put_off,
            by,
        } => {
            record.since = put_off.map(Timestamp::as_microsecond);
            record.t = Some(ThreadRecord::of(thread));
            record.m = last_message.as_deref().map(SpokenRecord::of);
            record.was = Some(codes::CONVERSATION_STATUSES.code(*was));
            record.by = by.map(|id| id.0);
            "conversation.status_changed"
        }
        Event::ConversationAssigned {
            thread,
            last_message,
            was,
            by,
            via,
        } => {
            record.t = Some(ThreadRecord::of(thread));
            record.m = last_message.as_deref().map(SpokenRecord::of);
            record.was = was.map(|id| id.0);
            record.by = by.map(|id| id.0);
            record.via = via.as_ref().map(ViaRecord::of);
            "conversation.assigned"
        }
        Event::ConversationLabeled {
            thread,
            last_message,
            added,
            removed,
            by,
        } => {
            record.t = Some(ThreadRecord::of(thread));
            record.m = last_message.as_deref().map(SpokenRecord::of);
            record.added = labels_of(added);
            record.removed = labels_of(removed);
            record.by = by.map(|id| id.0);
            "conversation.labeled"
        }
        Event::ConversationSeen { thread, by } => {
            record.t = Some(ThreadRecord::of(thread));
            record.by = Some(by.0);
            "conversation.seen"
        }
        Event::ConversationRead {
            thread,
            last_message,
        } => {
            record.t = Some(ThreadRecord::of(thread));
            record.m = last_message.as_deref().map(SpokenRecord::of);
            "conversation.read"
        }
        Event::ConversationDescribed {
            thread,
            last_message,
            was,
            by,
        } => {
            record.t = Some(ThreadRecord::of(thread));
            record.m = last_message.as_deref().map(SpokenRecord::of);
            record.de = Some(DetailsRecord::of(was));
            record.by = by.map(|id| id.0);
            "conversation.described"
        }
        Event::MessageCreated {
            thread,
            spoken,
            waited,
        } => {
            let changed = *waited != thread.conversation.waiting_since;
            record.since = changed.then(|| waited.map_or(0, Timestamp::as_microsecond));
            record.t = Some(ThreadRecord::of(thread));
            record.m = Some(SpokenRecord::of(spoken));
            "message.created"
        }
        Event::MessageUpdated {
            thread,
            spoken,
            was,
            by,
        } => {
            record.t = Some(ThreadRecord::of(thread));
            record.m = Some(SpokenRecord::of(spoken));
            record.was = Some(codes::MESSAGE_STATUSES.code(was.status));
            record.fm = FormerRecord::of(was, &spoken.message);
            record.by = by.map(|id| id.0);
            "message.updated"
        }
    };
    Ok((kind, serde_json::to_string(&record).map_err(corrupt)?))
}

/// The event in a record of this kind and version.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of event")]
pub fn decode(kind: &str, version: i64, body: &str) -> Result<Event> {
    if version != VERSION {
        return Err(StoreError::Corrupt(format!("a record of version {version}")).into());
    }
    let record: EventRecord<'_> = serde_json::from_str(body).map_err(corrupt)?;
    let EventRecord {
        account,
        app,
        endpoint,
        inbox,
        inbox_was,
        inboxes,
        session,
        agent,
        agent_was,
        members,
        label,
        team,
        added,
        removed,
        contact,
        address,
        t,
        m,
        notified,
        was,
        by,
        de,
        contact_was,
        fm,
        since,
        via,
    } = record;
    let missing = |what| StoreError::Corrupt(format!("a record of {kind} without {what}"));
    let thread = |t: Option<ThreadRecord<'_>>| t.ok_or_else(|| missing("its thread"))?.read();
    let spoken = |m: Option<SpokenRecord<'_>>| m.ok_or_else(|| missing("its message"))?.read();
    let last = |m: Option<SpokenRecord<'_>>| m.map(SpokenRecord::read).transpose();
    let colleague = |g: Option<AgentRecord<'_>>| g.ok_or_else(|| missing("its agent"))?.read();
    let word = |l: Option<LabelRecord<'_>>| l.ok_or_else(|| missing("its label"))?.read();
    let crew = |t: Option<TeamRecord<'_>>| t.ok_or_else(|| missing("its team"))?.read();
    let person = |c: Option<ContactRecord<'_>>| c.ok_or_else(|| missing("its contact"))?.read();
    let place = |a: Option<AddressRecord<'_>>| {
        a.map(AddressRecord::read)
            .transpose()
            .map(|read| read.map(Box::new))
    };
    let status = || was.ok_or_else(|| missing("what was before"));
    Ok(match kind {
        "account.changed" => Event::AccountChanged {
            account: account.ok_or_else(|| missing("its account"))?.read()?,
        },
        "account.removed" => Event::AccountRemoved {
            inboxes: inboxes
                .into_iter()
                .map(InboxRecord::read)
                .collect::<Result<_>>()?,
            apps: members.into_iter().map(AppId).collect(),
        },
        "socket_app.changed" => Event::SocketAppChanged {
            app_id: AppId(app.ok_or_else(|| missing("its number"))?),
        },
        "endpoint.changed" => Event::EndpointChanged {
            endpoint_id: EndpointId(endpoint.ok_or_else(|| missing("its number"))?),
        },
        "inbox.changed" => Event::InboxChanged {
            inbox: inbox.ok_or_else(|| missing("its inbox"))?.read()?,
            was: inbox_was.map(InboxRecord::read).transpose()?,
        },
        "inbox.removed" => Event::InboxRemoved {
            inbox: inbox.ok_or_else(|| missing("its inbox"))?.read()?,
        },
        "session.changed" => Event::SessionChanged {
            inbox: inbox.ok_or_else(|| missing("its inbox"))?.read()?,
            session: session.ok_or_else(|| missing("its session"))?.read()?,
            was: codes::SESSION_STATES.value(status()?)?,
        },
        "agent.changed" => Event::AgentChanged {
            agent: colleague(agent)?,
            was: agent_was.map(AgentRecord::read).transpose()?,
        },
        "agent.removed" => Event::AgentRemoved {
            agent: colleague(agent)?,
        },
        "inbox.members_changed" => Event::InboxMembersChanged {
            inbox_id: InboxId(status()?),
            members: members.into_iter().map(AgentId).collect(),
        },
        "agent.availability_changed" => Event::AvailabilityChanged {
            agent: colleague(agent)?,
            was: codes::AVAILABILITIES.value(status()?)?,
        },
        "agent.workday_started" => Event::WorkdayStarted {
            agent: colleague(agent)?,
        },
        "agent.workday_ended" => Event::WorkdayEnded {
            agent: colleague(agent)?,
        },
        "label.changed" => Event::LabelChanged {
            label: word(label)?,
        },
        "label.removed" => Event::LabelRemoved {
            label: word(label)?,
        },
        "team.changed" => Event::TeamChanged { team: crew(team)? },
        "team.removed" => Event::TeamRemoved { team: crew(team)? },
        "notifications.changed" => Event::NotificationsChanged {
            thread: t.map(ThreadRecord::read).transpose()?,
            about: last(m)?,
            notified: notified
                .into_iter()
                .map(NotifiedRecord::read)
                .collect::<Result<_>>()?,
        },
        "contact.created" => Event::ContactCreated {
            contact: person(contact)?,
            address: place(address)?,
            by: by.map(AgentId),
        },
        "contact.updated" => Event::ContactUpdated {
            contact: person(contact)?,
            was: contact_was
                .map(ContactRecord::read)
                .transpose()?
                .map(Box::new),
            address: place(address)?,
            by: by.map(AgentId),
        },
        "document.changed" => Event::DocumentChanged {
            document_id: DocumentId(status()?),
        },
        "contact.merged" => Event::ContactMerged {
            contact: person(contact)?,
            gone: ContactId(status()?),
            by: by.map(AgentId),
        },
        "contact.deleted" => Event::ContactDeleted {
            contact: person(contact)?,
            by: by.map(AgentId),
        },
        "conversation.removed" => Event::ConversationRemoved {
            conversation_id: ConversationId(status()?),
        },
        "conversation.moved" => Event::ConversationMoved {
            thread: thread(t)?,
            last_message: last(m)?,
            was: ContactId(status()?),
            by: by.map(AgentId),
        },
        "conversation.created" => Event::ConversationCreated {
            thread: thread(t)?,
            by: by.map(AgentId),
        },
        "conversation.status_changed" => Event::ConversationStatusChanged {
            thread: thread(t)?,
            last_message: last(m)?,
            was: codes::CONVERSATION_STATUSES.value(status()?)?,
            put_off: since.map(at).transpose()?,
            by: by.map(AgentId),
        },
        "conversation.assigned" => Event::ConversationAssigned {
            thread: thread(t)?,
            last_message: last(m)?,
            was: was.map(AgentId),
            by: by.map(AgentId),
            via: via.map(ViaRecord::read),
        },
        "conversation.labeled" => Event::ConversationLabeled {
            thread: thread(t)?,
            last_message: last(m)?,
            added: read_labels(added)?,
            removed: read_labels(removed)?,
            by: by.map(AgentId),
        },
        "conversation.seen" => Event::ConversationSeen {
            thread: thread(t)?,
            by: AgentId(by.ok_or_else(|| missing("its agent"))?),
        },
        "conversation.read" => Event::ConversationRead {
            thread: thread(t)?,
            last_message: last(m)?,
        },
        "conversation.described" => Event::ConversationDescribed {
            thread: thread(t)?,
            last_message: last(m)?,
            was: Box::new(de.unwrap_or_default().read()?),
            by: by.map(AgentId),
        },
        "message.created" => {
            let thread = thread(t)?;
            let waited = match since {
                None => thread.conversation.waiting_since,
                Some(0) => None,
                Some(micros) => Some(at(micros)?),
            };
            Event::MessageCreated {
                thread,
                spoken: spoken(m)?,
                waited,
            }
        }
        "message.updated" => {
            let (thread, spoken) = (thread(t)?, spoken(m)?);
            let was = fm.read(codes::MESSAGE_STATUSES.value(status()?)?, &spoken.message)?;
            Event::MessageUpdated {
                thread,
                spoken,
                was: Box::new(was),
                by: by.map(AgentId),
            }
        }
        _ => return Err(StoreError::Corrupt(format!("a record of unknown kind {kind}")).into()),
    })
}
