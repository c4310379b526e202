//! Follows the messages that are committed, and lets them be found by their words.
//!
//! To write a message's words with the message would cost every sender of it more than all the rest, because an index
//! of words is cheap only for many messages at once. Which are waiting the store knows: the index and how far it goes
//! are changed in one transaction, so that each message is there once, whatever dies. The journal tells when to look.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{Core, Result, journal::Feed, ports::Store, stop::persist};

/// Messages indexed in one transaction. All who write wait for it: it takes some milliseconds.
const AT_ONCE: i64 = 256;
/// Messages gather for so long before they are indexed, so that there are many at once.
const GATHER: Duration = Duration::from_millis(50);
/// After a failure try again after this.
const AGAIN: Duration = Duration::from_millis(500);

/// Indexes messages, for ever.
pub struct Indexer {
    store: Arc<dyn Store>,
    feed: Arc<Feed>,
}

impl Indexer {
    /// An indexer of what is kept there.
    pub fn new(core: &Core) -> Self {
        Self {
            store: core.store.clone(),
            feed: core.feed.clone(),
        }
    }

    /// Runs until `stop` says so.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let failed = "messages cannot be indexed now";
        persist(stop, AGAIN, failed, || self.follow()).await;
    }

    async fn follow(&self) -> Result<()> {
        loop {
            let seen = self.feed.head();
            catch_up(&self.store).await?;
            self.feed.wait_beyond(seen).await;
            tokio::time::sleep(GATHER).await;
        }
    }
}

/// Indexes everything that waits.
pub async fn catch_up(store: &Arc<dyn Store>) -> Result<()> {
    let mut more = store.view(|view| view.has_unindexed_messages())?;
    while more {
        more = store.transact(|tx| tx.index_messages(AT_ONCE)).await?;
    }
    Ok(())
}
