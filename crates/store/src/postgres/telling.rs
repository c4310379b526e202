//! Brings what is committed, here or by another node, to this node's feed: in order, each entry once.
//!
//! The writer tells what it committed itself. A follower learns from the other nodes that there is more, or looks
//! now and then, and reads it. A node tells the others by a notification of its own, outside every transaction: one
//! inside would make all commits of the database wait for one another.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use app::{Result, StoreError, journal::Feed, limits::BATCH_ENTRIES, ports::View as _};
use domain::Entry;
use tokio::sync::{mpsc::unbounded_channel, watch};

use super::{
    connect::{Address, connect},
    session::Session,
};
use crate::sql::Reading;

/// How often to look for entries of which no notification came.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// After a failure, try again after this.
const AGAIN: Duration = Duration::from_millis(500);

/// The feed, and the turn to tell it something.
pub(super) struct Teller {
    feed: Arc<Feed>,
    turn: Mutex<()>,
}

impl Teller {
    pub(super) fn new(feed: Arc<Feed>) -> Self {
        Self {
            feed,
            turn: Mutex::default(),
        }
    }

    /// Tells those of these entries that were not told yet. Returns false, and tells none, if others come before.
    pub(super) fn tell(&self, mut entries: Vec<Arc<Entry>>) -> bool {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let head = self.feed.head();
        entries.retain(|it| it.seq > head);
        match entries.first() {
            Some(first) if first.seq != head + 1 => return false,
            Some(_) => self.feed.publish(entries),
            None => {}
        }
        true
    }

    /// Reads and tells entries until this one, or until there are no more.
    pub(super) fn catch_up(
        &self,
        until: i64,
        mut read: impl FnMut(i64, i64) -> Result<Vec<Entry>>,
    ) -> Result<()> {
        let limit = i64::try_from(BATCH_ENTRIES).unwrap_or(i64::MAX);
        loop {
            let head = self.feed.head();
            if head >= until {
                return Ok(());
            }
            let entries = read(head, limit)?;
            if entries.is_empty() {
                return Ok(());
            }
            self.tell(entries.into_iter().map(Arc::new).collect());
        }
    }
}

/// Follows what the other nodes commit until told to stop.
pub(super) fn follow(address: &Address, teller: &Teller, stop: &watch::Receiver<bool>) {
    while !*stop.borrow() {
        let Err(error) = follow_once(address, teller, stop) else {
            continue;
        };
        tracing::warn!(%error, "what other nodes write is not heard of now");
        std::thread::sleep(AGAIN);
    }
}

/// The same, until the connection is lost.
fn follow_once(address: &Address, teller: &Teller, stop: &watch::Receiver<bool>) -> Result<()> {
    let (heard, mut hearing) = unbounded_channel();
    let session = Session::open(address, Some(heard))?;
    session.batch("LISTEN switchboard_journal")?;
    let mut stop = stop.clone();
    while !*stop.borrow() {
        teller.catch_up(i64::MAX, |after, limit| {
            Reading(&session).read_journal(after, limit)
        })?;
        let news = async {
            tokio::select! {
                // What this node notified itself is no news.
                seq = async {
                    loop {
                        match hearing.recv().await {
                            Some(seq) if seq <= teller.feed.head() => {}
                            other => return other,
                        }
                    }
                } => seq.is_some(),
                // Without the store there is nobody to stop for.
                _ = stop.changed() => true,
            }
        };
        if session.idle(news, LOOK_EVERY) == Some(false) {
            return Err(StoreError::Unavailable("the connection has ended".into()).into());
        }
    }
    Ok(())
}

/// Notifies the other nodes of what this one commits, the newest only, until told to stop.
pub(super) async fn notify(
    address: Arc<Address>,
    mut committed: watch::Receiver<i64>,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        let ended = tokio::select! {
            ended = notify_once(&address, &mut committed) => ended,
            _ = stop.changed() => return,
        };
        match ended {
            // The writer has gone.
            Ok(()) => return,
            // The others look now and then anyway.
            Err(error) => tracing::debug!(%error, "other nodes are not notified now"),
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn notify_once(address: &Address, committed: &mut watch::Receiver<i64>) -> Result<()> {
    let client = connect(address, None).await?;
    let failed = |error: tokio_postgres::Error| super::session::told(&error);
    // A notification is a commit, and one that need not be durable.
    let set = client.batch_execute("SET synchronous_commit = off").await;
    set.map_err(failed)?;
    let sql = "SELECT pg_notify('switchboard_journal', $1)";
    let notify = client.prepare(sql).await.map_err(failed)?;
    while committed.changed().await.is_ok() {
        let seq = committed.borrow_and_update().to_string();
        client.execute(&notify, &[&seq]).await.map_err(failed)?;
    }
    Ok(())
}
