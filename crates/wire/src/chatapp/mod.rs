//! ChatApp's events as it broadcasts them over a Pusher socket, and the bodies of its REST calls.
//!
//! The shapes are those of the source document "Receiving inbound events": keys in its order, nulls where it prints nulls. Fields that the
//! vendor has added since stand after them, so that clients written for either are served.
//! The socket itself is Pusher's and lives in [`crate::pusher`]; nothing here sends, signs or stores.

pub mod auth;
pub mod channels;
pub mod chats;
pub mod employees;
pub mod envelope;
pub mod errors;
pub mod events;
pub mod id;
pub mod message;
pub mod message_status;
pub mod rest;
pub mod tokens;

pub use channels::Channel;
pub use events::Event;
pub use id::Id;
