//! OneChat's webhooks: the bodies that an account's hooks, and API inboxes' own addresses, are sent, their signature,
//! and the REST resource that keeps them.
//!
//! The shapes are a mixture that clients rely on: around the push objects of socket events stand objects of their own,
//! with ISO times and words where push objects have numbers. Who is told what, and whether a hook is tried again, is
//! decided elsewhere.

pub mod body;
pub mod changes;
pub mod contact;
pub mod content;
pub mod conversation;
pub mod inbox;
pub mod message;
pub mod name;
pub mod rest;
pub mod signature;

pub use body::{Body, BotBody};
pub use changes::{Change, ChangedAttributes};
pub use contact::{Contact, ContactChanged};
pub use content::PlainText;
pub use conversation::{Conversation, ConversationChanged, Typing, WidgetTriggered};
pub use inbox::{InboxChanged, InboxSettings};
pub use message::{AgentBot, Message, MessageKind, Sender, User};
pub use name::Name;

use serde::Serialize;

/// An account or an inbox, as webhooks name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
}

#[cfg(test)]
mod tests;
