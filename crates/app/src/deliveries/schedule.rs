//! When to try again.

use std::time::Duration;

/// The waits between attempts, and when to give up.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The wait after each attempt; the last one repeats.
    pub waits: Vec<Duration>,
    /// Give up on a part this long after it was ordered.
    pub give_up_after: Duration,
    /// The longest wait that a network may ask for.
    pub asked_wait_max: Duration,
}

impl Default for Schedule {
    /// For a conversation: quick at first, because a person waits; for a day, because networks come back.
    fn default() -> Self {
        Self {
            waits: [1, 2, 5, 15, 30, 60, 120, 300, 600]
                .map(Duration::from_secs)
                .to_vec(),
            give_up_after: Duration::from_secs(24 * 3600),
            asked_wait_max: Duration::from_secs(3600),
        }
    }
}

impl Schedule {
    /// For hooks: three days and a bit, as the field has settled on.
    pub fn for_hooks() -> Self {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 3600;
        let waits = [
            5,
            30,
            5 * MINUTE,
            30 * MINUTE,
            2 * HOUR,
            5 * HOUR,
            10 * HOUR,
            14 * HOUR,
            20 * HOUR,
            24 * HOUR,
        ];
        Self {
            waits: waits.map(Duration::from_secs).to_vec(),
            give_up_after: Duration::MAX,
            asked_wait_max: Duration::from_secs(24 * HOUR),
        }
    }

    /// The wait after this many failed attempts, at least 1; what the network asked for, within reason, if it
    /// asked. A tenth is added or taken by `spread` (0 to 255), so that many do not come back at once.
    pub fn wait(&self, attempts: i64, asked: Option<Duration>, spread: u8) -> Duration {
        if let Some(asked) = asked {
            return asked.min(self.asked_wait_max);
        }
        let index = usize::try_from(attempts.max(1) - 1).unwrap_or(usize::MAX);
        let wait = self
            .waits
            .get(index)
            .or_else(|| self.waits.last())
            .copied()
            .unwrap_or_default();
        wait.mul_f64(0.9 + 0.2 * f64::from(spread) / 255.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_within_a_tenth() {
        let schedule = Schedule::default();
        let mut before = Duration::ZERO;
        for attempts in 1..40 {
            let (low, high) = (
                schedule.wait(attempts, None, 0),
                schedule.wait(attempts, None, 255),
            );
            assert!(before <= high && low <= high, "{attempts}");
            assert!(high <= Duration::from_secs(660), "{attempts}");
            before = low;
        }
        assert_eq!(
            schedule.wait(1, Some(Duration::from_secs(7)), 9),
            Duration::from_secs(7)
        );
        assert_eq!(
            schedule.wait(1, Some(Duration::MAX), 9),
            Duration::from_secs(3600)
        );
    }
}
