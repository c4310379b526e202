//! The journal's readers: committed entries as they come, and a cursor that never skips one.
//!
//! The writer publishes each committed group to the [`Feed`] before it answers anybody. A [`Reader`] that keeps
//! up reads memory; one that fell behind reads the store, and cannot tell the difference.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use domain::{ConversationId, Entry, Event};
use tokio::sync::watch;

use crate::{
    Result,
    limits::{BATCH_ENTRIES, FEED_ENTRIES},
    ports::Store,
};

/// Called with each committed group, on the writer's thread before anybody is answered, or on that of whoever
/// follows other nodes. Must be quick.
pub type Observer = Box<dyn Fn(&[Arc<Entry>]) + Send + Sync>;

/// The newest committed entries, as this node has heard of them.
pub struct Feed {
    ring: Mutex<VecDeque<Arc<Entry>>>,
    head: watch::Sender<i64>,
    observers: Mutex<Vec<Observer>>,
}

impl Feed {
    /// A feed of a journal whose newest entry is `head`.
    pub fn new(head: i64) -> Self {
        Self {
            ring: Mutex::new(VecDeque::new()),
            head: watch::Sender::new(head),
            observers: Mutex::new(Vec::new()),
        }
    }

    /// Adds an observer of everything committed from now on.
    pub fn observe(&self, observer: Observer) {
        self.observers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(observer);
    }

    /// Tells what was committed. Only the store calls this, in order and without leaving any out.
    pub fn publish(&self, entries: Vec<Arc<Entry>>) {
        let Some(head) = entries.last().map(|entry| entry.seq) else {
            return;
        };
        for observer in self
            .observers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            observer(&entries);
        }
        {
            let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
            ring.extend(entries.iter().cloned());
            forget_removed(&mut ring, &entries);
            let over = ring.len().saturating_sub(FEED_ENTRIES);
            ring.drain(..over);
        }
        self.head.send_replace(head);
    }

    /// The number of the newest committed entry.
    pub fn head(&self) -> i64 {
        *self.head.borrow()
    }

    /// Waits until there is an entry after this one.
    pub async fn wait_beyond(&self, seq: i64) {
        // An error means that the feed is gone, which cannot be while we hold it.
        drop(self.head.subscribe().wait_for(|&head| head > seq).await);
    }

    /// Up to a batch of entries after `seq` from memory; `None` if memory does not reach back that far.
    fn after(&self, seq: i64) -> Option<Vec<Arc<Entry>>> {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let first = ring.front()?.seq;
        if first > seq + 1 {
            return None;
        }
        let from = ring.partition_point(|entry| entry.seq <= seq);
        Some(
            ring.iter()
                .skip(from)
                .take(BATCH_ENTRIES)
                .cloned()
                .collect(),
        )
    }
}

/// What was said in a conversation that is removed now is told to nobody who reads the past.
fn forget_removed(ring: &mut VecDeque<Arc<Entry>>, news: &[Arc<Entry>]) {
    let removed = news.iter().filter_map(|entry| match &entry.event {
        Event::ConversationRemoved { conversation_id } => Some(*conversation_id),
        _ => None,
    });
    let removed: BTreeSet<ConversationId> = removed.collect();
    if removed.is_empty() {
        return;
    }
    for entry in ring {
        let of = entry.event.conversation_id();
        if let Some(conversation_id) = of.filter(|id| removed.contains(id)) {
            *entry = Arc::new(Entry {
                event: Event::ConversationRemoved { conversation_id },
                ..*entry.as_ref()
            });
        }
    }
}

/// Reads the journal in order from a cursor on.
pub struct Reader {
    feed: Arc<Feed>,
    store: Arc<dyn Store>,
    head: watch::Receiver<i64>,
    cursor: i64,
}

impl Reader {
    /// A reader of everything after `cursor`.
    pub fn new(feed: Arc<Feed>, store: Arc<dyn Store>, cursor: i64) -> Self {
        let head = feed.head.subscribe();
        Self {
            feed,
            store,
            head,
            cursor,
        }
    }

    /// A reader of everything committed from now on.
    pub fn from_now(feed: Arc<Feed>, store: Arc<dyn Store>) -> Self {
        let cursor = feed.head();
        Self::new(feed, store, cursor)
    }

    /// The next entries, waiting until there is at least one. Never skips one; cancelling loses none.
    pub async fn next(&mut self) -> Result<Vec<Arc<Entry>>> {
        // An error means that the feed is gone, which cannot be while we hold it.
        drop(self.head.wait_for(|&head| head > self.cursor).await);
        let batch = match self.feed.after(self.cursor) {
            Some(batch) => batch,
            None => self.read_store()?,
        };
        if let Some(last) = batch.last() {
            self.cursor = last.seq;
        }
        Ok(batch)
    }

    fn read_store(&self) -> Result<Vec<Arc<Entry>>> {
        let limit = i64::try_from(BATCH_ENTRIES).unwrap_or(i64::MAX);
        let entries = self
            .store
            .view(|view| view.read_journal(self.cursor, limit))?;
        Ok(entries.into_iter().map(Arc::new).collect())
    }
}
