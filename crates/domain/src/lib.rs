//! What the business is: accounts, agents, inboxes, contacts, conversations, messages, and the [`Event`]s that
//! happen to them.
//!
//! Plain values with public fields, and the transitions between them. This room knows no vendor, no database,
//! no clock and no network; nothing here can be serialised, because a serialised type is a promise and promises
//! belong to the rooms that make them (`wire` for the outside, `store` for the journal).

mod account;
mod agent;
mod contact;
mod conversation;
mod document;
mod event;
mod ids;
mod inbox;
mod label;
mod message;
mod notification;
pub mod pace;
mod refusal;
mod session;
mod team;

pub use account::Account;
pub use agent::{Agent, Availability, Role};
pub use contact::{Address, Contact};
pub use conversation::{Conversation, ConversationStatus, Details, Priority, REPLY_WINDOW};
pub use document::{Document, DocumentKind};
pub use event::{Entry, Event, Spoken, Thread, Via};
pub use ids::{
    AccountId, AddressId, AgentId, AppId, ContactId, ConversationId, DeliveryId, DocumentId,
    EndpointId, InboxId, LabelCategoryId, LabelId, MessageId, NotificationId, TeamId, UploadId,
};
pub use inbox::{Habits, Inbox, InboxState};
pub use jiff::Timestamp;
pub use label::{Label, LabelCategory};
pub use message::{
    Attachment, AttachmentKind, Direction, Former, Message, MessageStatus, Sender, StoredFile,
};
pub use notification::{Notification, NotificationChange, NotificationKind, Notified, Wishes};
pub use pace::Pace;
pub use refusal::{Kind, Refusal};
pub use session::{Session, SessionState};
pub use team::Team;
