//! The socket driver: owns every WebSocket of this node, its clock and its outgoing queue, and knows no protocol.
//!
//! A connection is upgraded by HTTP ([`upgrade`]) and then belongs to one [`shard`], a thread with its own event
//! loop. The [`Hub`] hands a publication to each shard once; the shard appends it to each follower's queue and
//! writes the queues out, many frames to a system call. No task is woken per delivery.

mod command;
mod connection;
mod history;
mod hub;
mod inbox;
mod interest;
pub(crate) mod limits;
mod shard;
mod topics;
pub(crate) mod upgrade;

#[cfg(test)]
pub(crate) use command::Arrival;
pub(crate) use command::Publication;
pub(crate) use history::{Beside, History, Missing, Pages, Several, Telling};
pub use hub::{Hub, HubHandle};
