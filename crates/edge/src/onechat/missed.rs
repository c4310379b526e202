//! What clients of the extended cable missed while they were away, read from the journal and told as it would have been
//! told then.

use std::sync::{Arc, Weak};

use app::{Core, Result, journal::Reader, ports::View};
use domain::Entry;
use tokio::sync::Semaphore;
use wire::session::Since;

use super::{
    cache::CacheDesk,
    tell::{Ground, end, told_on, told_up_to},
};
use crate::socket::{Hub, Missing, Pages, Several, Telling};

/// Entries of the journal that are read for whoever was away. Whoever missed more is told so.
const RESUMED_ENTRIES: i64 = 200_000;
/// Reads of the journal at once, however many come back together.
const READS_AT_ONCE: usize = 4;

/// The journal as the history of the cable's topics.
pub(crate) struct Missed {
    core: Core,
    cache: Arc<CacheDesk>,
    hub: Weak<Hub>,
    reads: Semaphore,
}

/// Why nothing is told.
enum Ended {
    /// The client, or the server, is gone.
    Gone,
    /// What was missed is not there, or too much, or cannot be read.
    Failed,
}

impl Telling for Missed {
    async fn tell(&self, missing: Missing) {
        let Some(several) = &missing.several else {
            return;
        };
        // Not before the topics were followed: what is committed from now on is held back there.
        let head = self.core.feed.head();
        let mut pages = Pages::new(&self.hub, missing.whose);
        let verdicts = several.verdicts.as_ref();
        let verdict = match self.tell_since(several, head, &mut pages).await {
            Ok(()) => verdicts.map(|it| it.confirmed.clone()),
            Err(Ended::Gone) => return,
            Err(Ended::Failed) => {
                pages.clear();
                verdicts.map(|it| it.rejected.clone())
            }
        };
        pages.end(end(head), verdict).await;
    }
}

impl Missed {
    /// The history of a node's topics.
    pub(crate) fn new(core: Core, hub: &Arc<Hub>, cache: Arc<CacheDesk>) -> Self {
        Self {
            core,
            cache,
            hub: Arc::downgrade(hub),
            reads: Semaphore::new(READS_AT_ONCE),
        }
    }

    /// Tells everything up to the entry `head` but for the last page.
    async fn tell_since(
        &self,
        several: &Several,
        head: i64,
        pages: &mut Pages,
    ) -> Result<(), Ended> {
        let (mut cursor, known) = match several.since {
            Since::Number(number) if number > end(head) => return Err(Ended::Failed),
            Since::Number(number) => (told_up_to(number), number),
            Since::Time(second) => {
                let before = self.before(second, head).await?;
                (before, end(before))
            }
        };
        if head - cursor > RESUMED_ENTRIES {
            return Err(Ended::Failed);
        }
        let on = Ground {
            core: &self.core,
            cache: &self.cache,
        };
        let core = &self.core;
        let mut reader = Reader::new(core.feed.clone(), core.store.clone(), cursor);
        while cursor < head {
            let batch = self.read(&mut reader, cursor).await?;
            for entry in batch.iter().filter(|it| it.seq <= head) {
                for (number, payload) in told_on(on, entry, &several.topics) {
                    if number > known {
                        pages.add(number, payload);
                    }
                }
                if !pages.turn().await {
                    return Err(Ended::Gone);
                }
                cursor = entry.seq;
            }
        }
        Ok(())
    }

    /// The newest entry from before a second, found by halving what may lie after it. 0 if there is none.
    async fn before(&self, second: u64, head: i64) -> Result<i64, Ended> {
        let second = i64::try_from(second).unwrap_or(i64::MAX);
        let (mut low, mut high) = ((head - RESUMED_ENTRIES).max(0), head);
        // Whoever is not that far back is found in a few steps.
        let mut step = 64;
        while head - step > low {
            if self.is_before(head - step, second).await? {
                low = head - step;
                break;
            }
            high = head - step;
            step *= 4;
        }
        while low < high {
            let middle = low + (high - low + 1) / 2;
            if self.is_before(middle, second).await? {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Ok(low)
    }

    async fn is_before(&self, seq: i64, second: i64) -> Result<bool, Ended> {
        let _turn = self.reads.acquire().await.map_err(|_| Ended::Gone)?;
        let read = |view: &dyn View| view.read_journal(seq - 1, 1);
        match self.core.store.view(read) {
            // What is not there any more was before.
            Ok(found) => Ok(found
                .first()
                .is_none_or(|it| it.seq > seq || it.at.as_second() < second)),
            Err(error) => Err(unreadable(&error)),
        }
    }

    /// The next entries, which begin right after the cursor or are not there any more.
    async fn read(&self, reader: &mut Reader, cursor: i64) -> Result<Vec<Arc<Entry>>, Ended> {
        let _turn = self.reads.acquire().await.map_err(|_| Ended::Gone)?;
        match reader.next().await {
            Ok(batch) if batch.first().is_some_and(|first| first.seq == cursor + 1) => Ok(batch),
            Ok(_) => Err(Ended::Failed),
            Err(error) => Err(unreadable(&error)),
        }
    }
}

fn unreadable(error: &app::Error) -> Ended {
    tracing::error!(%error, "the journal cannot be read for a client that was away");
    Ended::Failed
}
