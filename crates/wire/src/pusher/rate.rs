//! How many client events a connection may send in a second.
//!
//! A window opens with the first event and lasts a second. Only events that were let through count.

use crate::session::Millis;

const WINDOW_MS: Millis = 1_000;

/// One connection's window.
#[derive(Debug, Default)]
pub(super) struct Rate {
    opened_at: Millis,
    count: u16,
}

impl Rate {
    /// Whether one more event may pass now; if so, it is counted.
    pub(super) fn admit(&mut self, now: Millis, per_second_max: u16) -> bool {
        if self.count == 0 || now.saturating_sub(self.opened_at) >= WINDOW_MS {
            self.opened_at = now;
            self.count = 0;
        }
        if self.count >= per_second_max {
            return false;
        }
        self.count += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_event_of_a_second_does_not_pass() {
        let mut rate = Rate::default();
        for at in 0..10 {
            assert!(rate.admit(5_000 + at * 90, 10));
        }
        assert!(!rate.admit(5_999, 10));
        assert!(rate.admit(6_000, 10));
        assert!(!rate.admit(6_001, 0));
    }
}
