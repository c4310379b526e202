//! `message`: something was said, either way.
//!
//! Section "Object example message". The sample's fields come first, in its order and with its nulls; then those the vendor has added
//! since. A message sent through the API comes back as an event too (`fromMe`, and `fromApp` names the application).

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use super::events::{Event, Item, MessengerItem};
use super::id::{Id, Ref};

/// One message.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message<'a> {
    /// The messenger's id for it.
    pub id: Id<'a>,
    /// Sent through the API.
    pub from_api: bool,
    /// Sent by our side, by whatever means.
    pub from_me: bool,
    /// Which way it went.
    pub side: Side,
    /// Seconds since 1970.
    pub time: i64,
    /// Forwarded from another chat.
    pub is_forwarded: bool,
    /// `text`, `image`, `video`, `document`, `file`, `audio`, `voice`, `sticker`, `location`, `system` and more: an open list.
    #[serde(rename = "type")]
    pub kind: Cow<'a, str>,
    /// A finer type, where there is one.
    pub subtype: Option<Cow<'a, str>>,
    /// What it says.
    pub message: Body<'a>,
    /// The message it answers.
    pub quoted_message: Option<Quoted<'a>>,
    /// Who wrote it; none when the messenger does not say.
    pub from_user: Option<FromUser<'a>>,
    /// Where it was written.
    pub chat: Chat<'a>,
    /// The application that sent it, if one did.
    pub from_app: Option<FromApp<'a>>,
    /// Where the customer came from; JSON that is passed on unread.
    pub utm: Option<&'a RawValue>,
    /// The employee who wrote it, if one did.
    pub created: Option<Ref<i64>>,
    /// The vendor's own id for it; added after the source document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_id: Option<Id<'a>>,
    /// Taken back by its author; added after the source document.
    pub destroyed: bool,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// From the customer.
    In,
    /// To the customer.
    Out,
}

/// What a message says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Body<'a> {
    /// Empty when it is only a file.
    pub text: Cow<'a, str>,
    /// What was written beside the file; empty when nothing was.
    pub caption: Cow<'a, str>,
    /// The file, if there is one.
    pub file: Option<File<'a>>,
}

/// A file; the source document has no sample of one, so both spellings of its type seen in clients are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct File<'a> {
    /// Where to fetch it; it may expire.
    pub link: Cow<'a, str>,
    /// Its name.
    pub name: Cow<'a, str>,
    /// Its media type, as `image/png`.
    pub content_type: Option<Cow<'a, str>>,
    /// The same again, under the name that other clients read.
    pub mime_type: Option<Cow<'a, str>>,
    /// In bytes.
    pub size: Option<u64>,
}

/// The message that a message answers; its fields are ours, since no document shows one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quoted<'a> {
    /// The messenger's id for it.
    pub id: Id<'a>,
    /// Sent by our side.
    pub from_me: bool,
    /// Seconds since 1970, if known.
    pub time: Option<i64>,
    /// As in [`Message::kind`].
    #[serde(rename = "type")]
    pub kind: Cow<'a, str>,
    /// What it says.
    pub message: Body<'a>,
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FromUser<'a> {
    /// The messenger's id for the person.
    pub id: Id<'a>,
    /// The name by which the messenger finds them.
    pub username: Option<Cow<'a, str>>,
    /// The name they show.
    pub name: Option<Cow<'a, str>>,
    /// Digits.
    pub phone: Option<Cow<'a, str>>,
}

/// Where a message was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chat<'a> {
    /// The messenger's id for the chat: `<digits>@c.us`, `private-<user>h<hash>`, `group-<number>` and more.
    pub id: Id<'a>,
    /// Telegram's access hash with its `h`; null elsewhere.
    pub hash: Option<Cow<'a, str>>,
    /// `private` or `group`.
    #[serde(rename = "type")]
    pub kind: Cow<'a, str>,
    /// Digits.
    pub phone: Option<Cow<'a, str>>,
    /// The name by which the messenger finds it.
    pub username: Option<Cow<'a, str>>,
    /// The name it shows.
    pub name: Option<Cow<'a, str>>,
    /// Where its picture is.
    pub image: Option<Cow<'a, str>>,
    /// Added after the source document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Cow<'a, str>>,
}

/// The application that sent a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FromApp<'a> {
    /// As `app_123_1`.
    pub id: Cow<'a, str>,
    /// Whatever the application sent along, by which it knows its own messages again.
    pub tracking: Option<Cow<'a, str>>,
    /// Who wrote through it, in the application's words; added after the source document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Cow<'a, str>>,
}

impl Item for Message<'_> {
    const EVENT: Event = Event::Message;
}

impl MessengerItem for Message<'_> {}

#[cfg(test)]
mod tests;
