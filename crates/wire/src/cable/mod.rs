//! Action Cable, base protocol `actioncable-v1-json`: what a browser or a hand-written client says to `/cable`.
//!
//! The socket knows nothing about who is allowed what: a [`Desk`] decides what an identifier means, and
//! [`Cable`] does everything else (greeting, confirmations, pings, goodbyes). The protocol is described by
//! Rails' own `actioncable` library; the OneChat page "Websocket Events" uses it without naming it.
//!
//! Not here: the extended protocol `actioncable-v1-ext-json` (history, restored connections, presence, whispers),
//! the Origin check, and the meaning of any channel.

pub mod command;
pub mod desk;
pub mod frames;
pub mod limits;
pub mod session;
pub mod settings;
pub mod subprotocol;

pub use desk::{Desk, Params, Seated};
pub use frames::Reason;
pub use session::Cable;
pub use settings::Settings;
pub use subprotocol::{Subprotocol, negotiate};
