//! Erases what is kept of removed conversations, bite by bite: what was said, its files, and what the journal tells of it.
//!
//! What is to be erased is noted in the transaction that removes a conversation, and the note goes last, so that it goes
//! on wherever the server died. Files go before the messages that name them.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use domain::{ConversationId, Event, MessageId, Timestamp};
use jiff::SignedDuration;
use tokio::sync::watch;

use crate::{
    Core, Result,
    accounts::Belongings,
    ports::{MessagePage, Removed, Tx, View},
    stop::persist,
};

/// How often to look for removed conversations.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Conversations that are looked for in the journal together: all of an inbox, as a rule, so that it is gone over once.
const TOGETHER: i64 = 50_000;
/// Messages erased in one transaction, and conversations ended, so that nobody waits for it.
const BITE: i64 = 200;
/// Entries of the journal looked at together.
const ENTRIES: i64 = 500;
/// Between two transactions, so that others have their turns.
const BETWEEN: Duration = Duration::from_millis(2);
/// How far the clocks of several servers may be apart: entries are in the order of their times but for this.
const CLOCKS: SignedDuration = SignedDuration::from_hours(1);

/// Erases removed conversations, for ever.
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
        let failed = "a removed conversation could not be erased; it will be tried again";
        persist(stop, LOOK_EVERY, failed, || self.erase_all()).await;
    }

    async fn erase_all(&self) -> Result<()> {
        loop {
            let some = |view: &dyn View| view.removed_conversations(TOGETHER);
            let some = self.core.store.view(some)?;
            if some.is_empty() {
                return Ok(());
            }
            for it in &some {
                while self.erase_messages(it.id).await? {
                    tokio::time::sleep(BETWEEN).await;
                }
            }
            self.replace_entries(&some).await?;
            for bite in some.chunks(BITE as usize) {
                self.end(bite.to_vec()).await?;
                tokio::time::sleep(BETWEEN).await;
            }
        }
    }

    async fn end(&self, some: Vec<Removed>) -> Result<()> {
        let belongings = self.belongings.clone();
        let end = move |tx: &mut dyn Tx| {
            for it in &some {
                belongings.forget_conversation(tx, it.id)?;
                tx.end_removing(it)?;
            }
            Ok(())
        };
        self.core.store.transact(end).await
    }

    /// Erases a bite of what was said, with its files. Returns whether there was anything.
    async fn erase_messages(&self, id: ConversationId) -> Result<bool> {
        let page = MessagePage {
            limit: BITE,
            ..MessagePage::default()
        };
        let messages = self.core.store.view(|view| view.list_messages(id, page))?;
        for file in messages.iter().flat_map(|it| &it.attachments) {
            if let Some(file) = &file.file {
                self.core.media.forget(&file.key).await;
            }
        }
        let ids: Vec<MessageId> = messages.iter().map(|it| it.id).collect();
        if ids.is_empty() {
            return Ok(false);
        }
        let store = &self.core.store;
        store.transact(move |tx| tx.erase_messages(&ids)).await?;
        Ok(true)
    }

    /// Goes once over the part of the journal in which these conversations took place. Most of it is of others, so nobody
    /// who writes waits for it to be looked through.
    async fn replace_entries(&self, of: &[Removed]) -> Result<()> {
        let began = of.iter().map(|it| it.began_at).min();
        let began = began.unwrap_or(Timestamp::MAX).saturating_sub(CLOCKS);
        let began = began.unwrap_or(Timestamp::MIN);
        let until = of.iter().map(|it| it.until).max().unwrap_or(0);
        let of: BTreeSet<ConversationId> = of.iter().map(|it| it.id).collect();
        let store = &self.core.store;
        let mut after = store.view(|view| view.journal_at(began))? - 1;
        while after < until {
            let upto = until.min(after + ENTRIES);
            let read = store.view(|view| view.read_journal(after, upto - after))?;
            let theirs = read.iter().filter_map(|it| match &it.event {
                Event::ConversationRemoved { conversation_id } => Some(*conversation_id),
                _ => None,
            });
            let theirs: Vec<ConversationId> = theirs.filter(|id| of.contains(id)).collect();
            if !theirs.is_empty() {
                let replace = move |tx: &mut dyn Tx| tx.replace_entries(&theirs, after, upto);
                store.transact(replace).await?;
            }
            after = upto;
            tokio::time::sleep(BETWEEN).await;
        }
        Ok(())
    }
}
