//! What happened, to whoever follows ChatApp's channels.

use std::sync::Arc;

use app::Core;
use bytes::Bytes;
use domain::{Agent, AppId, Direction, Entry, Event, Inbox, Message, Thread};
use wire::{
    chatapp::{
        channels::Channel,
        chats::{ChangedBy, ChatRead, ChatResponsible, ChatStatus, ChatTag, TagChange},
        employees::{EmployeeStatus, EmployeeWorkday, Workday},
        envelope::{flat, on_socket, to_company},
        events::{CompanyItem, MessengerItem},
        id::{Id, Ref},
    },
    pusher::{frames, resume, topic},
};

use super::{SOCKET_KEY, position, to_wire};
use crate::Edge;

/// Tells the channel of what happened, if anybody follows it: plainly, and with the event's position.
pub(crate) async fn tell(edge: &Edge, entry: &Entry) {
    if let Event::AccountRemoved { inboxes, apps } = &entry.event {
        let company = Channel::Company {
            company_id: entry.account_id.0,
        };
        return dismiss(edge, Some(company), inboxes, apps).await;
    }
    if let Event::InboxRemoved { inbox } = &entry.event {
        return dismiss(edge, None, std::slice::from_ref(inbox), &[]).await;
    }
    let Some(channel) = channel_of(entry) else {
        return;
    };
    let Some(app) = edge.pusher.find(SOCKET_KEY) else {
        return;
    };
    let topics = [topic(&app.id, &channel), resume::topic(&app.id, &channel)];
    let [plain, positioned] = topics.each_ref().map(|topic| edge.hub.is_followed(topic));
    if !plain && !positioned {
        return;
    }
    let [topic, resumed] = topics;
    for (told, number) in told_on(&edge.core, entry, &channel) {
        if plain {
            let frame = frames::event(told.name, &channel, &told.on_socket);
            edge.hub.publish_numbered(&topic, frame, number).await;
        }
        if positioned {
            let frame = positioned_frame(&channel, &told, number);
            edge.hub.publish_numbered(&resumed, frame, number).await;
        }
    }
}

/// Ends the connections of whoever follows something of an account that is closed, or of an inbox that is removed: its
/// channels here, and whatever there is in its own applications.
async fn dismiss(
    edge: &Edge,
    company: Option<Channel<'_>>,
    inboxes: &[Arc<Inbox>],
    apps: &[AppId],
) {
    for app in apps {
        edge.hub.dismiss_app(&app.to_string()).await;
    }
    let Some(app) = edge.pusher.find(SOCKET_KEY) else {
        return;
    };
    let messengers = inboxes.iter().map(|it| Channel::Messenger {
        license_id: it.license_id,
        messenger: &it.messenger,
    });
    for channel in messengers.chain(company) {
        let channel = channel.to_string();
        for topic in [topic(&app.id, &channel), resume::topic(&app.id, &channel)] {
            edge.hub.dismiss(&topic).await;
        }
    }
}

/// The channel on which an entry is told, if it is: a messenger's, or the company's.
pub(super) fn channel_of(entry: &Entry) -> Option<String> {
    let channel = match (thread(&entry.event), agent(&entry.event)) {
        (Some(thread), _) => Channel::Messenger {
            license_id: thread.inbox.license_id,
            messenger: &thread.inbox.messenger,
        },
        (None, Some(_)) => Channel::Company {
            company_id: entry.account_id.0,
        },
        (None, None) => return None,
    };
    Some(channel.to_string())
}

/// What an entry is on its channel, in order, each with its place in the channel's history.
pub(super) fn told_on(core: &Core, entry: &Entry, channel: &str) -> Vec<(Told, u64)> {
    if channel_of(entry).as_deref() != Some(channel) {
        return Vec::new();
    }
    let told = render(core, entry).into_iter().enumerate();
    told.map(|(index, told)| (told, position::of(entry.seq, index)))
        .collect()
}

/// An event as it is told to whoever asked for positions.
pub(super) fn positioned_frame(channel: &str, told: &Told, number: u64) -> Bytes {
    let data = resume::with_position(&told.on_socket, number);
    frames::event(told.name, channel, &data)
}

fn thread(event: &Event) -> Option<&Thread> {
    match event {
        Event::ConversationStatusChanged { thread, .. }
        | Event::ConversationAssigned { thread, .. }
        | Event::ConversationLabeled { thread, .. }
        | Event::ConversationSeen { thread, .. }
        | Event::MessageCreated { thread, .. }
        | Event::MessageUpdated { thread, .. } => Some(thread),
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
        | Event::ConversationDescribed { .. }
        | Event::ConversationCreated { .. } => None,
    }
}

/// Whom an event is about, if it is the company's.
fn agent(event: &Event) -> Option<&Agent> {
    match event {
        Event::AvailabilityChanged { agent, .. }
        | Event::WorkdayStarted { agent }
        | Event::WorkdayEnded { agent } => Some(agent),
        _ => None,
    }
}

