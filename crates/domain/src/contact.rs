//! The contact, a person who writes to the business, and the address under which one inbox knows them.

use crate::{AccountId, AddressId, ContactId, InboxId, Timestamp};

/// A person who writes to the business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Time-ordered number.
    pub id: ContactId,
    /// Whose contact it is.
    pub account_id: AccountId,
    /// What they are called; their address where nobody told a name.
    pub name: String,
    /// E-mail address, if known.
    pub email: Option<String>,
    /// Telephone number with its leading `+`, if known.
    pub phone: Option<String>,
    /// The business's own key for this person, if it gave one.
    pub identifier: Option<String>,
    /// True if the business does not want to hear from them.
    pub blocked: bool,
    /// Free attributes of the business, an opaque JSON object.
    pub custom_attributes: String,
    /// What was learnt of them besides (city, company, picture), an opaque JSON object.
    pub additional_attributes: String,
    /// Where their picture is kept, if they have one.
    pub picture: Option<String>,
    /// When they first wrote.
    pub created_at: Timestamp,
    /// When anything in this record last changed.
    pub updated_at: Timestamp,
}

/// A contact as seen by one inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Time-ordered number.
    pub id: AddressId,
    /// The person behind it.
    pub contact_id: ContactId,
    /// The inbox that knows them by it.
    pub inbox_id: InboxId,
    /// The network's own name for them (a number, a chat id), unique within the inbox.
    pub source_id: String,
    /// The name the network last told. A contact's name follows it when it changes, so that a name an agent
    /// typed stays until the person renames themselves.
    pub told_name: Option<String>,
    /// True once the person proved to be who they say.
    pub verified: bool,
    /// When first seen.
    pub created_at: Timestamp,
    /// When this record last changed.
    pub updated_at: Timestamp,
}
