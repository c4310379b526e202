//! What an inbox behind a Telegram bot has to know, as JSON in the inbox's settings.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where Telegram's own API is.
pub const BASE_URL: &str = "https://api.telegram.org";

/// The settings of one inbox.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TelegramSettings {
    /// The API, without a trailing slash.
    pub base_url: String,
    /// The bot's token.
    pub token: String,
    /// What Telegram shows at our webhook; without one, we ask it for news instead.
    pub webhook_secret: Option<String>,
}

impl Default for TelegramSettings {
    fn default() -> Self {
        Self {
            base_url: BASE_URL.to_owned(),
            token: String::new(),
            webhook_secret: None,
        }
    }
}

impl TelegramSettings {
    /// Reads settings; nothing of them is told when they cannot be read, because they are secret.
    pub fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The settings as the inbox keeps them.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The address of a method.
    pub(super) fn method(&self, name: &str) -> String {
        format!("{}/bot{}/{name}", self.base_url, self.token)
    }

    /// The address of a file.
    pub(super) fn file(&self, path: &str) -> String {
        format!("{}/file/bot{}/{path}", self.base_url, self.token)
    }
}

impl fmt::Debug for TelegramSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TelegramSettings").finish_non_exhaustive()
    }
}
