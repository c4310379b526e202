//! Follows the journal with a durable cursor, and turns entries into deliveries.
//!
//! The deliveries of some entries and the cursor past them are one transaction, so each entry becomes them exactly
//! once, on whatever node: who finds the cursor moved has done nothing and stands by. A cursor that passes entries nobody wants is written now and then only: going over them again changes
//! nothing, because an endpoint is not told of what happened before it was made.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{Direction, Entry, Event, InboxId};
use tokio::sync::{Notify, watch};

use super::{
    Endpoint, HookDesk, HookDialect,
    endpoints::{gather, tell},
};
use crate::{
    Core, Result,
    deliveries::{Figures, Notice},
    journal::Reader,
    stop::persist,
};

/// The cursor's name.
const READER: &str = "hooks";
/// Write a cursor that passed this many entries, even if nobody wanted them.
const UNWRITTEN_ENTRIES: i64 = 50_000;
/// After a failure, or when another node does it, try again after this.
const AGAIN: Duration = Duration::from_millis(500);

/// The dialects of this server by name.
pub type Dialects = BTreeMap<&'static str, Arc<dyn HookDialect>>;

/// Turns entries into deliveries, for ever.
pub struct Enqueuer {
    core: Core,
    dialects: Dialects,
    news: Arc<Notify>,
    figures: Arc<Figures>,
}

/// A delivery to be.
struct Wanted {
    endpoint: Arc<Endpoint>,
    dialect: Arc<dyn HookDialect>,
    told: Notice,
    entry: Arc<Entry>,
}

impl Enqueuer {
    /// An enqueuer that rings the engine when there is something for it.
    pub fn new(core: Core, dialects: Dialects, desk: &HookDesk) -> Self {
        Self {
            core,
            dialects,
            news: desk.news.clone(),
            figures: desk.figures.clone(),
        }
    }

    /// Runs until `stop` says so.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        self.see();
        let failed = "endpoints cannot be told now";
        persist(stop, AGAIN, failed, || self.follow()).await;
    }

    /// Follows the journal until something fails, or another node does it.
    async fn follow(&self) -> Result<()> {
        let (mut written, start) = self.core.store.view(|view| {
            let written = view.find_cursor(READER)?;
            let start = match written {
                Some(cursor) => cursor,
                // Nothing was ever made, though it may have been wanted: by nobody before the first endpoint.
                None => match view.endpoints()?.iter().map(|it| it.since).min() {
                    Some(since) => since,
                    None => view.journal_head()?,
                },
            };
            Ok((written, start))
        })?;
        let mut reader = Reader::new(self.core.feed.clone(), self.core.store.clone(), start);
        loop {
            let batch = reader.next().await?;
            let Some(last) = batch.last().map(|entry| entry.seq) else {
                continue;
            };
            self.look_at(&batch);
            let wanted = self.wanted(&batch);
            if wanted.is_empty() && last - written.unwrap_or(start) < UNWRITTEN_ENTRIES {
                continue;
            }
            let news = !wanted.is_empty();
            let store = &self.core.store;
            let ours = store.transact(move |tx| enqueue(tx, &wanted, written, last));
            let ours = ours.await?;
            if news {
                self.news.notify_one();
            }
            if !ours {
                // Another node was here first, and will be again: stand by.
                return Ok(());
            }
            written = Some(last);
        }
    }

    /// Rings the engine for what a use case has owed already, and counts the changes of endpoints.
    fn look_at(&self, batch: &[Arc<Entry>]) {
        let mut events = batch.iter().map(|entry| &entry.event);
        let owes = |event: &Event| match event {
            Event::MessageCreated { spoken, .. } => spoken.message.direction == Direction::Out,
            Event::InboxChanged { .. }
            | Event::SessionChanged { .. }
            | Event::EndpointChanged { .. } => true,
            _ => false,
        };
        if events.any(owes) {
            self.news.notify_one();
        }
        let changed = |entry: &Arc<Entry>| matches!(entry.event, Event::EndpointChanged { .. });
        if batch.iter().any(changed) {
            self.see();
        }
    }

    fn see(&self) {
        let tables = self.core.directory.tables();
        self.figures.see(tables.endpoints.values().map(|it| &**it));
    }

    fn wanted(&self, batch: &[Arc<Entry>]) -> Vec<Wanted> {
        let tables = self.core.directory.tables();
        let mut wanted = Vec::new();
        for entry in batch {
            for endpoint in tables.endpoints.values() {
                let Some(dialect) = self.dialects.get(endpoint.dialect.as_str()) else {
                    continue;
                };
                if !concerns(endpoint, &**dialect, entry) {
                    continue;
                }
                for (event, body) in dialect.render(&self.core, endpoint, entry) {
                    if endpoint.wants(&event) {
                        let (endpoint, entry) = (endpoint.clone(), entry.clone());
                        let told = Notice {
                            event,
                            body,
                            seq: entry.seq,
                        };
                        wanted.push(Wanted {
                            endpoint,
                            dialect: dialect.clone(),
                            told,
                            entry,
                        });
                    }
                }
            }
        }
        wanted
    }
}

/// Returns false, and does nothing, if the cursor is not where it was: then another node has done it.
fn enqueue(
    tx: &mut dyn crate::ports::Tx,
    wanted: &[Wanted],
    written: Option<i64>,
    last: i64,
) -> Result<bool> {
    if tx.find_cursor(READER)? != written {
        return Ok(false);
    }
    for it in wanted {
        let (told, at) = (it.told.clone(), it.entry.at);
        match it.dialect.gathers(&told.event) {
            Some(wait) => gather(tx, &it.endpoint, &*it.dialect, told, at, wait)?,
            None => tell(tx, &it.endpoint, told, at).map(drop)?,
        }
    }
    tx.set_cursor(READER, last)?;
    Ok(true)
}

/// Whether an entry may be an endpoint's business. A disabled endpoint goes on collecting, to be replayed.
fn concerns(endpoint: &Endpoint, dialect: &dyn HookDialect, entry: &Entry) -> bool {
    endpoint.account_id == entry.account_id
        && entry.seq > endpoint.since
        && endpoint.is_told_of(dialect, inbox_of(&entry.event))
}

/// Where an event happened.
fn inbox_of(event: &Event) -> Option<InboxId> {
    match event {
        Event::InboxChanged { inbox, .. }
        | Event::InboxRemoved { inbox }
        | Event::SessionChanged { inbox, .. } => Some(inbox.id),
        Event::ContactCreated { address, .. } | Event::ContactUpdated { address, .. } => {
            address.as_ref().map(|it| it.inbox_id)
        }
        other => other.thread().map(|it| it.inbox.id),
    }
}
