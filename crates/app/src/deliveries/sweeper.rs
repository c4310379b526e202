//! Removes what was settled long ago, and what a disabled endpoint has collected for too long.

use std::time::Duration;

use domain::Timestamp;
use tokio::sync::watch;

use crate::{Core, Result, stop::persist};

/// How often to look.
const LOOK_EVERY: Duration = Duration::from_secs(600);
/// Deliveries removed in one transaction, so that nobody waits for the sweeper.
const BITE: i64 = 500;

/// How long deliveries are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Those that were made.
    pub done: Duration,
    /// Those that were given up on, and events that wait for a paused or disabled endpoint.
    pub others: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        const DAY: u64 = 24 * 3600;
        Self {
            done: Duration::from_secs(7 * DAY),
            others: Duration::from_secs(30 * DAY),
        }
    }
}

/// Removes old deliveries, for ever.
pub struct Sweeper {
    core: Core,
    retention: Retention,
}

impl Sweeper {
    /// A sweeper that keeps deliveries this long.
    pub fn new(core: Core, retention: Retention) -> Self {
        Self { core, retention }
    }

    /// Runs until `stop` says so.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let failed = "old deliveries could not be removed";
        persist(stop, LOOK_EVERY, failed, || self.sweep()).await;
    }

    async fn sweep(&self) -> Result<()> {
        let now = self.core.clock.now();
        let before = |age| now.saturating_sub(age).unwrap_or(Timestamp::MIN);
        let (done, others) = (before(self.retention.done), before(self.retention.others));
        let store = &self.core.store;
        while store
            .transact(move |tx| tx.sweep_deliveries(done, others, BITE))
            .await?
            > 0
        {}
        Ok(())
    }
}
