//! `POST /{phone-number-id}/messages`.

use serde_json::{Value, json};

/// What is sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Content<'a> {
    /// A text; addresses in it are shown with a preview.
    Text(&'a str),
    /// A file that Meta fetches.
    File {
        /// What it is shown as.
        kind: FileKind,
        /// Where it is.
        link: &'a str,
        /// What to say beside it.
        caption: Option<&'a str>,
        /// What a document is called.
        filename: Option<&'a str>,
    },
    /// A place.
    Location {
        /// In degrees.
        latitude: f64,
        /// In degrees.
        longitude: f64,
        /// What it is called.
        name: Option<&'a str>,
    },
    /// A person's name and number.
    Contact {
        /// The name.
        name: String,
        /// The number in digits, if one is known.
        number: Option<String>,
    },
    /// An emoji beside a message; an empty one takes ours away.
    Reaction {
        /// Beside which.
        to: &'a str,
        /// The emoji.
        emoji: &'a str,
    },
    /// A message that Meta has approved: the one kind that may be sent when the customer has not written for a day.
    Template(Value),
}

/// What a file is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A sound.
    Audio,
    /// A sticker.
    Sticker,
    /// Any other file.
    Document,
}

impl FileKind {
    fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Sticker => "sticker",
            Self::Document => "document",
        }
    }
}

/// The body. `to` is the number in digits, `context` the id of the message that is answered.
pub fn body(to: &str, content: &Content<'_>, context: Option<&str>) -> Value {
    let (kind, object) = object(content);
    let mut body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": to,
        "type": kind,
    });
    body[kind] = object;
    if let Some(id) = context {
        body["context"] = json!({ "message_id": id });
    }
    body
}

/// Shows that a customer's message was read, and everything before it; with `typing`, that somebody answers, for 25
/// seconds or until the answer comes.
pub fn read(message: &str, typing: bool) -> Value {
    let mut body = json!({
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": message,
    });
    if typing {
        body["typing_indicator"] = json!({ "type": "text" });
    }
    body
}

fn object(content: &Content<'_>) -> (&'static str, Value) {
    match content {
        Content::Text(text) => ("text", json!({ "body": text, "preview_url": true })),
        Content::File {
            kind,
            link,
            caption,
            filename,
        } => {
            let mut file = json!({ "link": link });
            // Sounds and stickers have no caption there.
            let captioned = matches!(kind, FileKind::Image | FileKind::Video | FileKind::Document);
            if let (true, Some(caption)) = (captioned, caption) {
                file["caption"] = json!(caption);
            }
            if let (FileKind::Document, Some(name)) = (kind, filename) {
                file["filename"] = json!(name);
            }
            (kind.word(), file)
        }
        Content::Location {
            latitude,
            longitude,
            name,
        } => {
            let mut place = json!({ "latitude": latitude, "longitude": longitude });
            if let Some(name) = name {
                place["name"] = json!(name);
            }
            ("location", place)
        }
        Content::Contact { name, number } => {
            let mut card = json!({ "name": { "formatted_name": name, "first_name": name } });
            if let Some(number) = number {
                card["phones"] = json!([{ "phone": format!("+{number}"), "wa_id": number }]);
            }
            ("contacts", json!([card]))
        }
        Content::Reaction { to, emoji } => {
            ("reaction", json!({ "message_id": to, "emoji": emoji }))
        }
        Content::Template(template) => ("template", template.clone()),
    }
}

/// A template in the form of OneChat's `template_params`: a name, a language, and the values of its places in order.
pub fn template(params: &Value) -> Option<Value> {
    let name = params["name"].as_str()?;
    let language = params["language"].as_str().unwrap_or("en");
    let mut template = json!({ "name": name, "language": { "code": language } });
    let values = params["processed_params"].as_object();
    let mut values: Vec<(&String, &Value)> = values.into_iter().flatten().collect();
    // Places are numbers as text.
    values.sort_by_key(|(place, _)| place.parse::<u32>().unwrap_or(u32::MAX));
    let texts = values.into_iter().map(|(_, value)| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        json!({ "type": "text", "text": text })
    });
    let texts: Vec<Value> = texts.collect();
    if !texts.is_empty() {
        template["components"] = json!([{ "type": "body", "parameters": texts }]);
    }
    Some(template)
}
