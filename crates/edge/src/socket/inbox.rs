//! Publications that cannot wait: those that the shards' own threads make.
//!
//! A publisher outside waits while a shard is behind. A session must not: it runs on a shard. What it has to tell
//! is posted here, once for every shard, in one order for all of them if the posts of a topic are made under one
//! lock. Posting never fails; [`Inboxes::is_behind`] says when to stop making more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::{command::Publication, limits::POSTED};

/// One shard's.
#[derive(Default)]
pub(super) struct Inbox {
    posted: Mutex<Vec<Arc<Publication>>>,
    /// Tells the shard's loop that it sleeps too long.
    pub(super) alarm: Notify,
}

/// Every shard's.
pub(super) struct Inboxes(Vec<Inbox>);

impl Inbox {
    /// Takes what is posted, in exchange for an empty list.
    pub(super) fn take(&self, empty: &mut Vec<Arc<Publication>>) {
        std::mem::swap(&mut *self.lock(), empty);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Publication>>> {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inboxes {
    pub(super) fn new(shards: usize) -> Self {
        Self((0..shards).map(|_| Inbox::default()).collect())
    }

    pub(super) fn of(&self, shard: usize) -> Option<&Inbox> {
        self.0.get(shard)
    }

    /// Posts to every shard.
    pub(super) fn post(&self, publication: Publication) {
        let publication = Arc::new(publication);
        for inbox in &self.0 {
            inbox.lock().push(publication.clone());
            inbox.alarm.notify_one();
        }
    }

    /// Whether any shard has too much to read.
    pub(super) fn is_behind(&self) -> bool {
        self.0.iter().any(|inbox| inbox.lock().len() >= POSTED)
    }
}
