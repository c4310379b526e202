//! Maytapi's webhooks: what each event is in either form. Unsigned, as there.

use std::time::Duration;

use app::{
    Core,
    deliveries::Notice,
    hooks::{Endpoint, HookDialect},
    messages::is_deleted,
};
use domain::{
    ConversationStatus, DeliveryId, Direction, Entry, Event, Inbox, Message, MessageStatus, Spoken,
    Thread, Timestamp,
};
use serde::Serialize;
use wire::maytapi::{
    Form,
    webhook::{Ack, Incoming, Live, LiveEvent, StatusChanged, acks, join_acks},
    words::AckType,
};

use super::{
    is_phone,
    settings::product_id,
    to_wire::{Place, incoming, message_id, phone_status, quoted},
};

/// The event of acknowledgements.
pub(super) const ACK: &str = "ack";
/// For how long acknowledgements are gathered into one post (source document: "checked in every 2 seconds").
const ACKS_GATHERED: Duration = Duration::from_secs(2);
const MESSAGE: &str = "message";
const STATUS: &str = "status";
const LIVE: &str = "live_event";
/// Every event.
pub(super) const EVENTS: [&str; 4] = [MESSAGE, ACK, STATUS, LIVE];

/// The name of the dialect in this form.
pub(super) fn name_of(form: Form) -> &'static str {
    match form {
        Form::Documented => "maytapi",
        Form::Current => "maytapi-current",
    }
}

/// Maytapi's webhooks, in this form.
pub(crate) struct MaytapiHooks(pub(crate) Form);

impl HookDialect for MaytapiHooks {
    fn name(&self) -> &'static str {
        name_of(self.0)
    }

    fn knows(&self, event: &str) -> bool {
        EVENTS.contains(&event)
    }

    /// There is nothing to sign with: bots use an address that cannot be guessed.
    fn secret(&self, _: &[u8; 32]) -> String {
        String::new()
    }

    fn render(&self, core: &Core, endpoint: &Endpoint, entry: &Entry) -> Vec<(String, String)> {
        let Some(inbox) = phone(&entry.event) else {
            return Vec::new();
        };
        if endpoint.inbox_id.is_none() && has_its_own(core, endpoint, inbox) {
            return Vec::new();
        }
        let told = self.told(core, entry, inbox);
        told.map(|(name, body)| (name.to_owned(), body))
            .into_iter()
            .collect()
    }

    fn test(&self, endpoint: &Endpoint, _: Timestamp) -> (String, String) {
        let body = serde_json::json!({ "type": "test", "account": endpoint.account_id.0 });
        ("test".to_owned(), body.to_string())
    }

    fn gathers(&self, event: &str) -> Option<Duration> {
        (event == ACK).then_some(ACKS_GATHERED)
    }

    fn join(&self, before: &str, after: &str) -> Option<String> {
        join_acks(self.0, before, after)
    }

    fn headers(
        &self,
        _: DeliveryId,
        _: &Notice,
        _: &[&str],
        _: Timestamp,
    ) -> Vec<(String, String)> {
        vec![("content-type".to_owned(), "application/json".to_owned())]
    }
}

/// The phone in which something happened.
fn phone(event: &Event) -> Option<&Inbox> {
    let inbox = match event {
        Event::MessageCreated { thread, .. }
        | Event::MessageUpdated { thread, .. }
        | Event::ConversationAssigned { thread, .. }
        | Event::ConversationStatusChanged { thread, .. } => &thread.inbox,
        Event::SessionChanged { inbox, .. } => inbox,
        _ => return None,
    };
    is_phone(inbox).then_some(inbox)
}

/// Whether a phone is told of at an address of its own, and so not at its product's.
fn has_its_own(core: &Core, endpoint: &Endpoint, inbox: &Inbox) -> bool {
    let tables = core.directory.tables();
    tables.endpoints.values().any(|it| {
        it.account_id == endpoint.account_id
            && it.inbox_id == Some(inbox.id)
            && it.dialect == endpoint.dialect
    })
}

impl MaytapiHooks {
    fn told(&self, core: &Core, entry: &Entry, inbox: &Inbox) -> Option<(&'static str, String)> {
        let product = product_id(&core.sealer, entry.account_id);
        let live = |thread: &Thread, event| {
            let chat = &thread.address.source_id;
            written(LIVE, &Live::new(&product, inbox.id.0, chat, event))
        };
        match &entry.event {
            Event::MessageCreated { thread, spoken, .. }
                if spoken.message.direction == Direction::In || was_said_there(&spoken.message) =>
            {
                let body = self.incoming(core, &product, thread, spoken);
                Some((MESSAGE, body?))
            }
            Event::MessageUpdated {
                thread,
                spoken,
                was,
                ..
            } => {
                let kind = ack_type(&spoken.message, was.status).filter(|it| it.is_in(self.0))?;
                let ack = Ack {
                    kind,
                    chat_id: &thread.address.source_id,
                    msg_id: &message_id(&spoken.message),
                    time: spoken.message.updated_at.as_second(),
                };
                Some((ACK, acks(self.0, &product, &ack).ok()?))
            }
            Event::SessionChanged { session, was, .. } => {
                let status = phone_status(inbox, session.state);
                if status == phone_status(inbox, *was) && session.state != *was {
                    return None;
                }
                written(STATUS, &StatusChanged::new(&product, inbox.id.0, status))
            }
            Event::ConversationAssigned { thread, was, .. } => {
                match (was, thread.conversation.assignee_id) {
                    (None, Some(_)) => live(thread, LiveEvent::TakenByAgent),
                    (Some(_), None) => live(thread, LiveEvent::ReleasedByAgent),
                    _ => None,
                }
            }
            Event::ConversationStatusChanged { thread, .. }
                if thread.conversation.status == ConversationStatus::Resolved =>
            {
                live(thread, LiveEvent::Closed)
            }
            _ => None,
        }
    }

    fn incoming(
        &self,
        core: &Core,
        product: &str,
        thread: &Thread,
        spoken: &Spoken,
    ) -> Option<String> {
        let incoming = Incoming {
            quoted: quoted(core, thread, spoken),
            ..incoming(core, product, Place::of(thread), &spoken.message)
        };
        incoming.to_json(self.0).ok()
    }
}

/// Whether a message of ours was written on the phone itself: then it has its network's id from the beginning.
fn was_said_there(message: &Message) -> bool {
    message.direction == Direction::Out && !message.private && message.external_id.is_some()
}

/// What has become of a message of ours, if that is something to acknowledge.
fn ack_type(message: &Message, was: MessageStatus) -> Option<AckType> {
    if message.direction != Direction::Out || message.private {
        return None;
    }
    // Nothing comes after that.
    if is_deleted(message) {
        return (message.status == was).then_some(AckType::Deleted);
    }
    if message.status == was {
        return None;
    }
    match message.status {
        MessageStatus::Sent => Some(AckType::Delivered),
        MessageStatus::Delivered => Some(AckType::Reached),
        MessageStatus::Read => Some(AckType::Seen),
        MessageStatus::Queued | MessageStatus::Failed => None,
    }
}

fn written(name: &'static str, body: &impl Serialize) -> Option<(&'static str, String)> {
    Some((name, serde_json::to_string(body).ok()?))
}
