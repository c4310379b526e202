//! What an inbox behind the Cloud API has to know, as JSON in the inbox's settings. The door reads it as well; both
//! ignore fields that they do not know.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where Meta's own API is.
pub const BASE_URL: &str = "https://graph.facebook.com/v21.0";

/// The settings of one inbox.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CloudSettings {
    /// The API with its version, without a trailing slash.
    pub base_url: String,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the business account that the number belongs to, whose templates it may send; empty if nobody said.
    pub business_account_id: String,
    /// The access token.
    pub token: String,
    /// Signs what the webhook brings.
    pub app_secret: String,
    /// What Meta shows when it asks whether the webhook is ours.
    pub verify_token: String,
}

impl Default for CloudSettings {
    fn default() -> Self {
        Self {
            base_url: BASE_URL.to_owned(),
            phone_number_id: String::new(),
            business_account_id: String::new(),
            token: String::new(),
            app_secret: String::new(),
            verify_token: String::new(),
        }
    }
}

impl CloudSettings {
    /// Reads settings; nothing of them is told when they cannot be read, because they are secret.
    pub fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// Where messages go.
    pub(super) fn messages(&self) -> String {
        format!("{}/{}/messages", self.base_url, self.phone_number_id)
    }

    /// The settings as the inbox keeps them.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl fmt::Debug for CloudSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudSettings")
            .field("phone_number_id", &self.phone_number_id)
            .finish_non_exhaustive()
    }
}
