//! The time of what is filled in: a year goes by from the first message to the last.

use std::sync::atomic::{AtomicI64, Ordering};

use app::ports::{Clock, SystemClock, whole_micros};
use domain::Timestamp;

/// A year in microseconds.
const YEAR: i64 = 365 * 24 * 3_600_000_000;

/// A clock that is turned by hand.
pub(super) struct Calendar {
    start: i64,
    /// From one message to the next, in microseconds.
    step: i64,
    now: AtomicI64,
}

impl Calendar {
    /// A year with room for so many messages, which ends now.
    pub(super) fn of_the_last_year(messages: u64) -> Self {
        let start = SystemClock.now().as_microsecond() - YEAR;
        let messages = i64::try_from(messages).unwrap_or(i64::MAX).max(1);
        Self {
            start,
            step: YEAR / messages,
            now: AtomicI64::new(start),
        }
    }

    /// It is time for this message.
    pub(super) fn turn_to(&self, message: u64) {
        let message = i64::try_from(message).unwrap_or(i64::MAX);
        let now = self.start.saturating_add(self.step.saturating_mul(message));
        self.now.store(now, Ordering::Relaxed);
    }
}

impl Clock for Calendar {
    fn now(&self) -> Timestamp {
        let now = Timestamp::from_microsecond(self.now.load(Ordering::Relaxed));
        whole_micros(now.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_goes_by_from_the_first_message_to_the_last() {
        let calendar = Calendar::of_the_last_year(365);
        let first = calendar.now();
        calendar.turn_to(364);
        assert_eq!(calendar.now().duration_since(first).as_hours(), 364 * 24);
        assert!(calendar.now() < SystemClock.now());
    }
}
