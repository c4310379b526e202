//! Those who act: users and bots, and whoever may stand in a `sender`, `assignee`, `user` or `performer`.

use serde::{Serialize, Serializer};

use super::Contact;
use crate::onechat::words::Availability;

/// An agent or administrator (Websocket Events, `meta.assignee` of `conversation_created`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct User {
    /// The user's number, the same in every account.
    pub id: i64,
    /// Full name.
    pub name: String,
    /// The name shown to contacts: the display name, or else the full one.
    pub available_name: String,
    /// Absolute URL of the picture, or empty.
    pub avatar_url: String,
    /// Always `user`.
    #[serde(rename = "type")]
    pub kind: UserTag,
    /// Presence in the event's account; null outside of any.
    pub availability_status: Option<Availability>,
    /// The same URL as `avatar_url`; today's clients read this one.
    pub thumbnail: String,
}

/// A program that answers contacts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgentBot {
    /// The bot's number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Absolute URL of the picture, or empty.
    pub avatar_url: String,
    /// Always `agent_bot`.
    #[serde(rename = "type")]
    pub kind: AgentBotTag,
}

/// Anybody who can send a message or raise an event.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Actor {
    /// A user of this server.
    User(User),
    /// A customer.
    Contact(Box<Contact>),
    /// A bot.
    AgentBot(AgentBot),
}

/// Declares the constant value of a `type` key.
macro_rules! tag {
    ($(#[$doc:meta])* $name:ident = $text:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $name;

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($text)
            }
        }
    };
}

tag!(
    /// The word `user`.
    UserTag = "user"
);
tag!(
    /// The word `agent_bot`.
    AgentBotTag = "agent_bot"
);
tag!(
    /// The word `contact`.
    ContactTag = "contact"
);
