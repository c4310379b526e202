//! Updates: something was said, or changed after it was said.

use serde::Deserialize;

/// An update.
#[derive(Debug, Clone, Deserialize)]
pub struct Update {
    /// Its number: greater than every one before.
    pub update_id: i64,
    message: Option<Message>,
    edited_message: Option<Message>,
}

/// What an update is.
#[derive(Debug, Clone, Copy)]
pub enum What<'a> {
    /// Something was said.
    Said(&'a Message),
    /// It was changed.
    Edited(&'a Message),
    /// Nothing that concerns us.
    Other,
}

impl Update {
    /// What it is.
    pub fn what(&self) -> What<'_> {
        match (&self.message, &self.edited_message) {
            (Some(message), _) => What::Said(message),
            (None, Some(message)) => What::Edited(message),
            (None, None) => What::Other,
        }
    }
}

/// A message.
#[derive(Debug, Clone, Deserialize)]
pub struct Message {
    /// Its number in its chat.
    pub message_id: i64,
    /// When, in seconds.
    pub date: i64,
    /// Where.
    pub chat: Chat,
    /// Who.
    pub from: Option<User>,
    text: Option<String>,
    caption: Option<String>,
    #[serde(default)]
    photo: Vec<File>,
    document: Option<File>,
    video: Option<File>,
    video_note: Option<File>,
    animation: Option<File>,
    audio: Option<File>,
    voice: Option<File>,
    sticker: Option<File>,
    /// A place.
    pub location: Option<Place>,
    /// A card.
    pub contact: Option<Card>,
    reply_to_message: Option<Answered>,
    forward_origin: Option<serde::de::IgnoredAny>,
}

/// A chat.
#[derive(Debug, Clone, Deserialize)]
pub struct Chat {
    /// Its id.
    pub id: i64,
    /// `private`, `group`, `supergroup` or `channel`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What a group is called.
    pub title: Option<String>,
}

/// Somebody.
#[derive(Debug, Clone, Deserialize)]
pub struct User {
    /// Their id.
    pub id: i64,
    /// The name by which others find them, if they have one.
    pub username: Option<String>,
    first_name: String,
    last_name: Option<String>,
}

/// A file, to be fetched by its id.
#[derive(Debug, Clone, Deserialize)]
pub struct File {
    /// Its id.
    pub file_id: String,
    /// What it is called.
    pub file_name: Option<String>,
}

/// A place, in degrees.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Place {
    /// North.
    pub latitude: f64,
    /// East.
    pub longitude: f64,
}

/// A card.
#[derive(Debug, Clone, Deserialize)]
pub struct Card {
    /// The number.
    pub phone_number: String,
    /// The name.
    pub first_name: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Answered {
    message_id: i64,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// As its type says.
    AsItIs,
    /// A voice note.
    Voice,
    /// A sticker.
    Sticker,
}

impl User {
    /// What they call themselves.
    pub fn name(&self) -> String {
        match &self.last_name {
            Some(last) => format!("{} {last}", self.first_name),
            None => self.first_name.clone(),
        }
    }
}

impl Message {
    /// The text, or what was said beside a file.
    pub fn said(&self) -> Option<&str> {
        self.text.as_deref().or(self.caption.as_deref())
    }

    /// Its file; of a picture's sizes the largest.
    pub fn file(&self) -> Option<(&File, FileKind)> {
        let plain = [
            &self.document,
            &self.video,
            &self.video_note,
            &self.animation,
            &self.audio,
        ];
        let plain = plain.into_iter().find_map(Option::as_ref);
        let voice = self.voice.as_ref().map(|it| (it, FileKind::Voice));
        let sticker = self.sticker.as_ref().map(|it| (it, FileKind::Sticker));
        let file = self.photo.last().or(plain);
        file.map(|it| (it, FileKind::AsItIs)).or(voice).or(sticker)
    }

    /// Whether it was passed on from another chat.
    pub fn is_forwarded(&self) -> bool {
        self.forward_origin.is_some()
    }

    /// The number of the message that it answers.
    pub fn answers(&self) -> Option<i64> {
        self.reply_to_message.as_ref().map(|it| it.message_id)
    }
}
