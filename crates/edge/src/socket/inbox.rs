//! What the shards are to publish: one queue for each, in one order for all.
//!
//! Whatever is published is put into every shard's queue under one lock, so that all shards have the same order. What
//! somebody does upon an event therefore comes after it for everybody, however far behind another shard is.
//!
//! A publisher outside first waits for [`Room`] while a shard is behind. A session must not wait: it runs on a shard.
//! What it has to tell needs no room; [`Inboxes::is_behind`] says when to stop making more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};

use super::{
    command::Publication,
    limits::{POSTED, PUBLICATIONS},
};

/// One shard's.
pub(super) struct Inbox {
    waiting: Mutex<Waiting>,
    room: Semaphore,
    /// Tells the shard's loop that it sleeps too long.
    pub(super) alarm: Notify,
}

/// Publications for a shard, in order.
#[derive(Default)]
pub(super) struct Waiting {
    pub(super) list: Vec<Arc<Publication>>,
    /// How many of them took room.
    took_room: usize,
}

/// Every shard's.
pub(super) struct Inboxes {
    all: Vec<Inbox>,
    order: Mutex<()>,
}

/// Room for one publication in every queue. Given back by the shards, or when it is dropped.
pub(super) struct Room<'a> {
    inboxes: &'a Inboxes,
    taken: Vec<tokio::sync::SemaphorePermit<'a>>,
}

impl Inbox {
    fn new() -> Self {
        Self {
            waiting: Mutex::default(),
            room: Semaphore::new(PUBLICATIONS),
            alarm: Notify::new(),
        }
    }

    /// Takes what waits, in exchange for an empty list.
    pub(super) fn take(&self, empty: &mut Waiting) {
        std::mem::swap(&mut *lock(&self.waiting), empty);
    }

    /// Gives the room of what was taken back, and forgets it.
    pub(super) fn done(&self, taken: &mut Waiting) {
        taken.list.clear();
        self.room.add_permits(std::mem::take(&mut taken.took_room));
    }

    /// Nobody reads this any more: publishers need not wait for it.
    pub(super) fn close(&self) {
        self.room.close();
    }

    fn put(&self, publication: Arc<Publication>, took_room: bool) {
        let mut waiting = lock(&self.waiting);
        waiting.list.push(publication);
        waiting.took_room += usize::from(took_room);
        drop(waiting);
        self.alarm.notify_one();
    }
}

impl Inboxes {
    pub(super) fn new(shards: usize) -> Self {
        Self {
            all: (0..shards).map(|_| Inbox::new()).collect(),
            order: Mutex::default(),
        }
    }

    pub(super) fn of(&self, shard: usize) -> Option<&Inbox> {
        self.all.get(shard)
    }

    /// Waits until no shard is behind. A shard that has ended never is.
    pub(super) async fn room(&self) -> Room<'_> {
        let mut taken = Vec::with_capacity(self.all.len());
        for inbox in &self.all {
            taken.extend(inbox.room.acquire().await.ok());
        }
        Room {
            inboxes: self,
            taken,
        }
    }

    /// Publishes on every shard without waiting.
    pub(super) fn post(&self, publication: Publication) {
        self.put(publication, false);
    }

    fn put(&self, publication: Publication, took_room: bool) {
        let publication = Arc::new(publication);
        let _in_order = lock(&self.order);
        for inbox in &self.all {
            inbox.put(publication.clone(), took_room);
        }
    }

    /// Whether any shard has too much to read.
    pub(super) fn is_behind(&self) -> bool {
        let mut all = self.all.iter();
        all.any(|inbox| lock(&inbox.waiting).list.len() >= POSTED)
    }
}

impl Room<'_> {
    /// Publishes on every shard.
    pub(super) fn publish(self, publication: Publication) {
        for permit in self.taken {
            permit.forget();
        }
        self.inboxes.put(publication, true);
    }
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}
