//! The time, passed in so that tests can move it.

use domain::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, in microseconds at least.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // Whole microseconds: what is stored and what is told are then the same.
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}
