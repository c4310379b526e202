//! What is sent: a method's name and its parameters.

use serde_json::{Value, json};

/// Characters of a text beside a file.
pub const CAPTION_CHARS: usize = 1024;

/// What to send.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Content<'a> {
    /// A text.
    Text(&'a str),
    /// A place, in degrees.
    Location(f64, f64),
    /// A person's card.
    Contact {
        /// The name.
        name: &'a str,
        /// The number.
        number: &'a str,
    },
}

/// What a file is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A picture.
    Photo,
    /// A film.
    Video,
    /// Music.
    Audio,
    /// A voice note.
    Voice,
    /// A sticker.
    Sticker,
    /// Any other file.
    Document,
}

impl FileKind {
    /// The method, and the name of its parameter with the file.
    pub fn method(self) -> (&'static str, &'static str) {
        match self {
            Self::Photo => ("sendPhoto", "photo"),
            Self::Video => ("sendVideo", "video"),
            Self::Audio => ("sendAudio", "audio"),
            Self::Voice => ("sendVoice", "voice"),
            Self::Sticker => ("sendSticker", "sticker"),
            Self::Document => ("sendDocument", "document"),
        }
    }
}

/// Where something is to stand in its chat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spot {
    /// The number of the message that is answered.
    pub answers: Option<i64>,
    /// The topic of a forum; an answer is in its message's anyway.
    pub topic: Option<i64>,
}

impl Spot {
    /// The parameters that say so.
    pub fn parameters(self) -> Option<(&'static str, Value)> {
        let answers = self.answers.map(|it| ("reply_parameters", reply(it)));
        answers.or_else(|| Some(("message_thread_id", json!(self.topic?))))
    }
}

/// The method and its body.
pub fn call(chat: i64, content: Content<'_>, spot: Spot) -> (&'static str, Value) {
    let (method, mut body) = match content {
        Content::Text(text) => ("sendMessage", json!({ "text": text })),
        Content::Location(latitude, longitude) => (
            "sendLocation",
            json!({ "latitude": latitude, "longitude": longitude }),
        ),
        Content::Contact { name, number } => (
            "sendContact",
            json!({ "first_name": name, "phone_number": number }),
        ),
    };
    body["chat_id"] = json!(chat);
    if let Some((name, value)) = spot.parameters() {
        body[name] = value;
    }
    (method, body)
}

/// Another text for a message: beside its file, or alone.
pub fn edit(chat: i64, message: i64, text: &str, has_file: bool) -> (&'static str, Value) {
    let (method, field) = if has_file {
        ("editMessageCaption", "caption")
    } else {
        ("editMessageText", "text")
    };
    let mut body = json!({ "chat_id": chat, "message_id": message });
    body[field] = json!(text);
    (method, body)
}

/// Takes a message back.
pub fn delete(chat: i64, message: i64) -> (&'static str, Value) {
    let body = json!({ "chat_id": chat, "message_id": message });
    ("deleteMessage", body)
}

/// Shows that somebody writes, for five seconds.
pub fn typing(chat: i64) -> (&'static str, Value) {
    let body = json!({ "chat_id": chat, "action": "typing" });
    ("sendChatAction", body)
}

/// An emoji beside a message; an empty one takes ours away.
pub fn react(chat: i64, message: i64, emoji: &str) -> (&'static str, Value) {
    let reaction = match emoji {
        "" => json!([]),
        emoji => json!([{ "type": "emoji", "emoji": emoji }]),
    };
    let body = json!({ "chat_id": chat, "message_id": message, "reaction": reaction });
    ("setMessageReaction", body)
}

/// What is answered; it may be gone by now.
fn reply(number: i64) -> Value {
    json!({ "message_id": number, "allow_sending_without_reply": true })
}
