//! Updates: something was said, or changed after it was said, or an emoji was put beside it.

use serde::Deserialize;

/// The kinds of updates that are understood, to be asked for by name: Telegram leaves emoji out otherwise.
pub const ALLOWED: [&str; 5] = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "message_reaction",
];

/// An update.
#[derive(Debug, Clone, Deserialize)]
pub struct Update {
    /// Its number: greater than every one before.
    pub update_id: i64,
    message: Option<Message>,
    edited_message: Option<Message>,
    channel_post: Option<Message>,
    edited_channel_post: Option<Message>,
    message_reaction: Option<Reacted>,
}

/// What an update is.
#[derive(Debug, Clone, Copy)]
pub enum What<'a> {
    /// Something was said.
    Said(&'a Message),
    /// It was changed.
    Edited(&'a Message),
    /// Somebody put an emoji beside a message, or took one away.
    Reacted(&'a Reacted),
    /// Nothing that concerns us.
    Other,
}

impl Update {
    /// What it is.
    pub fn what(&self) -> What<'_> {
        let said = self.message.as_ref().or(self.channel_post.as_ref());
        let edited = &self.edited_message;
        let edited = edited.as_ref().or(self.edited_channel_post.as_ref());
        match (said, edited, &self.message_reaction) {
            (Some(message), ..) => What::Said(message),
            (None, Some(message), _) => What::Edited(message),
            (None, None, Some(reacted)) => What::Reacted(reacted),
            (None, None, None) => What::Other,
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
    venue: Option<Venue>,
    poll: Option<Poll>,
    dice: Option<Dice>,
    reply_to_message: Option<Answered>,
    message_thread_id: Option<i64>,
    #[serde(default)]
    is_topic_message: bool,
    forward_origin: Option<serde::de::IgnoredAny>,
    /// The group has become a supergroup with this id: nothing more is said here.
    pub migrate_to_chat_id: Option<i64>,
    /// This supergroup was the group with that id.
    pub migrate_from_chat_id: Option<i64>,
}

/// An emoji was put beside a message, or taken away.
#[derive(Debug, Clone, Deserialize)]
pub struct Reacted {
    /// Where.
    pub chat: Chat,
    /// Beside which message.
    pub message_id: i64,
    /// Who; nobody is told where they are anonymous.
    pub user: Option<User>,
    /// When, in seconds.
    pub date: i64,
    #[serde(default)]
    new_reaction: Vec<Reaction>,
}

#[derive(Debug, Clone, Deserialize)]
struct Reaction {
    /// Absent where it is no common emoji.
    emoji: Option<String>,
}

impl Reacted {
    /// What stands beside the message now; nothing if it was taken away.
    pub fn emoji(&self) -> Option<String> {
        let all = self.new_reaction.iter();
        let all: String = all
            .map(|it| it.emoji.as_deref().unwrap_or("\u{2b50}"))
            .collect();
        Some(all).filter(|it| !it.is_empty())
    }
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
    first_name: String,
    last_name: Option<String>,
}

impl Card {
    /// The name.
    pub fn name(&self) -> String {
        full_name(&self.first_name, self.last_name.as_deref())
    }
}

#[derive(Debug, Clone, Deserialize)]
struct Venue {
    title: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Poll {
    question: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Dice {
    emoji: String,
    value: i64,
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
        full_name(&self.first_name, self.last_name.as_deref())
    }
}

fn full_name(first: &str, last: Option<&str>) -> String {
    match last {
        Some(last) => format!("{first} {last}"),
        None => first.to_owned(),
    }
}

impl Message {
    /// The text, or what was said beside a file.
    pub fn said(&self) -> Option<&str> {
        self.text.as_deref().or(self.caption.as_deref())
    }

    /// A word for what has no text and no file: better than silence.
    pub fn described(&self) -> Option<String> {
        let poll = self.poll.as_ref();
        let poll = poll.map(|it| format!("[poll] {}", it.question));
        let dice = self.dice.as_ref();
        poll.or_else(|| dice.map(|it| format!("{} {}", it.emoji, it.value)))
    }

    /// What its place is called.
    pub fn place_name(&self) -> Option<String> {
        self.venue.as_ref().map(|it| it.title.clone())
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
        let number = self.reply_to_message.as_ref().map(|it| it.message_id);
        // Whatever is said in a topic answers the message that began it, as far as Telegram is concerned.
        number.filter(|it| Some(*it) != self.topic())
    }

    /// The topic of a forum in which it was said.
    pub fn topic(&self) -> Option<i64> {
        self.message_thread_id.filter(|_| self.is_topic_message)
    }
}
