//! A contact as webhooks show it: no `type`, its picture twice, its account inside.

use serde::Serialize;

use super::{ChangedAttributes, Named};
use crate::onechat::json::Json;
use crate::onechat::push;

/// Data of `contact_created`, and the contact wherever webhooks show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// The account it belongs to.
    pub account: Named,
    /// What the server learnt by itself.
    pub additional_attributes: Json,
    /// Absolute URL of the picture, or empty.
    pub avatar: String,
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
    /// The same URL as `avatar`.
    pub thumbnail: String,
    /// Messages from this contact are not wanted.
    pub blocked: bool,
}

/// Data of `contact_updated`. Nothing is sent when nothing changed.
#[derive(Debug, Clone, Serialize)]
pub struct ContactChanged {
    /// As it is now.
    #[serde(flatten)]
    pub contact: Contact,
    /// What changed.
    pub changed_attributes: ChangedAttributes,
}

impl Contact {
    /// From the contact of socket events. Its socket credential is left behind.
    pub fn from_push(contact: push::Contact, account: Named) -> Self {
        Self {
            account,
            additional_attributes: contact.additional_attributes,
            avatar: contact.thumbnail.clone(),
            custom_attributes: contact.custom_attributes,
            email: contact.email,
            id: contact.id,
            identifier: contact.identifier,
            name: contact.name,
            phone_number: contact.phone_number,
            thumbnail: contact.thumbnail,
            blocked: contact.blocked,
        }
    }
}
