//! The hub: which topics anybody here follows, and the shards that hold the followers.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::{
    command::{Arrival, Command, Key, Publication},
    history::{History, Page, Place},
    inbox::{Inboxes, Room},
    interest::Interest,
    limits::COMMANDS,
    shard,
};

/// Every WebSocket of this node.
pub struct Hub {
    shards: Vec<mpsc::Sender<Command>>,
    inboxes: Arc<Inboxes>,
    interest: Arc<Interest>,
    next: AtomicUsize,
    open: Arc<AtomicUsize>,
    history: Arc<OnceLock<Arc<dyn History>>>,
}

/// What ends a hub.
pub struct HubHandle {
    hub: Arc<Hub>,
    threads: Vec<JoinHandle<()>>,
}

impl Hub {
    /// Starts a hub with this many shards.
    pub fn start(shards: usize) -> std::io::Result<(Arc<Self>, HubHandle)> {
        let interest = Arc::new(Interest::new());
        let open = Arc::new(AtomicUsize::new(0));
        let inboxes = Arc::new(Inboxes::new(shards.max(1)));
        let history = Arc::new(OnceLock::new());
        let mut senders = Vec::new();
        let mut threads = Vec::new();
        for number in 0..shards.max(1) {
            let (sender, commands) = mpsc::channel(COMMANDS);
            let shared = shard::Shared {
                interest: interest.clone(),
                open: open.clone(),
                inboxes: inboxes.clone(),
                history: history.clone(),
                number,
            };
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let thread = std::thread::Builder::new()
                .name(format!("socket-shard-{number}"))
                .spawn(move || shard::run(&runtime, commands, shared))?;
            senders.push(sender);
            threads.push(thread);
        }
        let hub = Arc::new(Self {
            shards: senders,
            inboxes,
            interest,
            next: AtomicUsize::new(0),
            open,
            history,
        });
        Ok((hub.clone(), HubHandle { hub, threads }))
    }

    /// Whether anybody on this node follows a topic. Ask before rendering anything for it.
    pub fn is_followed(&self, topic: &str) -> bool {
        self.interest.has(topic)
    }

    /// Connections open now.
    pub fn connections(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Tells the followers of a topic. Calls that follow one another reach each follower in that order. Waits
    /// while a shard is behind, never for a client.
    pub async fn publish(&self, topic: &str, payload: Bytes) {
        self.publish_except(topic, payload, None).await;
    }

    /// The same for all but those who follow another topic as well.
    pub(crate) async fn publish_unless(&self, topic: &str, payload: Bytes, other: Option<&str>) {
        self.send(Publication::new(topic, payload, None).unless(other))
            .await;
    }

    /// The same with the publication's place in the topic's history.
    pub(crate) async fn publish_numbered(&self, topic: &str, payload: Bytes, number: u64) {
        self.send(Publication::new(topic, payload, None).numbered(number))
            .await;
    }

    /// The same, leaving one connection out.
    pub(crate) async fn publish_except(&self, topic: &str, payload: Bytes, except: Option<Key>) {
        self.send(Publication::new(topic, payload, except)).await;
    }

    async fn send(&self, publication: Publication) {
        self.inboxes.room().await.publish(publication);
    }

    /// Waits until no shard is behind, and keeps a place in each: what is published there is published at once.
    pub(crate) async fn reserve(&self) -> Reserved<'_> {
        Reserved(self.inboxes.room().await)
    }

    /// Tells the followers of a topic without waiting: for sessions, which must not. Posts and what is published reach
    /// each follower in the order in which they were made.
    pub(crate) fn post(&self, publication: Publication) {
        self.inboxes.post(publication);
    }

    /// Whether so much is posted that there should not be more.
    pub(crate) fn is_behind(&self) -> bool {
        self.inboxes.is_behind()
    }

    /// Names the history that connections are told what they missed from. Only the first counts.
    pub(crate) fn remember(&self, history: Arc<dyn History>) {
        drop(self.history.set(history));
    }

    /// Tells a connection a part of what it missed: texts with their numbers; with `end`, that this was all up to that
    /// number; and then a verdict. Returns when the client has read it, or false if it is gone.
    pub(super) async fn tell_missed(
        &self,
        place: Place,
        texts: Vec<(u64, Bytes)>,
        end: Option<u64>,
        verdict: Option<Bytes>,
    ) -> bool {
        let Some(shard) = self.shards.get(place.shard) else {
            return false;
        };
        let (room, has_room) = oneshot::channel();
        let page = Page {
            place,
            texts,
            verdict,
            end,
            room,
        };
        drop(shard.send(Command::TellMissed(Box::new(page))).await);
        has_room.await.is_ok()
    }

    /// Ends every subscription that follows a topic, and the connections that have no other, after what was published
    /// before, in words that make the clients stay away.
    pub(crate) async fn dismiss(&self, topic: &str) {
        let topic: Arc<str> = topic.into();
        for shard in &self.shards {
            drop(shard.send(Command::Dismiss(topic.clone())).await);
        }
    }

    /// Ends every connection to a socket application, in the same words.
    pub(crate) async fn dismiss_app(&self, app: &str) {
        let app: Arc<str> = app.into();
        for shard in &self.shards {
            drop(shard.send(Command::DismissApp(app.clone())).await);
        }
    }

    /// Gives a connection to a shard.
    pub(crate) async fn adopt(&self, arrival: Arrival) {
        let at = self.next.fetch_add(1, Ordering::Relaxed) % self.shards.len();
        if let Some(shard) = self.shards.get(at) {
            drop(shard.send(Command::Adopt(Box::new(arrival))).await);
        }
    }
}

/// A place in every shard's queue.
pub(crate) struct Reserved<'a>(Room<'a>);

impl Reserved<'_> {
    /// Publishes.
    pub(crate) fn publish(self, publication: Publication) {
        self.0.publish(publication);
    }
}

impl HubHandle {
    /// Says goodbye on every connection in its protocol's words, and waits until they are gone or a few seconds
    /// have passed.
    pub async fn stop(self) {
        for shard in &self.hub.shards {
            drop(shard.send(Command::Stop).await);
        }
        let joined = tokio::task::spawn_blocking(move || {
            self.threads.into_iter().all(|thread| thread.join().is_ok())
        });
        if !matches!(joined.await, Ok(true)) {
            tracing::error!("a socket shard panicked");
        }
    }
}
