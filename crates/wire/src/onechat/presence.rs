//! Who is there: the data of `presence.update`.
//!
//! It is a whole snapshot for one reader. Who belongs into it, and for how long after a sign of life, is decided
//! elsewhere.

use std::collections::BTreeMap;

use serde::Serialize;

use super::words::Availability;

/// Availability by number. Keys are written as strings, in ascending numeric order.
pub type Roll = BTreeMap<i64, Availability>;

/// A snapshot (Websocket Events, `presence_update`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Presence<'a> {
    /// The account it describes.
    pub account_id: i64,
    /// Users, also those who are listed as busy or offline.
    pub users: &'a Roll,
    /// Contacts that are online. `None` for a reader who is a contact: then the key is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<&'a Roll>,
}
