//! What the engine counts, and which receivers failed last.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::EndpointId;

use super::Receiver;
use crate::hooks::{Endpoint, EndpointState};

/// Upper ends of the buckets from commit to first attempt, in milliseconds.
pub const FIRST_ATTEMPT_MS: [u64; 8] = [5, 10, 25, 50, 100, 500, 2_000, 10_000];

/// What an attempt says of its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It took what it was given.
    Took,
    /// It refused this one thing for good, and is well.
    Refused,
    /// It did not take it, and may not take the next one.
    Failed,
}

/// A change of an endpoint's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It is posted to, again or at last.
    Active,
    /// Its owner paused it.
    Paused,
    /// It failed for too long, or said that it is gone.
    Disabled,
}

/// Counters since the start of the process.
#[derive(Default)]
pub struct Figures {
    /// To endpoints, to inboxes and to the mail server: taken, and not taken.
    attempts: [[AtomicU64; 2]; 3],
    first: [AtomicU64; FIRST_ATTEMPT_MS.len()],
    first_count: AtomicU64,
    first_ms: AtomicU64,
    /// Receivers whose last attempt failed, and whether somebody was warned.
    failing: Mutex<BTreeMap<Receiver, bool>>,
    states: Mutex<States>,
}

/// The states of endpoints as last seen, and how often each was entered.
#[derive(Default)]
struct States {
    known: BTreeMap<EndpointId, Change>,
    entered: BTreeMap<Change, u64>,
}

impl Figures {
    pub(super) fn attempted(&self, to: Receiver, verdict: Verdict) {
        let [to_endpoints, to_inboxes, to_mail] = &self.attempts;
        let [taken, not_taken] = match to {
            Receiver::Endpoint(_) => to_endpoints,
            Receiver::Inbox(_) => to_inboxes,
            Receiver::Mail(_) => to_mail,
        };
        let counter = if verdict == Verdict::Took {
            taken
        } else {
            not_taken
        };
        counter.fetch_add(1, Ordering::Relaxed);
        let mut failing = self.failing();
        if verdict == Verdict::Failed {
            failing.entry(to).or_default();
        } else {
            failing.remove(&to);
        }
    }

    /// Whether this is the first time that somebody worries about a receiver since it began to fail.
    pub(super) fn worries(&self, to: Receiver) -> bool {
        self.failing()
            .get_mut(&to)
            .is_some_and(|worried| !std::mem::replace(worried, true))
    }

    pub(super) fn is_failing(&self, to: Receiver) -> bool {
        self.failing().contains_key(&to)
    }

    /// How many receivers are failing, if this is one of them; else 0.
    pub(super) fn failing_count(&self, to: Receiver) -> u32 {
        let failing = self.failing();
        if !failing.contains_key(&to) {
            return 0;
        }
        u32::try_from(failing.len()).unwrap_or(u32::MAX)
    }

    /// When it takes things again, it begins anew.
    pub(super) fn closed(&self, to: Receiver) {
        self.failing().remove(&to);
    }

    fn failing(&self) -> MutexGuard<'_, BTreeMap<Receiver, bool>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Counts what has changed since endpoints were last seen. The first sight of one is no change.
    pub(crate) fn see<'a>(&self, endpoints: impl Iterator<Item = &'a Endpoint>) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let States { known, entered } = &mut *states;
        let seen: BTreeMap<EndpointId, Change> =
            endpoints.map(|it| (it.id, Change::of(&it.state))).collect();
        for (id, state) in &seen {
            if known.get(id).is_some_and(|before| before != state) {
                *entered.entry(*state).or_default() += 1;
            }
        }
        *known = seen;
    }

    /// Attempts at endpoints, at inboxes and at the mail server: how many were taken, and how many were not.
    pub fn attempts(&self) -> [[u64; 2]; 3] {
        let load = |it: &AtomicU64| it.load(Ordering::Relaxed);
        self.attempts.each_ref().map(|it| it.each_ref().map(load))
    }

    /// How often endpoints have entered a state.
    pub fn entered(&self, state: Change) -> u64 {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.entered.get(&state).copied().unwrap_or(0)
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

impl Change {
    fn of(state: &EndpointState) -> Self {
        match state {
            EndpointState::Active => Self::Active,
            EndpointState::Paused => Self::Paused,
            EndpointState::Disabled { .. } => Self::Disabled,
        }
    }
}
