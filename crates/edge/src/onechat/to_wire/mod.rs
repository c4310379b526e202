//! Our nouns as OneChat's objects: [`push`] for the cable, [`rest`] for answers. The two differ in details that
//! clients depend on (onechat.md, section 2).

pub(super) mod push;
pub(super) mod rest;

use std::sync::Arc;

use app::{
    Core,
    directory::Tables,
    messages::is_deleted,
    pictures::{self, Owner},
    presence::Person,
    seal::Purpose,
};
use domain::{
    AccountId, Address, Agent, AgentId, AttachmentKind, Contact, ConversationStatus, Direction,
    InboxId, Label, Message, MessageStatus, NotificationKind, Priority, Role, TeamId, Thread,
    Timestamp,
};
use jiff::SignedDuration;
use serde_json::{Map, Value};
use wire::onechat::{Iso, Json, Seconds, words};

use super::{
    presence::availability,
    settings::{API, WIDGET, reply_hours},
};

pub(super) fn iso(time: Timestamp) -> Iso {
    Iso::from_micros(time.as_microsecond())
}

pub(super) fn seconds(time: Timestamp) -> Seconds {
    Seconds::from_micros(time.as_microsecond())
}

pub(super) fn maybe_seconds(time: Option<Timestamp>) -> Seconds {
    Seconds::or_zero(time.map(Timestamp::as_microsecond))
}

/// Who may see an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// The account's agents, who may see everything.
    Agents,
    /// The contact it is about, who may not see what agents keep to themselves.
    Contact,
}

/// The address of a contact's picture, or nothing.
pub(super) fn contact_picture(core: &Core, contact: &Contact) -> String {
    picture(core, contact.picture.as_deref())
}

/// The same of an agent or a bot,
pub(super) fn agent_picture(core: &Core, id: AgentId) -> String {
    let tables = core.directory.tables();
    picture(core, tables.picture_of(Owner::Agent(id)))
}

/// and of an inbox.
pub(super) fn inbox_picture(core: &Core, id: InboxId) -> String {
    let tables = core.directory.tables();
    picture(core, tables.picture_of(Owner::Inbox(id)))
}

fn picture(core: &Core, kept: Option<&str>) -> String {
    kept.map(|it| pictures::url(core, it)).unwrap_or_default()
}

/// What OneChat calls the way an inbox is reached.
pub(super) fn channel_type(carrier: &str) -> &'static str {
    match carrier {
        "telegram" => "Channel::Telegram",
        "widget" => "Channel::WebWidget",
        "sandbox" | "whatsapp_cloud" | "whatsapp_web" => "Channel::Whatsapp",
        _ => "Channel::Api",
    }
}

/// Whether somebody at an address is not told what is known of the contact: anybody may say on a website that an e-mail
/// address is theirs, and is then taken for its owner, by agents and not by us.
pub(in crate::onechat) fn hides_contact(core: &Core, address: &Address) -> bool {
    let inbox = core.directory.inbox(address.inbox_id);
    !address.verified && inbox.is_some_and(|it| it.inbox.carrier == WIDGET)
}

/// Whether the business may write freely now: some networks let it for a while after the contact's last word, and so
/// does an API inbox that says for how many hours (`agent_reply_time_window`).
fn can_reply(core: &Core, thread: &Thread) -> bool {
    let (inbox, it) = (&thread.inbox, &thread.conversation);
    let now = core.clock.now();
    match inbox.carrier.as_str() {
        "whatsapp_cloud" => it.window_is_open(now),
        API => {
            let connected = core.directory.inbox(inbox.id);
            let hours = connected.and_then(|it| reply_hours(&it));
            let heard = it.heard_at.unwrap_or(it.created_at);
            hours.is_none_or(|hours| now.duration_since(heard) < SignedDuration::from_hours(hours))
        }
        _ => true,
    }
}

pub(super) fn conversation_status(status: ConversationStatus) -> words::ConversationStatus {
    match status {
        ConversationStatus::Open => words::ConversationStatus::Open,
        ConversationStatus::Resolved => words::ConversationStatus::Resolved,
        ConversationStatus::Pending => words::ConversationStatus::Pending,
        ConversationStatus::Snoozed => words::ConversationStatus::Snoozed,
    }
}

pub(super) fn priority(priority: Priority) -> words::Priority {
    match priority {
        Priority::Low => words::Priority::Low,
        Priority::Medium => words::Priority::Medium,
        Priority::High => words::Priority::High,
        Priority::Urgent => words::Priority::Urgent,
    }
}

/// The agents that a text names, as clients write it: `[@Bob](mention://user/2/Bob)`, and everybody in the account's
/// teams that it names: `[@sales](mention://team/1/sales)`.
pub(super) fn mentioned(tables: &Tables, account: AccountId, text: &str) -> Vec<AgentId> {
    let numbers = |kind: &'static str| {
        let parts = text.split(kind).skip(1);
        parts.filter_map(|rest| {
            let digits = rest.split(|it: char| !it.is_ascii_digit()).next();
            digits.unwrap_or_default().parse().ok()
        })
    };
    let mut all: Vec<AgentId> = numbers("mention://user/").map(AgentId).collect();
    let mut teams: Vec<TeamId> = numbers("mention://team/").map(TeamId).collect();
    teams.sort_unstable();
    teams.dedup();
    let teams = teams.iter().filter_map(|id| tables.teams.get(id));
    let teams = teams.filter(|it| it.account_id == account);
    all.extend(teams.flat_map(|it| it.members.iter().copied()));
    all.sort_unstable();
    all.dedup();
    all
}

