//! What is wrapped around the items of an event.
//!
//! The document shows two: `{queue, payload:{data, meta}}` for most events, and `{data, meta}` for `chatRead` and the
//! company's. [`on_socket`] and [`to_company`] give each event the one its sample shows; [`flat`] gives any event the second, which is
//! what HTTP callbacks carry. Clients are told to route by `meta.type`, never by `queue`.

use serde::Serialize;

use super::events::{CompanyItem, Event, MessengerItem};

/// The body of an event, ready to be written as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Envelope<'a, T> {
    /// `{queue, payload:{data, meta}}`.
    Wrapped {
        /// As [`queue`] writes it.
        queue: String,
        /// The flat form, inside.
        payload: Flat<'a, T>,
    },
    /// `{data, meta}`.
    Flat(Flat<'a, T>),
}

/// Items and what they have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flat<'a, T> {
    /// At least one item, in no promised order.
    pub data: &'a [T],
    /// Where they come from.
    pub meta: Meta<'a>,
}

/// Where items come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Meta<'a> {
    /// A messenger of a license.
    #[serde(rename_all = "camelCase")]
    Messenger {
        /// The event.
        #[serde(rename = "type")]
        event: Event,
        /// A number, except in `chatRead`.
        license_id: LicenseId,
        /// As in the channel's name.
        messenger_type: &'a str,
    },
    /// A company.
    #[serde(rename_all = "camelCase")]
    Company {
        /// The event.
        #[serde(rename = "type")]
        event: Event,
        /// A number.
        company_id: i64,
    },
}

/// A license's id, in the spelling its event has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LicenseId {
    /// `1229`.
    Number(i64),
    /// `"1229"`, as only the sample of `chatRead` has it.
    Text(i64),
}

impl Serialize for LicenseId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(id) => serializer.serialize_i64(*id),
            Self::Text(id) => serializer.collect_str(id),
        }
    }
}

impl<T: Serialize> Envelope<'_, T> {
    /// The JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Writing plain data to memory does not fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// An event as the messenger's channel carries it.
#[must_use]
pub fn on_socket<'a, T: MessengerItem>(
    license_id: i64,
    messenger: &'a str,
    data: &'a [T],
) -> Envelope<'a, T> {
    let payload = flat_parts(license_id, messenger, data);
    match queue(messenger, T::EVENT) {
        Some(queue) => Envelope::Wrapped { queue, payload },
        None => Envelope::Flat(payload),
    }
}

/// An event without a queue, as HTTP callbacks carry it.
#[must_use]
pub fn flat<'a, T: MessengerItem>(
    license_id: i64,
    messenger: &'a str,
    data: &'a [T],
) -> Envelope<'a, T> {
    Envelope::Flat(flat_parts(license_id, messenger, data))
}

/// An event as the company's channel carries it.
#[must_use]
pub fn to_company<T: CompanyItem>(company_id: i64, data: &[T]) -> Envelope<'_, T> {
    Envelope::Flat(Flat {
        data,
        meta: Meta::Company {
            event: T::EVENT,
            company_id,
        },
    })
}

/// `queue` for an event: the messenger with a capital first letter, as `Telegram.Broadcast.Message`.
#[must_use]
pub fn queue(messenger: &str, event: Event) -> Option<String> {
    let suffix = event.queue()?;
    let mut letters = messenger.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let rest = letters.as_str();
    Some(format!(
        "{}{rest}.Broadcast.{suffix}",
        first.map(String::from).unwrap_or_default()
    ))
}

fn flat_parts<'a, T: MessengerItem>(
    license_id: i64,
    messenger: &'a str,
    data: &'a [T],
) -> Flat<'a, T> {
    let license_id = match T::EVENT {
        Event::ChatRead => LicenseId::Text(license_id),
        _ => LicenseId::Number(license_id),
    };
    Flat {
        data,
        meta: Meta::Messenger {
            event: T::EVENT,
            license_id,
            messenger_type: messenger,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queues_are_named_after_messenger_and_event() {
        for (messenger, event, expected) in [
            (
                "telegram",
                Event::Message,
                Some("Telegram.Broadcast.Message"),
            ),
            (
                "telegram",
                Event::MessageStatus,
                Some("Telegram.Broadcast.Message.Status"),
            ),
            (
                "telegram",
                Event::ChatTag,
                Some("Telegram.Broadcast.ChatTag"),
            ),
            (
                "WhatsApp",
                Event::ChatConversation,
                Some("WhatsApp.Broadcast.ChatConversation"),
            ),
            (
                "grWhatsApp",
                Event::ChatStatus,
                Some("GrWhatsApp.Broadcast.ChatStatus"),
            ),
            (
                "grWhatsApp",
                Event::ChatResponsible,
                Some("GrWhatsApp.Broadcast.ChatResponsible"),
            ),
            ("grWhatsApp", Event::ChatRead, None),
            ("", Event::Message, Some(".Broadcast.Message")),
        ] {
            assert_eq!(queue(messenger, event).as_deref(), expected);
        }
    }
}
