//! Erases what is kept of removed inboxes, bite by bite: first its conversations are removed, then what is left.
//!
//! Where it is it reads from the rows themselves, so that it goes on wherever the server died. A removed inbox is looked at
//! for a while longer: what was under way when it was removed, on this node or another, may have left something.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use tokio::sync::watch;

use crate::{
    Core, Result,
    accounts::Belongings,
    conversations,
    pictures::{self, Owner},
    ports::{RecentPage, RemovedInbox, Tx},
    stop::persist,
};

/// How often to look for removed inboxes.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Conversations removed in one transaction, so that nobody waits for it.
const TOGETHER: i64 = 25;
/// Rows erased in one transaction, roughly.
const BITE: i64 = 200;
/// Between two transactions, so that others have their turns.
const BETWEEN: Duration = Duration::from_millis(2);
/// Longer than anything that was under way when an inbox was removed can take.
const STRAGGLERS: SignedDuration = SignedDuration::from_mins(15);

/// Erases removed inboxes, for ever.
pub struct Eraser {
    core: Core,
    belongings: Arc<dyn Belongings>,
}

impl Eraser {
    /// One that also has this forgotten.
    pub fn new(core: Core, belongings: Arc<dyn Belongings>) -> Self {
        Self { core, belongings }
    }

    /// Runs until `stop` says so.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let failed = "a removed inbox could not be erased; it will be tried again";
        persist(stop, LOOK_EVERY, failed, || self.erase_all()).await;
    }

    async fn erase_all(&self) -> Result<()> {
        let removed = self.core.store.view(|view| view.removed_inboxes())?;
        for it in removed {
            self.erase(it).await?;
        }
        Ok(())
    }

    async fn erase(&self, it: RemovedInbox) -> Result<()> {
        let id = it.inbox.id;
        while self.remove_conversations(&it).await? {
            tokio::time::sleep(BETWEEN).await;
        }
        let store = &self.core.store;
        while store.transact(move |tx| tx.erase_inbox(id, BITE)).await? > 0 {
            tokio::time::sleep(BETWEEN).await;
        }
        self.forget(&it).await?;
        let now = self.core.clock.now();
        if now.duration_since(it.at) > STRAGGLERS {
            store.transact(move |tx| tx.end_removing_inbox(id)).await?;
            tracing::info!(inbox.id = id.0, "a removed inbox is erased");
        }
        Ok(())
    }

    /// Removes some of its conversations. Returns whether there were any.
    async fn remove_conversations(&self, it: &RemovedInbox) -> Result<bool> {
        let (account, directory) = (it.inbox.account_id, self.core.directory.clone());
        let page = RecentPage {
            inbox_id: Some(it.inbox.id),
            label_id: None,
            before: None,
            limit: TOGETHER,
        };
        let remove = move |tx: &mut dyn Tx| {
            let rows = tx.list_recent(account, &page)?;
            for row in &rows {
                conversations::erase(tx, &directory, &row.conversation)?;
            }
            Ok(!rows.is_empty())
        };
        self.core.store.transact(remove).await
    }

    /// Forgets what is kept of it under names, and its picture.
    async fn forget(&self, it: &RemovedInbox) -> Result<()> {
        let (belongings, id, account) = (self.belongings.clone(), it.inbox.id, it.inbox.account_id);
        let forget = move |tx: &mut dyn Tx| {
            belongings.forget_inbox(tx, id)?;
            pictures::discard(tx, account, Owner::Inbox(id))
        };
        self.core.store.transact(forget).await
    }
}
