//! When an endpoint has failed for too long.

use std::time::Duration;

use domain::Timestamp;

use crate::hooks::Endpoint;

/// What counts as too long.
#[derive(Debug, Clone)]
pub struct Health {
    /// Every attempt has failed for this long,
    pub disable_after: Duration,
    /// and at least this many have.
    pub disable_failures: i64,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            disable_after: Duration::from_secs(5 * 24 * 3600),
            disable_failures: 10,
        }
    }
}

/// What a failure means for its endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may recover.
    Tolerable,
    /// Half of the patience is gone.
    Worrying,
    /// It is disabled.
    Hopeless,
}

impl Health {
    /// Judges an endpoint after one more failure, which `endpoint` has been told already.
    pub(super) fn judge(&self, endpoint: &Endpoint, now: Timestamp) -> Verdict {
        let since = endpoint.failing_since.unwrap_or(now);
        let failing = now.duration_since(since).unsigned_abs();
        let enough = endpoint.failures >= self.disable_failures;
        if enough && failing >= self.disable_after {
            Verdict::Hopeless
        } else if failing >= self.disable_after / 2 {
            Verdict::Worrying
        } else {
            Verdict::Tolerable
        }
    }
}
