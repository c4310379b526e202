//! What a bot is answered.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::{Form, words::PhoneStatus};

/// `{"success":true}` and what belongs to it under one name.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Success<T> {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<T>,
}

impl<T> Success<T> {
    /// With its data.
    pub fn with(data: T) -> Self {
        Self {
            success: true,
            data: Some(data),
        }
    }
}

impl Success<()> {
    /// With nothing to tell.
    pub fn plain() -> Self {
        Self {
            success: true,
            data: None,
        }
    }
}

/// The answer to `GET status`.
#[derive(Debug, Clone, Serialize)]
pub struct StatusAnswer<'a> {
    success: bool,
    status: Status<'a>,
}

impl<'a> StatusAnswer<'a> {
    /// A session's status.
    pub fn new(status: Status<'a>) -> Self {
        Self {
            success: true,
            status,
        }
    }
}

/// How a session is (source document, "GET status"; OpenAPI file, `subStatus`).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status<'a> {
    /// Whether it is paired and open.
    pub logged_in: bool,
    /// Whether it shows a QR code.
    pub is_qr: bool,
    /// Whether it is on its way.
    pub loading: bool,
    /// Whether the network cannot be reached.
    pub conn_retry: bool,
    /// What the network says about it.
    pub message: Cow<'a, str>,
    /// What the current form has beside it.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub more: Option<MoreStatus<'a>>,
}

/// What the current form tells of a session besides.
#[derive(Debug, Clone, Serialize)]
pub struct MoreStatus<'a> {
    /// Its state in one word, and whether it can send.
    pub state: State<'a>,
    /// The version of the engine.
    pub version: &'a str,
    /// Its number, if it is paired.
    pub number: Option<&'a str>,
    /// Always true.
    pub multidevice: bool,
}

/// A session's state.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State<'a> {
    /// In a word of WhatsApp's.
    pub state: &'a str,
    /// Whether what is sent now goes at once.
    pub can_send: bool,
}

/// The answer to `sendMessage`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// The chat.
    pub chat_id: String,
    /// The message.
    pub msg_id: String,
}

/// A product (source document, "GET product").
#[derive(Debug, Clone, Serialize)]
pub struct Product<'a> {
    /// Its id.
    pub pid: &'a str,
    /// Where it is told of what happens; empty if nowhere.
    pub webhook: &'a str,
    /// Whether of acknowledgements too.
    pub ack_delivery: Flag,
    /// How many phones it may have.
    pub phone_limit: i64,
}

/// A flag as a form writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// The flag.
    pub on: bool,
    /// The form.
    pub form: Form,
}

impl Serialize for Flag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.form {
            Form::Documented => serializer.serialize_u8(u8::from(self.on)),
            Form::Current => serializer.serialize_bool(self.on),
        }
    }
}

/// A phone in `GET listPhones`.
#[derive(Debug, Clone, Serialize)]
pub struct Phone<'a> {
    /// Its id.
    pub id: i64,
    /// Its number in digits; empty before it is paired.
    pub number: Cow<'a, str>,
    /// How it is; only in the current form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<PhoneStatus>,
}

/// The answer to `POST addPhone`.
#[derive(Debug, Clone, Serialize)]
pub struct NewPhone<'a> {
    /// Its id.
    pub id: i64,
    /// Whose it is.
    pub pid: &'a str,
    /// Its number, if one was given.
    pub number: Option<&'a str>,
}

/// A phone in `GET queues`.
#[derive(Debug, Clone, Serialize)]
pub struct Queue {
    /// The phone.
    pub id: i64,
    /// How it is.
    pub status: PhoneStatus,
    /// How many messages wait.
    pub queue: i64,
}

/// The answer to `GET queues`.
#[derive(Debug, Clone, Serialize)]
pub struct Queues {
    success: bool,
    queues: Vec<Queue>,
}

impl Queues {
    /// These queues.
    pub fn new(queues: Vec<Queue>) -> Self {
        Self {
            success: true,
            queues,
        }
    }
}

/// The answer to `GET {phone}/queue`.
#[derive(Debug, Clone, Serialize)]
pub struct QueueAnswer {
    success: bool,
    stats: Stats,
}

