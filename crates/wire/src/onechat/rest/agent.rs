//! The people of an account, their teams and their labels, as REST answers show them.

use serde::Serialize;

use crate::onechat::json::Json;
use crate::onechat::words::{Availability, Role};

/// A user in an account.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agent {
    /// The user's number.
    pub id: i64,
    /// The account.
    pub account_id: i64,
    /// Presence there.
    pub availability_status: Availability,
    /// Whether being disconnected counts as offline.
    pub auto_offline: bool,
    /// The e-mail address was confirmed.
    pub confirmed: bool,
    /// E-mail address.
    pub email: String,
    /// Always `email` here.
    pub provider: String,
    /// The name shown to contacts.
    pub available_name: String,
    /// Absent when empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_attributes: Option<Json>,
    /// Full name.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// Absolute URL of the picture, or empty.
    pub thumbnail: String,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Team {
    /// The team's number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// New conversations find an assignee by themselves.
    pub allow_auto_assign: bool,
    /// The account it belongs to.
    pub account_id: i64,
    /// Whether the caller belongs to it.
    pub is_member: bool,
}

/// A label that conversations and contacts can carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The label's number.
    pub id: i64,
    /// Its name; this is what conversations carry.
    pub title: String,
    /// What it is for.
    pub description: Option<String>,
    /// As `#RRGGBB`.
    pub color: String,
    /// Whether it is offered as a list of its own.
    pub show_on_sidebar: bool,
}
