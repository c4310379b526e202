//! How many connections an application has on this node, and how many it may have.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Every application's connections, by its id.
#[derive(Default)]
pub(super) struct Quotas(Mutex<HashMap<Box<str>, Arc<AtomicUsize>>>);

/// One connection's place, given back when it is dropped.
pub(super) struct Place(Arc<AtomicUsize>);

impl Quotas {
    /// A place, if the application has fewer connections than it may.
    pub(super) fn take(&self, app_id: &str, max: usize) -> Option<Place> {
        let taken = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match all.get(app_id) {
                Some(taken) => taken.clone(),
                None => all.entry(app_id.into()).or_default().clone(),
            }
        };
        let one_more = |it: usize| (it < max).then_some(it + 1);
        taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .ok()?;
        Some(Place(taken))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_taken_once_and_given_back() {
        let quotas = Quotas::default();
        let places = [quotas.take("1", 2), quotas.take("1", 2)];
        assert!(places.iter().all(Option::is_some));
        assert!(quotas.take("1", 2).is_none());
        assert!(quotas.take("2", 1).is_some(), "another application's");
        drop(places);
        assert!(quotas.take("1", 1).is_some());
    }
}
