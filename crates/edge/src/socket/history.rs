//! What was published in a topic before a connection followed it.
//!
//! The driver keeps none of it. A connection that wants to be told follows the topic first and has everything new held
//! back; then the history is asked, and tells it page by page, as fast as the client reads; with the last page what was
//! held back follows, but for what the pages contained already.

use bytes::Bytes;
use tokio::sync::oneshot;
use wire::session::{Since, Verdicts};

/// A connection that waits to be told what it missed.
pub(crate) struct Missing {
    /// In which topic.
    pub(crate) topic: String,
    /// The number of the last publication that it knows.
    pub(crate) after: u64,
    /// Set if it is more than one topic, or if a time is all that is known.
    pub(crate) several: Option<Box<Several>>,
    pub(crate) whose: Place,
}

/// Topics whose publications are told as one history.
pub(crate) struct Several {
    pub(crate) topics: Vec<String>,
    pub(crate) since: Since,
    pub(crate) verdicts: Option<Verdicts>,
}

/// One subscription of one connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(super) shard: usize,
    pub(super) connection: usize,
    pub(super) generation: u64,
    pub(super) subscription: u32,
}

/// A part of what was missed.
pub(crate) struct Page {
    pub(super) place: Place,
    /// JSON texts, in order.
    pub(super) texts: Vec<Bytes>,
    /// Payloads with their numbers, in order, to be put into the subscription's envelope.
    pub(super) payloads: Vec<(u64, Bytes)>,
    /// What to say after them.
    pub(super) verdict: Option<Bytes>,
    /// On the last page: everything up to this number was told.
    pub(super) end: Option<u64>,
    /// Answered when there is room for another page.
    pub(super) room: oneshot::Sender<()>,
}

/// Where topics have their history.
pub(crate) trait History: Send + Sync {
    /// Somebody follows a topic now and waits. Returns at once; pages follow through
    /// [`Hub::tell_missed`](super::Hub::tell_missed).
    fn wanted(&self, missing: Missing);
}
