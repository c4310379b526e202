//! The caller's own profile, which is also where a client finds its socket token.

use serde::Serialize;

use crate::onechat::json::Json;
use crate::onechat::time::Iso;
use crate::onechat::words::{Availability, Role};

/// Body of `GET /api/v1/profile`.
#[derive(Clone, PartialEq, Serialize)]
pub struct Profile {
    /// The value of the `api_access_token` header.
    pub access_token: String,
    /// The account in use.
    pub account_id: Option<i64>,
    /// The name shown to contacts.
    pub available_name: String,
    /// Absolute URL of the picture, or empty.
    pub avatar_url: String,
    /// The e-mail address was confirmed.
    pub confirmed: bool,
    /// The name shown to contacts, if it is not the full one.
    pub display_name: Option<String>,
    /// Put under outgoing messages.
    pub message_signature: Option<String>,
    /// E-mail address.
    pub email: String,
    /// The user's number.
    pub id: i64,
    /// Who invited the user.
    pub inviter_id: Option<i64>,
    /// Full name.
    pub name: String,
    /// Always `email` here.
    pub provider: String,
    /// Names and opens the user's socket subscription.
    pub pubsub_token: String,
    /// Absent when empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_attributes: Option<Json>,
    /// What the user may do in the account in use.
    pub role: Option<Role>,
    /// The client's own settings.
    pub ui_settings: Json,
    /// The e-mail address once more.
    pub uid: String,
    /// `SuperAdmin`, or null.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// All accounts of the user.
    pub accounts: Vec<ProfileAccount>,
}

impl std::fmt::Debug for Profile {
    /// Without the two tokens.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile")
            .field("id", &self.id)
            .field("uid", &self.uid)
            .finish_non_exhaustive()
    }
}

/// An account of the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProfileAccount {
    /// The account's number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// `active` or `suspended`.
    pub status: String,
    /// How far a new account is set up; null when done.
    pub onboarding_step: Option<String>,
    /// When the user last worked in it.
    pub active_at: Option<Iso>,
    /// What the user may do there.
    pub role: Role,
    /// The role once more, as a list.
    pub permissions: Vec<String>,
    /// What the user set.
    pub availability: Availability,
    /// What others see.
    pub availability_status: Availability,
    /// Whether being disconnected counts as offline.
    pub auto_offline: bool,
}

/// Body of a successful `POST /auth/sign_in`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SignedIn {
    /// Who signed in.
    pub data: Profile,
}