/// Why somebody is notified.
pub(super) fn notification_type(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Begun => "conversation_creation",
        NotificationKind::Assigned => "conversation_assignment",
        NotificationKind::SaidToAssignee => "assigned_conversation_new_message",
        NotificationKind::Mentioned => "conversation_mention",
        NotificationKind::SaidToParticipant => "participating_conversation_new_message",
    }
}

/// What people keep about a conversation as an object.
pub(super) fn attributes(kept: &Option<String>) -> Json {
    kept.as_deref()
        .map(Json::parse_or_empty)
        .unwrap_or_default()
}

/// OneChat has no word for "queued": its ladder begins with "sent".
pub(super) fn message_status(status: MessageStatus) -> words::MessageStatus {
    match status {
        MessageStatus::Queued | MessageStatus::Sent => words::MessageStatus::Sent,
        MessageStatus::Delivered => words::MessageStatus::Delivered,
        MessageStatus::Read => words::MessageStatus::Read,
        MessageStatus::Failed => words::MessageStatus::Failed,
    }
}

/// What a conversation is labeled with, as it shows it.
pub(super) fn titles(labels: &[Arc<Label>]) -> Vec<String> {
    labels.iter().map(|it| it.title.clone()).collect()
}

pub(super) fn message_type(message: &Message) -> words::MessageType {
    match message.direction {
        Direction::Out if message.is_by_itself() => words::MessageType::Template,
        Direction::In => words::MessageType::Incoming,
        Direction::Out => words::MessageType::Outgoing,
        Direction::Activity => words::MessageType::Activity,
    }
}

fn role(role: Role) -> words::Role {
    match role {
        // A bot is shown as one only where it speaks.
        Role::Agent | Role::Bot => words::Role::Agent,
        Role::Administrator => words::Role::Administrator,
    }
}

/// An agent is what they say of themselves while they are here, and offline otherwise unless they said not to be.
pub(in crate::onechat) fn agent_availability(core: &Core, agent: &Agent) -> words::Availability {
    let person = Person::Agent(agent.id);
    if !agent.auto_offline
        || core
            .presence
            .is_here(agent.account_id, person, core.clock.now())
    {
        availability(agent.availability)
    } else {
        words::Availability::Offline
    }
}

fn contact_availability(core: &Core, account: AccountId, contact: &Contact) -> words::Availability {
    let person = Person::Contact(contact.id);
    if core.presence.is_here(account, person, core.clock.now()) {
        words::Availability::Online
    } else {
        words::Availability::Offline
    }
}

pub(super) fn address_token(core: &Core, address: &Address) -> String {
    core.sealer.seal(Purpose::AddressFollow, address.id.0, 0)
}

pub(super) fn content_type(message: &Message) -> String {
    if let Some(told) = &message.content_type {
        return told.clone();
    }
    let sticker = message
        .attachments
        .iter()
        .any(|it| it.kind == AttachmentKind::Sticker);
    if sticker {
        "sticker".to_owned()
    } else {
        "text".to_owned()
    }
}

/// What a message says.
pub(super) fn content(message: &Message) -> Option<&str> {
    if is_deleted(message) {
        return Some("This message was deleted");
    }
    message.content.as_deref()
}

/// What the client attached to its message, and what we know that OneChat keeps there.
pub(super) fn content_attributes(message: &Message) -> Json {
    let mut all = Map::new();
    if let Some(extra) = &message.extra {
        match (message.direction, serde_json::from_str(extra)) {
            (Direction::Out, Ok(Value::Object(given))) => all = given,
            (_, Ok(Value::Object(given))) if is_deleted(message) => all = given,
            (_, Ok(told)) => {
                let shown = message.content.is_some() || !message.attachments.is_empty();
                all.insert("is_unsupported".to_owned(), Value::Bool(!shown));
                all.insert("data".to_owned(), told);
            }
            (_, Err(_)) => {}
        }
    }
    if let Some(id) = message.reply_to {
        all.insert("in_reply_to".to_owned(), Value::from(id.0));
    }
    if let Some(id) = &message.reply_to_external {
        all.insert(
            "in_reply_to_external_id".to_owned(),
            Value::from(id.as_str()),
        );
    }
    if let Some(error) = &message.error {
        all.insert("external_error".to_owned(), Value::from(error.as_str()));
    }
    if all.is_empty() {
        Json::default()
    } else {
        Json::parse_or_empty(&Value::Object(all).to_string())
    }
}

/// A number in the form of a UUID (version 8: the maker's own), the same for the same number.
pub(super) fn uuid(id: i64) -> String {
    let id = u64::try_from(id).unwrap_or(0);
    let (high, low) = (id >> 32, id & 0xffff_ffff);
    format!("{high:08x}-0000-8000-8000-0000{low:08x}")
}
