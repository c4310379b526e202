//! What was published in a topic before a connection followed it.
//!
//! The driver keeps none of it. A connection that wants to be told follows the topic first and has everything new held
//! back; then the history is asked, and tells it page by page, as fast as the client reads; with the last page what was
//! held back follows, but for what the pages contained already.

use std::sync::{Arc, Weak};

use bytes::Bytes;
use tokio::{runtime::Handle, sync::oneshot};
use wire::session::{Since, Verdicts};

use super::{hub::Hub, limits::PAGE_BYTES};

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
    /// JSON texts with their numbers, in order, to be put into the subscription's envelope if it has one.
    pub(super) texts: Vec<(u64, Bytes)>,
    /// What to say after them.
    pub(super) verdict: Option<Bytes>,
    /// On the last page: everything up to this number was told.
    pub(super) end: Option<u64>,
    /// Answered when there is room for another page.
    pub(super) room: oneshot::Sender<()>,
}

/// Where topics have their history.
pub(crate) trait History: Send + Sync {
    /// Somebody follows a topic now and waits. Returns at once; [`Pages`] follow.
    fn wanted(&self, missing: Missing);
}

/// What tells a history. It may take its time.
pub(crate) trait Telling: Send + Sync + 'static {
    /// Tells one connection what it missed.
    fn tell(&self, missing: Missing) -> impl Future<Output = ()> + Send;
}

/// A history that is told beside the sockets: who asks is one of their threads.
pub(crate) struct Beside<T> {
    telling: Arc<T>,
    runtime: Handle,
}

impl<T: Telling> Beside<T> {
    /// Told on the runtime of the caller.
    pub(crate) fn new(telling: T) -> Self {
        Self {
            telling: Arc::new(telling),
            runtime: Handle::current(),
        }
    }
}

impl<T: Telling> History for Beside<T> {
    fn wanted(&self, missing: Missing) {
        let telling = self.telling.clone();
        let told = async move { telling.tell(missing).await };
        drop(self.runtime.spawn(told));
    }
}

/// What one connection is told of what it missed, as fast as it reads.
pub(crate) struct Pages {
    hub: Weak<Hub>,
    place: Place,
    texts: Vec<(u64, Bytes)>,
    bytes: usize,
}

impl Pages {
    pub(crate) fn new(hub: &Weak<Hub>, place: Place) -> Self {
        Self {
            hub: hub.clone(),
            place,
            texts: Vec::new(),
            bytes: 0,
        }
    }

    /// One text more.
    pub(crate) fn add(&mut self, number: u64, text: Bytes) {
        self.bytes += text.len();
        self.texts.push((number, text));
    }

    /// Tells what was added if it is a page, and waits until the client has read it. Returns false if it is gone, or
    /// the server.
    pub(crate) async fn turn(&mut self) -> bool {
        if self.bytes <= PAGE_BYTES {
            return true;
        }
        self.bytes = 0;
        let texts = std::mem::take(&mut self.texts);
        match self.hub.upgrade() {
            Some(hub) => hub.tell_missed(self.place, texts, None, None).await,
            None => false,
        }
    }

    /// Forgets what was added and not told yet.
    pub(crate) fn clear(&mut self) {
        self.texts.clear();
    }

    /// Tells the rest, a verdict after it, and that this was all up to that number.
    pub(crate) async fn end(self, end: u64, verdict: Option<Bytes>) {
        if let Some(hub) = self.hub.upgrade() {
            hub.tell_missed(self.place, self.texts, Some(end), verdict)
                .await;
        }
    }
}
