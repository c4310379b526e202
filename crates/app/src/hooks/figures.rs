//! What the hooks' sender counts, and which endpoints failed last.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::EndpointId;

/// Upper ends of the buckets from commit to first attempt, in milliseconds.
pub const FIRST_ATTEMPT_MS: [u64; 8] = [5, 10, 25, 50, 100, 500, 2_000, 10_000];

/// Counters since the start of the process.
#[derive(Default)]
pub struct Figures {
    delivered: AtomicU64,
    failed: AtomicU64,
    disabled: AtomicU64,
    first: [AtomicU64; FIRST_ATTEMPT_MS.len()],
    first_count: AtomicU64,
    first_ms: AtomicU64,
    /// Endpoints whose last attempt failed, and whether somebody was warned.
    failing: Mutex<BTreeMap<EndpointId, bool>>,
}

impl Figures {
    pub(super) fn attempted(&self, endpoint: EndpointId, success: bool) {
        let counter = if success {
            &self.delivered
        } else {
            &self.failed
        };
        counter.fetch_add(1, Ordering::Relaxed);
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if success {
            failing.remove(&endpoint);
        } else {
            failing.entry(endpoint).or_default();
        }
    }

    /// Whether this is the first time that somebody worries about an endpoint since it began to fail.
    pub(super) fn worries(&self, endpoint: EndpointId) -> bool {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        failing
            .get_mut(&endpoint)
            .is_some_and(|worried| !std::mem::replace(worried, true))
    }

    pub(super) fn is_failing(&self, endpoint: EndpointId) -> bool {
        self.failing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(&endpoint)
    }

    pub(super) fn disabled(&self, endpoint: EndpointId) {
        self.disabled.fetch_add(1, Ordering::Relaxed);
        // When it is enabled, it begins anew.
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        failing.remove(&endpoint);
    }

    pub(super) fn first_attempt(&self, after: Duration) {
        let ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        for (bucket, end) in self.first.iter().zip(FIRST_ATTEMPT_MS) {
            if ms <= end {
                bucket.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.first_count.fetch_add(1, Ordering::Relaxed);
        self.first_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Attempts that delivered, attempts that did not, and endpoints disabled.
    pub fn counts(&self) -> [u64; 3] {
        [&self.delivered, &self.failed, &self.disabled].map(|it| it.load(Ordering::Relaxed))
    }

    /// From commit to first attempt: how many within each of [`FIRST_ATTEMPT_MS`], how many in all, and their
    /// sum in milliseconds.
    pub fn first_attempts(&self) -> ([u64; FIRST_ATTEMPT_MS.len()], u64, u64) {
        let load = |it: &AtomicU64| it.load(Ordering::Relaxed);
        (
            self.first.each_ref().map(load),
            load(&self.first_count),
            load(&self.first_ms),
        )
    }
}
