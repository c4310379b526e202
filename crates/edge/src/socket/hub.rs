//! The hub: which topics anybody here follows, and the shards that hold the followers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{
    command::{Arrival, Command, Key, Publication},
    interest::Interest,
    limits::COMMANDS,
    shard,
};

/// Every WebSocket of this node.
pub struct Hub {
    shards: Vec<mpsc::Sender<Command>>,
    interest: Arc<Interest>,
    next: AtomicUsize,
    open: Arc<AtomicUsize>,
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
        let mut senders = Vec::new();
        let mut threads = Vec::new();
        for number in 0..shards.max(1) {
            let (sender, commands) = mpsc::channel(COMMANDS);
            let (interest, open) = (interest.clone(), open.clone());
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let thread = std::thread::Builder::new()
                .name(format!("socket-shard-{number}"))
                .spawn(move || shard::run(&runtime, commands, interest, open))?;
            senders.push(sender);
            threads.push(thread);
        }
        let hub = Arc::new(Self {
            shards: senders,
            interest,
            next: AtomicUsize::new(0),
            open,
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

    /// The same, leaving one connection out.
    pub(crate) async fn publish_except(&self, topic: &str, payload: Bytes, except: Option<Key>) {
        let publication = Arc::new(Publication::new(topic, payload, except));
        for shard in &self.shards {
            // A closed shard means that the hub is ending.
            drop(shard.send(Command::Publish(publication.clone())).await);
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
