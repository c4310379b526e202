//! How often somebody did something lately: for what strangers do without showing who they are.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Those that are counted at once. When there are more, the oldest counts give way.
const KEYS: usize = 100_000;

/// The counts of this server.
pub(crate) struct Counts<K> {
    /// How many each may in a window; no limit if 0.
    limit: u32,
    window: Duration,
    seen: Mutex<HashMap<K, (Instant, u32)>>,
}

impl<K: Eq + Hash> Counts<K> {
    /// With this many for each in a window; no limit if 0.
    pub(crate) fn new(limit: u32, window: Duration) -> Self {
        Self {
            limit,
            window,
            seen: Mutex::default(),
        }
    }

    /// Counts one more. Returns whether it may be.
    pub(super) fn one_more(&self, key: K, now: Instant) -> bool {
        if self.limit == 0 {
            return true;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= KEYS && !seen.contains_key(&key) {
            seen.retain(|_, (since, _)| now.duration_since(*since) < self.window);
            if seen.len() >= KEYS {
                seen.clear();
            }
        }
        let (since, count) = seen.entry(key).or_insert((now, 0));
        if now.duration_since(*since) >= self.window {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_may_so_many_in_a_window() {
        let window = Duration::from_secs(60);
        let (counts, now) = (Counts::new(2, window), Instant::now());
        assert!(counts.one_more("a", now) && counts.one_more("a", now));
        assert!(!counts.one_more("a", now));
        assert!(counts.one_more("b", now));
        assert!(counts.one_more("a", now + window));
        assert!(Counts::new(0, window).one_more("a", now));
    }
}
