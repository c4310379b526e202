//! Webhooks of what becomes of channels and their members (Pusher's "Webhooks").
//!
//! The [`Herald`] is told by the register, under its locks, and by sessions, and never keeps them waiting: it queues
//! what anybody outside wants. [`run`] gathers that for a moment and owes it to the endpoints, several events to a
//! delivery, in one transaction. From there the one engine delivers, as it does everything else. What happens here is
//! no account's doing, so it is not in the journal; a crash loses what was gathered and not yet owed.

mod dialect;
mod gather;
mod herald;
mod run;

pub(crate) use dialect::PusherHooks;
pub use dialect::{is_endpoint_of, secret_of};
pub(crate) use herald::Herald;
pub use run::run;