#[derive(Debug, Clone, Serialize)]
struct Stats {
    sending: i64,
    #[serde(flatten)]
    held: Option<Held>,
}

/// What keeps a queue from sending. Ours: the documents have a bare count.
#[derive(Debug, Clone, Serialize)]
pub struct Held {
    /// In a word: `paused`, `closed`, `rate`, `day` or `quiet`.
    pub held: &'static str,
    /// In a sentence.
    pub because: String,
    /// Until when, in seconds since 1970, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

impl QueueAnswer {
    /// So many wait, and for that.
    pub fn new(sending: i64, held: Option<Held>) -> Self {
        Self {
            success: true,
            stats: Stats { sending, held },
        }
    }
}

/// The answer to `redeploy`.
#[derive(Debug, Clone, Serialize)]
pub struct Redeployed {
    success: bool,
    message: String,
}

impl Redeployed {
    /// This phone was.
    pub fn new(phone: i64) -> Self {
        Self {
            success: true,
            message: format!("Phone {phone} is restarted."),
        }
    }
}

/// The answer to `delete`.
#[derive(Debug, Clone, Serialize)]
pub struct Deleted<'a> {
    success: bool,
    #[serde(rename = "type")]
    kind: &'static str,
    pid: &'a str,
    phone_id: i64,
}

impl<'a> Deleted<'a> {
    /// This phone was.
    pub fn new(pid: &'a str, phone_id: i64) -> Self {
        Self {
            success: true,
            kind: "deleted",
            pid,
            phone_id,
        }
    }
}

/// The answer to `GET {phone}/config` and `POST {phone}/config`.
#[derive(Debug, Clone, Serialize)]
pub struct ConfigAnswer<'a> {
    success: bool,
    status: ConfigStatus<'a>,
}

#[derive(Debug, Clone, Serialize)]
struct ConfigStatus<'a> {
    webhook: &'a str,
    ack_delivery: bool,
}

impl<'a> ConfigAnswer<'a> {
    /// What a phone has of its own.
    pub fn new(webhook: &'a str, ack_delivery: bool) -> Self {
        Self {
            success: true,
            status: ConfigStatus {
                webhook,
                ack_delivery,
            },
        }
    }
}

/// A chat in `GET contacts`.
#[derive(Debug, Clone, Serialize)]
pub struct Contact<'a> {
    /// `…@c.us` or `…@g.us`.
    pub id: Cow<'a, str>,
    /// What it is called.
    pub name: Cow<'a, str>,
    /// Which of the two it is.
    #[serde(rename = "type")]
    pub kind: ContactKind,
    /// Its picture's address, where one chat is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Cow<'a, str>>,
}

/// What a chat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactKind {
    /// One person.
    Chat,
    /// A group.
    Group,
}

/// The answer to `GET getGroups`.
#[derive(Debug, Clone, Serialize)]
pub struct Groups<T> {
    success: bool,
    /// On this page.
    count: usize,
    total: usize,
    limit: usize,
    page: usize,
    data: Vec<T>,
}

impl<T> Groups<T> {
    /// A page of so many.
    pub fn new(data: Vec<T>, total: usize, limit: usize, page: usize) -> Self {
        Self {
            success: true,
            count: data.len(),
            total,
            limit,
            page,
            data,
        }
    }
}

/// An entry in `GET logs`.
#[derive(Debug, Clone, Serialize)]
pub struct Log<'a, T> {
    /// The message's number.
    pub id: i64,
    /// The product.
    pub pid: &'a str,
    /// The phone.
    pub phone: i64,
    /// When it was said.
    pub created_at: String,
    /// When that last changed.
    pub updated_at: String,
    /// Which way it went, or that it failed.
    #[serde(rename = "type")]
    pub kind: LogKind,
    /// What it was.
    pub data: T,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogKind {
    /// To us.
    Incoming,
    /// From us.
    Outgoing,
    /// From us, and it failed.
    Error,
}

/// The answer to `GET logs`.
#[derive(Debug, Clone, Serialize)]
pub struct Logs<T> {
    /// How many there are, as text.
    pub count: String,
    /// The newest.
    pub list: Vec<T>,
}
