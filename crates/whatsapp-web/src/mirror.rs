//! The nouns of the port as rows have them, for wishes that another server grants.

use app::ports;
use domain::{Kind, StoredFile, Timestamp};
use serde::{Deserialize, Serialize};

/// A refusal.
#[derive(Serialize, Deserialize)]
pub(crate) struct Refusal {
    #[serde(with = "KindOf")]
    kind: Kind,
    text: String,
}

impl Refusal {
    pub(crate) fn of(error: &app::Error) -> Self {
        Self {
            kind: error.kind(),
            text: error.public(),
        }
    }
}

impl From<Refusal> for app::Error {
    fn from(it: Refusal) -> Self {
        Self::refused(it.kind, it.text)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Kind")]
enum KindOf {
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    Malformed,
    Invalid,
    TooLarge,
    TooMuch,
    Upstream,
    Unavailable,
    Broken,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "StoredFile")]
pub(crate) struct File {
    key: String,
    name: String,
    content_type: String,
    bytes: i64,
}

/// What is scanned.
#[derive(Serialize, Deserialize)]
pub(crate) struct Qr {
    text: String,
    expires_us: i64,
}

impl From<ports::Qr> for Qr {
    fn from(it: ports::Qr) -> Self {
        Self {
            text: it.text,
            expires_us: it.expires_at.as_microsecond(),
        }
    }
}

impl From<Qr> for ports::Qr {
    fn from(it: Qr) -> Self {
        let expires_at = Timestamp::from_microsecond(it.expires_us);
        Self {
            text: it.text,
            expires_at: expires_at.unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }
}

/// Somebody.
#[derive(Serialize, Deserialize)]
pub(crate) struct Person(#[serde(with = "PersonOf")] pub(crate) ports::Person);

#[derive(Serialize, Deserialize)]
#[serde(remote = "ports::Person")]
struct PersonOf {
    number: String,
    name: Option<String>,
}

/// A group.
#[derive(Serialize, Deserialize)]
pub(crate) struct Group(#[serde(with = "GroupOf")] pub(crate) ports::Group);

#[derive(Serialize, Deserialize)]
#[serde(remote = "ports::Group")]
struct GroupOf {
    id: String,
    name: String,
    members: Vec<String>,
    admins: Vec<String>,
    picture: Option<String>,
    admins_edit: bool,
    admins_send: bool,
    disappear: bool,
    invite: String,
}

/// A change of one.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Change(#[serde(with = "ChangeOf")] pub(crate) ports::GroupChange);

#[derive(Serialize, Deserialize)]
#[serde(remote = "ports::GroupChange")]
enum ChangeOf {
    Add(String),
    Remove(String),
    Promote(String),
    Demote(String),
    Configure {
        admins_edit: Option<bool>,
        admins_send: Option<bool>,
        disappear: Option<bool>,
    },
    Picture(#[serde(with = "File")] StoredFile),
    Leave,
}
