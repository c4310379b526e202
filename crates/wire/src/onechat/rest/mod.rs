//! REST objects and the wrappers around them.
//!
//! They resemble the push objects and differ in details that clients depend on, so each has a struct of its own.

pub mod agent;
pub mod bot;
pub mod contact;
pub mod conversation;
pub mod inbox;
pub mod message;
pub mod page;
pub mod profile;

pub use agent::{Agent, Label, Team};
pub use bot::AgentBot;
pub use contact::{Contact, ContactInbox, SlimInbox};
pub use conversation::{Assignee, Conversation, Meta};
pub use inbox::{Inbox, WorkingHours};
pub use message::Message;
pub use page::{
    ContactCount, ContactPage, ConversationCounts, ConversationPage, MessagePage, MessagePageMeta,
    Payload, StatusToggled,
};
pub use profile::{Profile, ProfileAccount, SignedIn};

#[cfg(test)]
mod keys_tests;
