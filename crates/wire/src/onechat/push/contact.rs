//! A contact as socket events show it.

use serde::Serialize;

use super::user::ContactTag;
use crate::onechat::json::Json;

/// A customer (Websocket Events, `contact_created`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contact {
    /// What the server learnt by itself, such as city and company.
    pub additional_attributes: Json,
    /// What the account's people keep about contacts.
    pub custom_attributes: Json,
    /// E-mail address.
    pub email: Option<String>,
    /// The contact's number.
    pub id: i64,
    /// The account's own name for the contact.
    pub identifier: Option<String>,
    /// Name shown to agents.
    pub name: String,
    /// In E.164 form.
    pub phone_number: Option<String>,
    /// The contact's socket credential. The document shows it, servers since the end of 2021 leave it out, and
    /// so should we wherever anybody but the contact can read it; then the key is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pubsub_token: Option<String>,
    /// Absolute URL of the picture, or empty.
    pub thumbnail: String,
    /// Always `contact`.
    #[serde(rename = "type")]
    pub kind: ContactTag,
    /// Messages from this contact are not wanted.
    pub blocked: bool,
}
