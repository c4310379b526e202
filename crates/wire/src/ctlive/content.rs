//! What one inbound message says: the `message` object of an item.
//!
//! The source document documents `TEXT`, `IMAGE` and `DOCUMENT`; the others are Infobip's, which it points at. A type we do not know is
//! kept as JSON and never refused, so that a newer sender loses nothing.

use super::bad::{Bad, Problem};
use super::{fields, limits};

/// The content of an inbound message.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// `TEXT`.
    Text {
        /// Never blank.
        text: String,
    },
    /// `IMAGE`, `VIDEO`, `AUDIO`, `VOICE` or `STICKER`.
    Media {
        /// Which of them.
        kind: MediaKind,
        /// Where to fetch it, once; it may expire.
        url: String,
        /// What the customer wrote beside it.
        caption: Option<String>,
    },
    /// `DOCUMENT`.
    Document {
        /// Where to fetch it, once; it may expire.
        url: String,
        /// The field `caption`, which section "Document message" gives the meaning of a file name.
        file_name: Option<String>,
    },
    /// `LOCATION`.
    Location {
        /// Degrees north, -90 to 90.
        latitude: f64,
        /// Degrees east, -180 to 180.
        longitude: f64,
        /// The place's name.
        name: Option<String>,
        /// The place's postal address.
        address: Option<String>,
        /// A page about the place; unchecked, for display only.
        url: Option<String>,
    },
    /// `CONTACT`.
    Contact {
        /// The array `contacts` as it was written.
        json: String,
    },
    /// `BUTTON` or one of `INTERACTIVE_…`: the customer chose what was offered.
    Reply {
        /// The type, in capitals.
        kind: String,
        /// What the customer saw: the button's `text` or the choice's `title`.
        text: String,
        /// What the offer's author attached: the button's `payload` or the choice's `id`.
        payload: Option<String>,
        /// The whole `message` object as it was written.
        json: String,
    },
    /// A type we do not know, or a reply without anything to show.
    Raw {
        /// The type, in capitals.
        kind: String,
        /// The whole `message` object as it was written, at most [`limits::RAW_BYTES`].
        json: String,
    },
}

/// What a media message carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound, as a file.
    Audio,
    /// Sound, spoken into the phone.
    Voice,
    /// A sticker; it has no caption in any document, but one is kept if sent.
    Sticker,
}

/// Reads the `message` object, and the id of the message it quotes if it says so itself (`context.id`).
pub(super) fn read(message: &str) -> Result<(Content, Option<String>), Bad> {
    let names = [
        "type",
        "text",
        "caption",
        "url",
        "latitude",
        "longitude",
        "name",
        "address",
        "contacts",
        "payload",
        "id",
        "title",
        "context",
    ];
    let [
        kind,
        text,
        caption,
        url,
        latitude,
        longitude,
        name,
        address,
        contacts,
        payload,
        id,
        title,
        context,
    ] = fields::object("message", message, names)?;
    let mut kind = fields::required("message.type", kind, limits::ID_BYTES)?;
    kind.make_ascii_uppercase();
    let media = |kind| {
        let url = fields::url("message.url", url)?;
        let caption = fields::optional("message.caption", caption, limits::TEXT_BYTES)?;
        Ok(Content::Media { kind, url, caption })
    };
    let content = match kind.as_str() {
        "TEXT" => Content::Text {
            text: fields::required("message.text", text, limits::TEXT_BYTES)?,
        },
        "IMAGE" => media(MediaKind::Image)?,
        "VIDEO" => media(MediaKind::Video)?,
        "AUDIO" => media(MediaKind::Audio)?,
        "VOICE" => media(MediaKind::Voice)?,
        "STICKER" => media(MediaKind::Sticker)?,
        "DOCUMENT" => Content::Document {
            url: fields::url("message.url", url)?,
            file_name: fields::optional("message.caption", caption, limits::TEXT_BYTES)?,
        },
        "LOCATION" => Content::Location {
            latitude: fields::coordinate("message.latitude", latitude, 90.0)?,
            longitude: fields::coordinate("message.longitude", longitude, 180.0)?,
            name: fields::optional("message.name", name, limits::NAME_BYTES)?,
            address: fields::optional("message.address", address, limits::NAME_BYTES)?,
            url: fields::optional("message.url", url, limits::URL_BYTES)?,
        },
        "CONTACT" if contacts.is_some_and(|contacts| contacts.starts_with('[')) => {
            Content::Contact {
                json: kept("message.contacts", contacts.unwrap_or_default())?,
            }
        }
        _ => other(kind, message, [text.or(title), payload.or(id)])?,
    };
    Ok((content, quoted(context)))
}

/// A reply if it is one and says something, otherwise the JSON as it is.
///
/// These types are none of the source document's, so a field of another type than we expect is left to whoever reads the JSON.
fn other(kind: String, message: &str, said: [Option<&str>; 2]) -> Result<Content, Bad> {
    let json = kept("message", message)?;
    let [text, payload] = said.map(|json| {
        fields::optional("message", json, limits::TEXT_BYTES)
            .ok()
            .flatten()
    });
    Ok(match text {
        Some(text) if kind == "BUTTON" || kind.starts_with("INTERACTIVE_") => Content::Reply {
            kind,
            text,
            payload,
            json,
        },
        _ => Content::Raw { kind, json },
    })
}

fn quoted(context: Option<&str>) -> Option<String> {
    let [id] = fields::pick(context?, ["id"]).ok()?;
    fields::optional("message.context.id", id, limits::ID_BYTES)
        .ok()
        .flatten()
}

/// JSON to be stored unread, within limits.
fn kept(field: &'static str, json: &str) -> Result<String, Bad> {
    if json.len() > limits::RAW_BYTES {
        return Err(Bad::new(
            field,
            Problem::TooLong {
                limit_bytes: limits::RAW_BYTES,
            },
        ));
    }
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in json.bytes() {
        if in_string {
            (in_string, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\');
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    if deepest > limits::RAW_DEPTH {
        return Err(Bad::new(field, Problem::TooDeep));
    }
    Ok(json.to_owned())
}

#[cfg(test)]
mod tests;
