//! Action Cable: the base protocol `actioncable-v1-json`, which a browser or a hand-written client speaks to `/cable`,
//! and the extended one, `actioncable-v1-ext-json`, of clients that want to miss nothing.
//!
//! The socket knows nothing about who is allowed what: a [`Desk`] decides what an identifier means, and
//! [`Cable`] does everything else (greeting, confirmations, pings, goodbyes). The protocol is described by
//! Rails' own `actioncable` library; the OneChat page "Websocket Events" uses it without naming it.
//!
//! Not here: the Origin check, and the meaning of any channel.

pub mod command;
pub mod desk;
mod extended;
pub mod frames;
pub mod limits;
pub mod session;
pub mod settings;
pub mod subprotocol;

pub use desk::{Desk, Params, Seated};
pub use frames::Reason;
pub use session::Cable;
pub use settings::{Extended, Settings};
pub use subprotocol::{Subprotocol, negotiate};
