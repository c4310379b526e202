//! Pusher Channels, protocol 7, and the HTTP API that publishes into it.
//!
//! Sources: Pusher's "Websocket protocol", "Generating the authentication string" and "HTTP API reference".
//! [`session::Pusher`] is the socket's half: connect, liveness, every kind of channel, client events, sign-in and
//! watchlist, errors and close codes. What connections know of one another it asks of a [`Desk`]. [`api`] and
//! [`queries`] read what the HTTP API is asked, [`api_answers`] writes its answers, and [`signature`] and
//! [`request`] check who asks.
//!
//! "Channel" is Pusher's word and stays in this module: outside, a channel is the topic [`topic`] names.

pub mod api;
pub mod api_answers;
pub mod app;
pub mod channel;
mod client_event;
pub mod codes;
pub mod command;
pub mod desk;
mod followed;
pub mod frames;
mod json;
mod liveness;
pub mod member;
pub mod people_frames;
pub mod queries;
mod rate;
pub mod request;
pub mod resume;
pub mod session;
pub mod settings;
mod sign_in;
pub mod signature;
pub mod socket_id;
pub mod subprotocol;
mod subscribe;

#[cfg(test)]
mod tests;

pub use app::{App, topic, user_topic, watch_topic};
pub use codes::Code;
pub use desk::{Desk, Said, Seat};
pub use member::Member;
pub use session::{Handshake, Pusher};
pub use settings::Settings;
pub use socket_id::SocketId;
