//! The five events about a chat as a whole: tag, status, responsible employee, 24-hour window, read.
//!
//! Sections "Object example chatTag" to "Object example chatRead". The chat is only its id in all of them.

use std::borrow::Cow;

use serde::Serialize;

use super::events::{Event, Item, MessengerItem};
use super::id::{Id, Ref};

/// `chatTag`: a tag was added or taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChatTag<'a> {
    /// Which of the two.
    #[serde(rename = "type")]
    pub kind: TagChange,
    /// The tag.
    pub tag: Tag<'a>,
    /// The chat.
    pub chat: Ref<Id<'a>>,
}

/// What happened to a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TagChange {
    /// It was added.
    Add,
    /// It was taken off.
    Destroy,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tag<'a> {
    /// Ours.
    pub id: i64,
    /// What people read.
    pub name: Cow<'a, str>,
    /// As `#1a2b3c`; the document's sample has seven digits, so nothing is checked.
    pub color: Cow<'a, str>,
    /// Lower comes first.
    pub sort: i64,
    /// The group of tags it is in.
    pub category: Option<TagCategory<'a>>,
}

/// A group of tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TagCategory<'a> {
    /// Ours.
    pub id: i64,
    /// What people read.
    pub name: Cow<'a, str>,
    /// Lower comes first.
    pub sort: i64,
}

/// `chatStatus`: a chat's status was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChatStatus<'a> {
    /// `close`, or another word: an open list.
    #[serde(rename = "type")]
    pub kind: Cow<'a, str>,
    /// The chat.
    pub chat: Ref<Id<'a>>,
}

/// `chatResponsible`: a chat was given to an employee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatResponsible<'a> {
    /// The employee; null when it was taken from everyone.
    pub responsible: Option<Ref<i64>>,
    /// The chat.
    pub chat: Ref<Id<'a>>,
    /// The application that did it, if one did.
    pub from_app: Option<ChangedBy<'a>>,
    /// The employee who did it, if one did.
    pub edited: Option<Ref<i64>>,
}

/// The application that changed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedBy<'a> {
    /// As `app_123_1`.
    pub id: Cow<'a, str>,
    /// What it calls the change. The sample has no such key, so it is there only if the application named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking: Option<Cow<'a, str>>,
}

/// Whether a messenger has 24-hour windows: WhatsApp in any of its kinds (`WhatsApp`, `grWhatsApp`, `caWhatsApp`).
#[must_use]
pub fn has_windows(messenger: &str) -> bool {
    messenger.to_ascii_lowercase().contains("whatsapp")
}

/// `chatConversation`: a 24-hour window opened; WhatsApp only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChatConversation<'a> {
    /// The window.
    pub conversation: Conversation<'a>,
    /// The chat.
    pub chat: Ref<Id<'a>>,
}

/// A window in which we may write freely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation<'a> {
    /// The messenger's id for it.
    pub id: Cow<'a, str>,
    /// WhatsApp's word for who opened it: the business (`BIC`), or the user (`UIC`).
    #[serde(rename = "type")]
    pub kind: Cow<'a, str>,
    /// Seconds since 1970.
    pub start_time: i64,
    /// Seconds since 1970.
    pub end_time: i64,
}

/// `chatRead`: a chat was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChatRead<'a> {
    /// The chat.
    pub chat: Ref<Id<'a>>,
}

impl Item for ChatTag<'_> {
    const EVENT: Event = Event::ChatTag;
}

impl Item for ChatStatus<'_> {
    const EVENT: Event = Event::ChatStatus;
}

impl Item for ChatResponsible<'_> {
    const EVENT: Event = Event::ChatResponsible;
}

impl Item for ChatConversation<'_> {
    const EVENT: Event = Event::ChatConversation;
}

impl Item for ChatRead<'_> {
    const EVENT: Event = Event::ChatRead;
}

impl MessengerItem for ChatTag<'_> {}
impl MessengerItem for ChatStatus<'_> {}
impl MessengerItem for ChatResponsible<'_> {}
impl MessengerItem for ChatConversation<'_> {}
impl MessengerItem for ChatRead<'_> {}

#[cfg(test)]
mod tests;
