//! Brings what is committed, here or by another node, to this node's feed: in order, each entry once.
//!
//! The writer tells what it committed itself. A follower learns from the other nodes that there is more, or looks
//! now and then, and reads it. A node tells the others by a notification of its own, outside every transaction: one
//! inside would make all commits of the database wait for one another.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use app::{Result, StoreError, journal::Feed, limits::BATCH_ENTRIES, ports::View as _};
use domain::Entry;
use tokio::sync::{
    mpsc::{UnboundedReceiver, unbounded_channel},
    watch,
};

use super::{
    connect::{Address, connect},
    session::Session,
};
use crate::{engine::Engine as _, sql::Reading};

/// How often to look for entries of which no notification came.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long to wait for the name of a node that was killed.
const PATIENCE: Duration = Duration::from_secs(30);
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
    pub(super) fn tell(&self, entries: Vec<Arc<Entry>>) -> bool {
        self.tell_after(entries, false)
    }

    /// The same for entries that were read: what is missing before them is not to come, but was erased.
    fn tell_after(&self, mut entries: Vec<Arc<Entry>>, read: bool) -> bool {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let head = self.feed.head();
        entries.retain(|it| it.seq > head);
        match entries.first() {
            Some(first) if first.seq != head + 1 && !read => return false,
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
            self.tell_after(entries.into_iter().map(Arc::new).collect(), true);
        }
    }
}

/// Follows what the other nodes commit, and holds this node's name while it does.
pub(super) struct Follower {
    pub(super) address: Arc<Address>,
    pub(super) teller: Arc<Teller>,
    /// What nobody else on this database may be called meanwhile.
    pub(super) node: Option<String>,
    pub(super) stop: watch::Receiver<bool>,
}

/// A follower's connection, and the numbers of entries that other nodes notify by it.
type Following = (Session, UnboundedReceiver<i64>);

impl Follower {
    /// Follows until told to stop. Says by `opened` whether it could begin to.
    pub(super) fn run(mut self, opened: &std::sync::mpsc::Sender<Result<()>>) {
        let mut following = match self.connect(PATIENCE) {
            Ok(following) => following,
            // Whoever opens waits.
            Err(error) => return drop(opened.send(Err(error))),
        };
        opened.send(Ok(())).ok();
        while let Err(error) = self.follow(&mut following) {
            tracing::warn!(%error, "what other nodes write is not heard of now");
            loop {
                std::thread::sleep(AGAIN);
                if *self.stop.borrow() {
                    return;
                }
                if let Ok(again) = self.connect(Duration::ZERO) {
                    following = again;
                    tracing::info!("what other nodes write is heard of again");
                    break;
                }
            }
        }
    }

    fn connect(&self, patience: Duration) -> Result<Following> {
        let (heard, hearing) = unbounded_channel();
        let session = Session::open(&self.address, Some(heard))?;
        if let Some(node) = &self.node {
            claim(&session, node, patience)?;
        }
        session.batch("LISTEN switchboard_journal")?;
        Ok((session, hearing))
    }

    /// Tells what there is and comes, until told to stop.
    fn follow(&mut self, (session, hearing): &mut Following) -> Result<()> {
        let Self { teller, stop, .. } = self;
        while !*stop.borrow() {
            teller.catch_up(i64::MAX, |after, limit| {
                Reading(&*session).read_journal(after, limit)
            })?;
            let news = async {
                tokio::select! {
                    connected = news(hearing, teller) => connected,
                    // Without the store there is nobody to follow for.
                    _ = stop.changed() => true,
                }
            };
            if session.idle(news, LOOK_EVERY) == Some(false) {
                return Err(StoreError::Unavailable("the connection has ended".into()).into());
            }
        }
        Ok(())
    }
}

/// Waits for a number that was not told yet: what this node notified itself is no news. False if none will come.
async fn news(hearing: &mut UnboundedReceiver<i64>, teller: &Teller) -> bool {
    while let Some(seq) = hearing.recv().await {
        if seq > teller.feed.head() {
            return true;
        }
    }
    false
}

/// Makes sure that no other living node is called so. A lock that a node left when it was killed ends in a moment.
fn claim(session: &Session, node: &str, patience: Duration) -> Result<()> {
    let sql = "SELECT CASE WHEN pg_try_advisory_lock(1398163267, hashtext(?1)) THEN 1 ELSE 0 END";
    let deadline = Instant::now() + patience;
    loop {
        let mut ours = false;
        session.rows(sql, &[node.into()], &mut |row| {
            ours = row.int(0)? == Some(1);
            Ok(())
        })?;
        if ours {
            return Ok(());
        }
        if Instant::now() >= deadline {
            let text = format!(
                "another server is node {node} of this database: give this one a name of its own, store.node"
            );
            return Err(StoreError::Unavailable(text).into());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
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