/// What one event is to this dialect: its name, and its object in either envelope.
pub(super) struct Told {
    name: &'static str,
    on_socket: String,
    flat: String,
}

/// An event as callbacks post it: the name and the body of each. They are of messengers, so what is the company's
/// is not among them.
pub(super) fn callbacks(core: &Core, entry: &Entry) -> Vec<(String, String)> {
    let told = thread(&entry.event).map(|thread| render_chat(core, thread, &entry.event));
    let told = told.into_iter().flatten();
    told.map(|it| (it.name.to_owned(), it.flat)).collect()
}

/// What happened, in order.
fn render(core: &Core, entry: &Entry) -> Vec<Told> {
    match thread(&entry.event) {
        Some(thread) => render_chat(core, thread, &entry.event),
        None => render_employee(entry).into_iter().collect(),
    }
}

fn render_employee(entry: &Entry) -> Option<Told> {
    let employee = Ref {
        id: agent(&entry.event)?.id.0,
    };
    let company = entry.account_id.0;
    let workday = |kind, employee| told_company(company, EmployeeWorkday { kind, employee });
    Some(match &entry.event {
        Event::WorkdayStarted { .. } => workday(Workday::Start, employee),
        Event::WorkdayEnded { .. } => workday(Workday::End, employee),
        Event::AvailabilityChanged { agent, .. } => {
            let kind = to_wire::availability_word(agent.availability).into();
            told_company(company, EmployeeStatus { kind, employee })
        }
        _ => return None,
    })
}

fn render_chat(core: &Core, thread: &Thread, event: &Event) -> Vec<Told> {
    match event {
        Event::ConversationLabeled { added, removed, .. } => {
            let added = added.iter().map(|it| (TagChange::Add, it));
            let removed = removed.iter().map(|it| (TagChange::Destroy, it));
            // Clients look at the first item only, so each tag is an event of its own.
            let all = removed.chain(added);
            all.map(|(kind, label)| {
                let item = ChatTag {
                    kind,
                    tag: to_wire::tag(label),
                    chat: chat(thread),
                };
                told(thread, item)
            })
            .collect()
        }
        Event::MessageCreated { spoken, .. } => {
            let window = to_wire::window(thread, &spoken.message).map(|it| told(thread, it));
            let message = render_one(core, thread, event);
            message.into_iter().chain(window).collect()
        }
        _ => render_one(core, thread, event).into_iter().collect(),
    }
}

/// Whether a message was said to somebody: notes, and what is told about the conversation itself, were not.
fn is_said(message: &Message) -> bool {
    !message.private && message.direction != Direction::Activity
}

fn chat(thread: &Thread) -> Ref<Id<'_>> {
    Ref {
        id: to_wire::chat_id(thread),
    }
}

fn render_one(core: &Core, thread: &Thread, event: &Event) -> Option<Told> {
    match event {
        Event::MessageCreated { spoken, .. } if is_said(&spoken.message) => {
            Some(told(thread, to_wire::message(core, thread, spoken)))
        }
        Event::MessageUpdated { spoken, was, .. } if spoken.message.status != was.status => {
            to_wire::status(thread, &spoken.message).map(|item| told(thread, item))
        }
        Event::ConversationStatusChanged { .. } => {
            let kind = to_wire::status_word(thread.conversation.status);
            Some(told(
                thread,
                ChatStatus {
                    kind: kind.into(),
                    chat: chat(thread),
                },
            ))
        }
        Event::ConversationAssigned { by, via, .. } => {
            let item = ChatResponsible {
                responsible: thread.conversation.assignee_id.map(|id| Ref { id: id.0 }),
                chat: chat(thread),
                from_app: via.as_ref().map(|it| ChangedBy {
                    id: it.app.as_str().into(),
                    tracking: it.tracking.as_deref().map(Into::into),
                }),
                edited: by.map(|id| Ref { id: id.0 }),
            };
            Some(told(thread, item))
        }
        Event::ConversationSeen { .. } => Some(told(thread, ChatRead { chat: chat(thread) })),
        _ => None,
    }
}

fn told<T: MessengerItem>(thread: &Thread, item: T) -> Told {
    let items = [item];
    let (license, messenger) = (thread.inbox.license_id, thread.inbox.messenger.as_str());
    Told {
        name: T::EVENT.name(),
        on_socket: on_socket(license, messenger, &items).to_json(),
        flat: flat(license, messenger, &items).to_json(),
    }
}

fn told_company<T: CompanyItem>(company: i64, item: T) -> Told {
    let json = to_company(company, &[item]).to_json();
    Told {
        name: T::EVENT.name(),
        on_socket: json.clone(),
        flat: json,
    }
}
