//! The bodies of OneChat: what its page "Websocket Events" shows, and what clients of today's
//! Chatwoot-compatible servers read besides.
//!
//! Field names and JSON types are the document's; the keys it shows come first and in its order, later
//! additions follow. Everything here is plain data: no lookups, no rules about who may see what, no clock.
//!
//! The socket underneath is [`crate::cable`].

pub mod client;
pub mod condition;
pub mod errors;
pub mod event;
pub mod json;
pub mod loose;
pub mod params;
pub mod presence;
pub mod push;
pub mod request;
pub mod rest;
pub mod room;
pub mod time;
pub mod upload;
pub mod webhook;
pub mod words;

pub use event::{Event, Name};
pub use json::Json;
pub use params::Params;
pub use room::Room;
pub use time::{FloatSeconds, Iso, Seconds};
