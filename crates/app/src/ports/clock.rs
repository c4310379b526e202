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
        whole_micros(Timestamp::now())
    }
}

/// A time in whole microseconds, as it is stored: what is told is then the same as what is kept.
pub fn whole_micros(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}
