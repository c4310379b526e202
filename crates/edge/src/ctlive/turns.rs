//! One at a time for each name: so that a file is fetched once, however many posts speak of it at once.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use tokio::sync::Notify;

/// The names that somebody is busy with.
#[derive(Default)]
pub(super) struct Turns {
    busy: Mutex<BTreeSet<String>>,
    freed: Notify,
}

/// Names that nobody else is busy with, until it is dropped.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    names: BTreeSet<String>,
}

impl Turns {
    /// Waits until all of these names are free, and takes them together: two who want the same names in another
    /// order cannot wait for one another.
    pub(super) async fn take(&self, names: BTreeSet<String>) -> Turn<'_> {
        loop {
            let freed = self.freed.notified();
            if self.try_take(&names) {
                return Turn { turns: self, names };
            }
            freed.await;
        }
    }

    fn try_take(&self, names: &BTreeSet<String>) -> bool {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let free = busy.is_disjoint(names);
        if free {
            busy.extend(names.iter().cloned());
        }
        free
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut busy = self
            .turns
            .busy
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        busy.retain(|name| !self.names.contains(name));
        drop(busy);
        self.turns.freed.notify_waiters();
    }
}
