//! Sending: the body we post to the channel, and the answer it gives.
//!
//! Section "Outbound Message" of the source document. The document sends text, an image and a file; the other kinds are Infobip's and are for
//! channels known to take them. There is no key against sending twice: a repeat after a lost answer may arrive twice.

use serde::Serialize;

use super::bad::BadPost;
use super::status::{self, Outcome, Status};
use super::{fields, limits, post, tolerant};

/// The body of one send, to one customer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Send<'a> {
    scenario_key: &'a str,
    destinations: [Destination<'a>; 1],
    whats_app: WhatsApp<'a>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Destination<'a> {
    to: To<'a>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct To<'a> {
    phone_number: &'a str,
}

/// Which fields a send fills; each text has one meaning per kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outgoing<'a> {
    /// `text` alone.
    Text(&'a str),
    /// `imageUrl`, with `text` as the caption.
    Image {
        /// Fetched by the channel; at most [`limits::URL_BYTES`].
        url: &'a str,
        /// Shown below it.
        caption: Option<&'a str>,
    },
    /// `fileUrl`, with `text` as the file's name.
    File {
        /// Fetched by the channel; at most [`limits::URL_BYTES`].
        url: &'a str,
        /// What the customer sees.
        name: Option<&'a str>,
    },
    /// `audioUrl`; it has no text. Infobip's, not the source document's.
    Audio {
        /// Fetched by the channel; at most [`limits::URL_BYTES`].
        url: &'a str,
    },
    /// `videoUrl`, with `text` as the caption. Infobip's, not the source document's.
    Video {
        /// Fetched by the channel; at most [`limits::URL_BYTES`].
        url: &'a str,
        /// Shown below it.
        caption: Option<&'a str>,
    },
    /// A place. Infobip's, not the source document's.
    Location {
        /// Degrees east, -180 to 180.
        longitude: f64,
        /// Degrees north, -90 to 90.
        latitude: f64,
        /// At most 1000 characters.
        name: Option<&'a str>,
        /// At most 1000 characters.
        address: Option<&'a str>,
    },
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct WhatsApp<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    longitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
}

/// The channel's answer to a send: one entry per destination, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Empty when the channel answered an object without any.
    pub messages: Vec<Answered>,
}

/// What the channel says of one destination.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answered {
    /// The customer's address.
    pub to: Option<String>,
    /// As told; none when it was left out or is not of the documented shape.
    pub status: Option<Status>,
    /// The channel's id for the message, by which reports will call it.
    pub message_id: Option<String>,
}

// === impl Send ===

impl<'a> Send<'a> {
    /// A send to `phone_number`, international digits, through the account that `scenario_key` names.
    #[must_use]
    pub fn new(scenario_key: &'a str, phone_number: &'a str, outgoing: Outgoing<'a>) -> Self {
        let destinations = [Destination {
            to: To { phone_number },
        }];
        Self {
            scenario_key,
            destinations,
            whats_app: outgoing.into(),
        }
    }

    /// The body's bytes, in the document's order of keys.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Writing plain text and finite numbers to memory does not fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl<'a> From<Outgoing<'a>> for WhatsApp<'a> {
    fn from(outgoing: Outgoing<'a>) -> Self {
        let empty = Self::default();
        match outgoing {
            Outgoing::Text(text) => Self {
                text: Some(text),
                ..empty
            },
            Outgoing::Image { url, caption } => Self {
                text: caption,
                image_url: Some(url),
                ..empty
            },
            Outgoing::File { url, name } => Self {
                text: name,
                file_url: Some(url),
                ..empty
            },
            Outgoing::Audio { url } => Self {
                audio_url: Some(url),
                ..empty
            },
            Outgoing::Video { url, caption } => Self {
                text: caption,
                video_url: Some(url),
                ..empty
            },
            Outgoing::Location {
                longitude,
                latitude,
                name,
                address,
            } => Self {
                longitude: Some(longitude),
                latitude: Some(latitude),
                location_name: name,
                address,
                ..empty
            },
        }
    }
}

// === impl Answer ===

impl Answer {
    /// Reads the answer to a send that was accepted.
    ///
    /// Lenient, because the message is on its way whatever the answer looks like: a field that is missing or of another
    /// type is none, and at most [`limits::RESULTS`] entries are kept.
    ///
    /// # Errors
    ///
    /// [`BadPost`] when it is not a JSON object.
    pub fn parse(body: &[u8]) -> Result<Self, BadPost> {
        let (messages, _) = tolerant::read(body, |text| match post::envelope(text, "messages") {
            Ok(messages) => {
                let entries = fields::elements(messages, limits::RESULTS).unwrap_or_default();
                Ok(entries
                    .into_iter()
                    .take(limits::RESULTS)
                    .map(answered)
                    .collect())
            }
            Err(BadPost::Field { path, .. }) if path == "messages" => Ok(Vec::new()),
            Err(bad) => Err(bad),
        })?;
        Ok(Self { messages })
    }
}

impl Answered {
    /// What the entry means; without a status the message counts as queued, since the channel took it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.status
            .as_ref()
            .map_or(Outcome::Queued, |status| status::conclude(status, None))
    }
}

fn answered(json: &str) -> Answered {
    let Ok([to, status, message_id]) = fields::pick(json, ["to", "status", "messageId"]) else {
        return Answered::default();
    };
    let phone = to
        .and_then(|to| fields::pick(to, ["phoneNumber"]).ok())
        .and_then(|[phone]| phone);
    let id = |json| fields::optional("", json, limits::ID_BYTES).ok().flatten();
    Answered {
        to: id(phone),
        status: status.and_then(|status| status::read(status).ok()),
        message_id: id(message_id),
    }
}

#[cfg(test)]
mod tests;
