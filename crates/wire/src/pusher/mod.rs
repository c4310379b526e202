//! Pusher Channels, protocol 7, and the HTTP API that publishes into it.
//!
//! Sources: Pusher's "Websocket protocol", "Generating the authentication string" and "HTTP API reference".
//! [`session::Pusher`] is the socket's half: connect, liveness, public, private and encrypted channels, client
//! events, errors and close codes. [`api`] reads the bodies of the HTTP API and [`signature`] checks who sent
//! them. Presence and cache channels, sign-in and the watchlist are refused in words rather than half served.
//!
//! "Channel" is Pusher's word and stays in this module: outside, a channel is the topic [`topic`] names.

pub mod api;
pub mod api_answers;
pub mod app;
pub mod channel;
mod client_event;
pub mod codes;
pub mod command;
mod followed;
pub mod frames;
mod json;
mod liveness;
mod rate;
pub mod request;
pub mod session;
pub mod settings;
pub mod signature;
pub mod socket_id;
pub mod subprotocol;

#[cfg(test)]
mod tests;

pub use app::{App, topic};
pub use codes::Code;
pub use session::{Handshake, Pusher};
pub use settings::Settings;
pub use socket_id::SocketId;
