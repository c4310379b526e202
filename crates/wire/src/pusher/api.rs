//! The bodies that publish (HTTP API reference, "POST event" and "POST batch events").
//!
//! Everything is checked before anything is given out: a request is published whole or not at all. `data` is
//! relayed as the text it was, never read. Who sent the request was settled by [`super::request`].

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::api_answers::Attributes;
use super::channel::Name;
use super::command::object;
use super::settings::{BATCH_EVENTS_MAX, CHANNELS_PER_TRIGGER_MAX, EVENT_NAME_CHARS_MAX, Settings};
use super::socket_id;

/// One event to publish, fully checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The event's name.
    pub name: String,
    /// The publisher's text; what was not a JSON string is its JSON, as sent.
    pub data: String,
    /// Valid channel names, at least one, in the publisher's order.
    pub channels: Vec<String>,
    /// The connection to leave out: well formed, perhaps nobody's.
    pub socket_id: Option<String>,
    /// What the publisher wants to know of the channels.
    pub info: Attributes,
}

/// Why a body is refused. Sent as plain text with a line end, as hosted Pusher does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refused {
    /// HTTP status: 400, or 413 for too much data.
    pub status: u16,
    /// What to tell the publisher.
    pub text: String,
}

impl Refused {
    pub(super) fn bad(text: impl Into<String>) -> Self {
        Self {
            status: 400,
            text: text.into(),
        }
    }
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(default)]
    channels: Option<Vec<String>>,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    socket_id: Option<String>,
    #[serde(default)]
    info: Option<String>,
}

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow)]
    batch: Vec<&'a RawValue>,
}

/// Reads the body of `POST /apps/ID/events`.
pub fn parse_event(body: &[u8], settings: &Settings) -> Result<Event, Refused> {
    event(utf8(body)?, settings)
}

/// Reads the body of `POST /apps/ID/batch_events`; the events are to be published in this order.
pub fn parse_batch(body: &[u8], settings: &Settings) -> Result<Vec<Event>, Refused> {
    let batch: Batch<'_> = object(utf8(body)?)
        .ok_or_else(|| Refused::bad("The body must be an object with a list in batch"))?;
    if batch.batch.len() > BATCH_EVENTS_MAX {
        let text = format!("A batch may hold at most {BATCH_EVENTS_MAX} events");
        return Err(Refused::bad(text));
    }
    batch
        .batch
        .iter()
        .enumerate()
        .map(|(at, item)| {
            event(item.get(), settings).map_err(|refused| Refused {
                text: format!("Event {at} of the batch: {}", refused.text),
                ..refused
            })
        })
        .collect()
}

/// Reads `POST /apps/ID/channels/NAME/events`, which old Ruby and PHP libraries use: the event's name and the
/// connection to leave out are in the query, and the whole body is the data.
pub fn parse_channel_event(
    channel: &str,
    query: &[(String, String)],
    body: &[u8],
    settings: &Settings,
) -> Result<Event, Refused> {
    let find = |name: &str| query.iter().find(|(key, _)| key == name);
    let name = find("name").map_or("", |(_, value)| value).to_owned();
    let socket_id = find("socket_id").map(|(_, value)| value.clone());
    let event = Event {
        name,
        data: utf8(body)?.to_owned(),
        channels: channels(None, Some(channel.to_owned()))?,
        socket_id: socket_id.filter(|it| !it.is_empty()),
        info: Attributes::default(),
    };
    check(&event, settings)?;
    Ok(event)
}

fn utf8(body: &[u8]) -> Result<&str, Refused> {
    std::str::from_utf8(body).map_err(|_| Refused::bad("The body is not UTF-8"))
}

fn event(text: &str, settings: &Settings) -> Result<Event, Refused> {
    let body: Body<'_> = object(text).ok_or_else(|| {
        Refused::bad("An event must be an object with name, data and channel or channels")
    })?;
    let info = Attributes::parse(body.info.as_deref().unwrap_or_default())
        .map_err(|unknown| Refused::bad(unknown.to_string()))?;
    let event = Event {
        name: body.name.into_owned(),
        data: data(body.data)?,
        channels: channels(body.channels, body.channel)?,
        socket_id: body.socket_id,
        info,
    };
    check(&event, settings)?;
    Ok(event)
}

fn check(event: &Event, settings: &Settings) -> Result<(), Refused> {
    if event.name.is_empty() || event.name.chars().count() > EVENT_NAME_CHARS_MAX {
        let text = format!("The event name must have 1 to {EVENT_NAME_CHARS_MAX} characters");
        return Err(Refused::bad(text));
    }
    let bytes_max = settings.event_data_bytes_max;
    if event.data.len() > bytes_max {
        let text = format!(
            "The data content of this event exceeds the allowed maximum ({bytes_max} bytes)"
        );
        return Err(Refused { status: 413, text });
    }
    match &event.socket_id {
        Some(id) if !socket_id::is_well_formed(id) => Err(Refused::bad(
            "Invalid socket_id: expected digits, a dot and digits",
        )),
        Some(_) | None => Ok(()),
    }
}

/// The data as text: the inside of a JSON string, or any other JSON value as it was written.
fn data(raw: &RawValue) -> Result<String, Refused> {
    if raw.get().starts_with('"') {
        serde_json::from_str(raw.get())
            .map_err(|_| Refused::bad("The data is not a valid JSON string"))
    } else {
        Ok(raw.get().to_owned())
    }
}

/// The one list of channels from the two ways to name them, every name checked.
fn channels(
    channels: Option<Vec<String>>,
    channel: Option<String>,
) -> Result<Vec<String>, Refused> {
    let channels = match (channels, channel) {
        (Some(channels), _) => channels,
        (None, Some(channel)) => vec![channel],
        (None, None) => Vec::new(),
    };
    if channels.is_empty() || channels.len() > CHANNELS_PER_TRIGGER_MAX {
        let text = format!("An event must name 1 to {CHANNELS_PER_TRIGGER_MAX} channels");
        return Err(Refused::bad(text));
    }
    for (at, channel) in channels.iter().enumerate() {
        Name::parse(channel)
            .map_err(|invalid| Refused::bad(format!("Invalid channel {at}: {invalid}")))?;
    }
    Ok(channels)
}
