//! Push objects: the shapes inside socket events.
//!
//! REST answers use other shapes for the same nouns; those are in [`super::rest`].

pub mod attachment;
pub mod contact;
pub mod conversation;
pub mod message;
pub mod notification;
pub mod typing;
pub mod user;

pub use attachment::{Attachment, AttachmentKind};
pub use contact::Contact;
pub use conversation::{ContactInbox, Conversation, Meta, Team};
pub use message::{Message, MessageConversation, SourceId};
pub use notification::{CacheKeys, CacheStamps, Notice, Notification, OnlyId};
pub use typing::Typing;
pub use user::{Actor, AgentBot, AgentBotTag, ContactTag, User, UserTag};
