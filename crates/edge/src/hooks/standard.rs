//! Our own dialect: Standard Webhooks (`wire::hooks`), with our own nouns inside.

use app::{
    Core,
    deliveries::Notice,
    hooks::{Endpoint, HookDialect},
};
use domain::{
    Contact, ConversationStatus, DeliveryId, Direction, Entry, Event, Message, MessageStatus,
    Sender, Thread, Timestamp,
};
use serde_json::{Value, json};
use wire::{
    hooks::{Envelope, Id, Secret, headers},
    onechat::Iso,
};

/// Every event that an endpoint can be told.
const EVENTS: [&str; 8] = [
    "message.created",
    "message.updated",
    "conversation.created",
    "conversation.status_changed",
    "conversation.assigned",
    "conversation.labeled",
    "contact.created",
    "contact.updated",
];

/// Our own dialect.
pub(super) struct Standard;

impl HookDialect for Standard {
    fn name(&self) -> &'static str {
        "standard"
    }

    fn knows(&self, event: &str) -> bool {
        EVENTS.contains(&event)
    }

    fn secret(&self, random: &[u8; 32]) -> String {
        Secret::new(random)
            .map(|secret| secret.to_text())
            .unwrap_or_default()
    }

    fn render(&self, core: &Core, _: &Endpoint, entry: &Entry) -> Vec<(String, String)> {
        let told = match &entry.event {
            // What is told about the conversation itself is told by its own events.
            Event::MessageCreated { spoken, .. }
                if spoken.message.direction == Direction::Activity =>
            {
                return Vec::new();
            }
            Event::MessageCreated { thread, spoken, .. } => (
                "message.created",
                spoken_data(core, thread, &spoken.message),
            ),
            Event::MessageUpdated { thread, spoken, .. } => (
                "message.updated",
                spoken_data(core, thread, &spoken.message),
            ),
            Event::ConversationCreated { thread, .. } => {
                ("conversation.created", thread_data(thread))
            }
            Event::ConversationStatusChanged { thread, .. } => {
                ("conversation.status_changed", thread_data(thread))
            }
            Event::ConversationAssigned { thread, .. } => {
                ("conversation.assigned", thread_data(thread))
            }
            Event::ConversationLabeled { thread, .. } => {
                ("conversation.labeled", thread_data(thread))
            }
            Event::ContactCreated { contact, .. } => (
                "contact.created",
                json!({ "contact": contact_data(contact) }),
            ),
            Event::ContactUpdated { contact, .. } => (
                "contact.updated",
                json!({ "contact": contact_data(contact) }),
            ),
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
            | Event::DocumentChanged { .. }
            | Event::ContactMerged { .. }
            | Event::ContactDeleted { .. }
            | Event::ConversationRemoved { .. }
            | Event::ConversationMoved { .. }
            | Event::ConversationRead { .. }
            | Event::ConversationDescribed { .. }
            | Event::ConversationSeen { .. } => return Vec::new(),
        };
        vec![enveloped(told.0, entry.at, &told.1)]
    }

    fn test(&self, _: &Endpoint, now: Timestamp) -> (String, String) {
        enveloped("endpoint.test", now, &json!({ "text": "it works" }))
    }

    fn headers(
        &self,
        id: DeliveryId,
        notice: &Notice,
        secrets: &[&str],
        now: Timestamp,
    ) -> Vec<(String, String)> {
        let id = id.to_string();
        let secrets: Vec<Secret> = secrets
            .iter()
            .filter_map(|text| Secret::parse(text).ok())
            .collect();
        let mut all = vec![("content-type".to_owned(), "application/json".to_owned())];
        if let Ok(id) = Id::parse(&id) {
            let signed = headers(id, now.as_second(), notice.body.as_bytes(), &secrets);
            all.extend(
                signed
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value)),
            );
        }
        all
    }
}

fn enveloped(kind: &str, at: Timestamp, data: &Value) -> (String, String) {
    let timestamp = Iso::from_micros(at.as_microsecond());
    let bytes = Envelope {
        kind,
        timestamp,
        data,
    }
    .to_bytes()
    .unwrap_or_default();
    (
        kind.to_owned(),
        String::from_utf8_lossy(&bytes).into_owned(),
    )
}

fn spoken_data(core: &Core, thread: &Thread, message: &Message) -> Value {
    let mut data = thread_data(thread);
    if let Some(all) = data.as_object_mut() {
        all.insert("message".to_owned(), message_data(core, message));
    }
    data
}

fn thread_data(thread: &Thread) -> Value {
    let inbox = &thread.inbox;
    json!({
        "conversation": conversation_data(thread),
        "contact": contact_data(&thread.contact),
        "inbox": { "id": inbox.id.0, "name": inbox.name, "address": inbox.address },
        "from": thread.address.source_id,
    })
}

fn conversation_data(thread: &Thread) -> Value {
    let it = &thread.conversation;
    let labels: Vec<&str> = thread.labels.iter().map(|it| it.title.as_str()).collect();
    let status = match it.status {
        ConversationStatus::Open => "open",
        ConversationStatus::Resolved => "resolved",
        ConversationStatus::Pending => "pending",
        ConversationStatus::Snoozed => "snoozed",
    };
    json!({
        "number": it.number,
        "status": status,
        "assignee_id": it.assignee_id.map(|id| id.0),
        "unread_count": it.unread_count,
        "labels": labels,
    })
}

fn contact_data(it: &Contact) -> Value {
    json!({ "id": it.id.0, "name": it.name, "email": it.email, "phone": it.phone })
}

fn message_data(core: &Core, it: &Message) -> Value {
    let status = match it.status {
        MessageStatus::Queued => "queued",
        MessageStatus::Sent => "sent",
        MessageStatus::Delivered => "delivered",
        MessageStatus::Read => "read",
        MessageStatus::Failed => "failed",
    };
    let direction = match it.direction {
        Direction::In => "in",
        Direction::Out => "out",
        Direction::Activity => "activity",
    };
    let agent_id = match it.sender {
        Sender::Agent(id) => Some(id.0),
        Sender::Contact(_) | Sender::System => None,
    };
    let files = it.attachments.iter().enumerate().filter_map(|(index, attachment)| {
        let file = attachment.file.as_ref()?;
        let url = core.file_url(it, index, attachment)?;
        Some(json!({ "name": file.name, "content_type": file.content_type, "bytes": file.bytes, "url": url }))
    });
    json!({
        "id": it.id.0,
        "direction": direction,
        "private": it.private,
        "content": it.content,
        "files": files.collect::<Vec<_>>(),
        "status": status,
        "error": it.error,
        "external_id": it.external_id,
        "agent_id": agent_id,
        "sent_at": it.sent_at.to_string(),
    })
}
