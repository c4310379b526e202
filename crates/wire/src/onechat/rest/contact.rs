//! A contact as REST answers show it.

use serde::Serialize;

use crate::onechat::json::Json;
use crate::onechat::time::Seconds;
use crate::onechat::words::Availability;

/// One contact. Unlike the push object it has presence and no `type`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contact {
    /// What the server learnt by itself.
    pub additional_attributes: Json,
    /// Online or offline.
    pub availability_status: Availability,
    /// E-mail address.
    pub email: Option<String>,
    /// The contact's number.
    pub id: i64,
    /// Name shown to agents.
    pub name: String,
    /// In E.164 form.
    pub phone_number: Option<String>,
    /// Messages from this contact are not wanted.
    pub blocked: bool,
    /// The account's own name for the contact.
    pub identifier: Option<String>,
    /// Absolute URL of the picture, or empty.
    pub thumbnail: String,
    /// What the account's people keep about contacts.
    pub custom_attributes: Json,
    /// When the contact last did anything; absent when never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_activity_at: Option<Seconds>,
    /// When the contact appeared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Seconds>,
    /// The contact's addresses; absent when they were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_inboxes: Option<Vec<ContactInbox>>,
}

/// A contact's address in an inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContactInbox {
    /// The contact's name there.
    pub source_id: String,
    /// The inbox.
    pub inbox: SlimInbox,
}

/// An inbox in few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SlimInbox {
    /// The inbox's number.
    pub id: i64,
    /// Absolute URL of the picture, or empty.
    pub avatar_url: String,
    /// The number of its carrier settings.
    pub channel_id: i64,
    /// Its name.
    pub name: String,
    /// `Channel::Api` and others.
    pub channel_type: String,
    /// Who runs the carrier, where there is a choice.
    pub provider: Option<String>,
}
