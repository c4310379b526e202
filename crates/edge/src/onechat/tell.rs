//! What happened, to whoever follows the cable (onechat.md, section 1.7: events and recipients).

use bytes::Bytes;
use domain::{Direction, Entry, Event, Spoken, Thread};
use wire::onechat::{
    Event as WireEvent, Json, Name,
    event::Data,
    push::{CacheKeys, CacheStamps},
};

use super::{
    to_wire::{Audience, message_status, push},
    topics::{address_topic, agents_topic},
};
use crate::Edge;

/// Tells the account's agents, and the contact what a contact may know.
pub(crate) async fn tell(edge: &Edge, entry: &Entry) {
    let agents = agents_topic(entry.account_id);
    if edge.hub.is_followed(&agents) {
        for payload in render(edge, entry, Audience::Agents) {
            edge.hub.publish(&agents, payload).await;
        }
    }
    let Some(thread) = thread_for_contact(&entry.event) else {
        return;
    };
    let contact = address_topic(thread.address.id);
    if edge.hub.is_followed(&contact) {
        for payload in render(edge, entry, Audience::Contact) {
            edge.hub.publish(&contact, payload).await;
        }
    }
}

/// Where an event happened, if the contact may know of it.
fn thread_for_contact(event: &Event) -> Option<&Thread> {
    match event {
        Event::MessageCreated { thread, spoken } | Event::MessageUpdated { thread, spoken, .. } => {
            let message = &spoken.message;
            let secret = message.private || message.direction == Direction::Activity;
            (!secret).then_some(thread)
        }
        Event::ConversationCreated { thread }
        | Event::ConversationStatusChanged { thread, .. }
        | Event::ConversationAssigned { thread, .. }
        | Event::ConversationLabeled { thread, .. } => Some(thread),
        Event::AccountChanged { .. }
        | Event::SocketAppChanged { .. }
        | Event::EndpointChanged { .. }
        | Event::InboxChanged { .. }
        | Event::SessionChanged { .. }
        | Event::AgentChanged { .. }
        | Event::LabelChanged { .. }
        | Event::LabelRemoved { .. }
        | Event::ContactCreated { .. }
        | Event::ContactUpdated { .. }
        | Event::ConversationSeen { .. } => None,
    }
}

/// The payloads of an event for one audience, in order.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of event")]
fn render(edge: &Edge, entry: &Entry, audience: Audience) -> Vec<Bytes> {
    let told = match &entry.event {
        Event::ContactCreated { contact, address } => {
            vec![told_contact(
                edge,
                entry,
                Name::ContactCreated,
                contact,
                address.as_deref(),
            )]
        }
        Event::ContactUpdated { contact, address } => {
            vec![told_contact(
                edge,
                entry,
                Name::ContactUpdated,
                contact,
                address.as_deref(),
            )]
        }
        Event::ConversationCreated { thread } => {
            vec![told_conversation(
                edge,
                entry,
                Name::ConversationCreated,
                thread,
                None,
                audience,
            )]
        }
        Event::ConversationStatusChanged {
            thread,
            last_message,
            ..
        } => [Name::ConversationStatusChanged, Name::ConversationUpdated]
            .map(|name| {
                told_conversation(edge, entry, name, thread, last_message.as_deref(), audience)
            })
            .into(),
        Event::ConversationAssigned {
            thread,
            last_message,
            ..
        } => {
            // Who answers is the agents' business; that something changed is the contact's as well.
            let names: &[Name] = match audience {
                Audience::Agents => &[Name::AssigneeChanged, Name::ConversationUpdated],
                Audience::Contact => &[Name::ConversationUpdated],
            };
            names
                .iter()
                .map(|name| {
                    told_conversation(
                        edge,
                        entry,
                        *name,
                        thread,
                        last_message.as_deref(),
                        audience,
                    )
                })
                .collect()
        }
        Event::ConversationLabeled {
            thread,
            last_message,
            ..
        } => {
            vec![told_conversation(
                edge,
                entry,
                Name::ConversationUpdated,
                thread,
                last_message.as_deref(),
                audience,
            )]
        }
        Event::MessageCreated { thread, spoken } => {
            let data = push::message(&edge.core, thread, spoken, audience);
            vec![event(Name::MessageCreated, entry, &data, None)]
        }
        Event::MessageUpdated {
            thread,
            spoken,
            was,
        } => {
            let data = push::message(&edge.core, thread, spoken, audience);
            let changes = changes(*was, spoken);
            vec![event(Name::MessageUpdated, entry, &data, Some(&changes))]
        }
        Event::LabelChanged { .. } | Event::LabelRemoved { .. } => {
            vec![event(
                Name::AccountCacheInvalidated,
                entry,
                &labels_are_stale(entry),
                None,
            )]
        }
        Event::AccountChanged { .. }
        | Event::SocketAppChanged { .. }
        | Event::EndpointChanged { .. }
        | Event::InboxChanged { .. }
        | Event::SessionChanged { .. }
        | Event::AgentChanged { .. }
        | Event::ConversationSeen { .. } => Vec::new(),
    };
    told.into_iter().flatten().collect()
}

/// What clients keep of the account's labels is older than this.
fn labels_are_stale(entry: &Entry) -> CacheKeys {
    let never = || format!("{:010}", 0);
    CacheKeys {
        cache_keys: CacheStamps {
            label: format!("{:010}", entry.at.as_second()),
            inbox: never(),
            team: never(),
        },
    }
}

fn told_contact(
    edge: &Edge,
    entry: &Entry,
    name: Name,
    contact: &domain::Contact,
    address: Option<&domain::Address>,
) -> Option<Bytes> {
    let data = push::contact(&edge.core, contact, address, Audience::Agents);
    event(name, entry, &data, None)
}

fn told_conversation(
    edge: &Edge,
    entry: &Entry,
    name: Name,
    thread: &Thread,
    last_message: Option<&Spoken>,
    audience: Audience,
) -> Option<Bytes> {
    let data = push::conversation(&edge.core, thread, last_message, audience);
    event(name, entry, &data, None)
}

/// `{"status":[before,now]}`; empty if OneChat has one word for both.
fn changes(was: domain::MessageStatus, spoken: &Spoken) -> Json {
    let (before, now) = (message_status(was), message_status(spoken.message.status));
    if before == now {
        return Json::default();
    }
    Json::parse_or_empty(&format!(
        r#"{{"status":["{}","{}"]}}"#,
        before.as_str(),
        now.as_str()
    ))
}

fn event(name: Name, entry: &Entry, data: &impl Data, changes: Option<&Json>) -> Option<Bytes> {
    let event = WireEvent::new(name, entry.account_id.0, data).previous_changes(changes);
    match event.to_bytes() {
        Ok(payload) => Some(payload),
        Err(error) => {
            tracing::error!(%error, entry.seq, "an event could not be written");
            None
        }
    }
}
