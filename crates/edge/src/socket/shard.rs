//! A shard: one thread, one event loop, its share of the connections.
//!
//! Each connection has a small task that waits for its socket to become readable (or writable again, when the
//! kernel had taken all it would). Everything else happens in the shard's own loop: it takes the commands that
//! wait, appends to queues, and then writes out every queue that has something in it.

mod catching_up;
mod ending;
mod incoming;
mod outgoing;

use std::{
    cell::RefCell,
    cmp::Reverse,
    collections::BinaryHeap,
    future::poll_fn,
    io,
    net::Shutdown,
    rc::Rc,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bytes::{Bytes, BytesMut};
use slab::Slab;
use socket2::SockRef;
use tokio::{net::TcpStream, runtime::Runtime, sync::mpsc, task::LocalSet};
use wire::{
    session::{Effect, Millis},
    websocket::{Incoming, Limits, close_code, encode},
};

use super::{
    command::{Arrival, Command, Key, Publication, UNNUMBERED},
    connection::{Block, Connection, Phase},
    history::{History, Missing, Page, Place, Several},
    inbox::{Inboxes, Waiting},
    interest::Interest,
    limits::{
        COMMANDS_AT_ONCE, GOODBYE, MESSAGE_BYTES, PUBLICATIONS_AT_ONCE, PUBLISHED_BYTES_AT_ONCE,
        READ_BYTES,
    },
    topics::{Following, Followings, Terms, Topics},
};

const LIMITS: Limits = Limits {
    message_bytes_max: MESSAGE_BYTES,
};

/// What a shard shares with the hub and the other shards.
pub(super) struct Shared {
    pub(super) interest: Arc<Interest>,
    /// Connections open on the node.
    pub(super) open: Arc<AtomicUsize>,
    pub(super) inboxes: Arc<Inboxes>,
    pub(super) history: Arc<OnceLock<Arc<dyn History>>>,
    /// Which shard this is.
    pub(super) number: usize,
}

/// Runs a shard until it is told to stop and everybody is gone.
pub(super) fn run(runtime: &Runtime, commands: mpsc::Receiver<Command>, shared: Shared) {
    let _ending = Ending(shared.inboxes.clone(), shared.number);
    let shard = Rc::new(RefCell::new(Shard::new(shared)));
    LocalSet::new().block_on(runtime, work(shard, commands));
}

/// Lets publishers wait for this shard no longer, whatever ends it.
struct Ending(Arc<Inboxes>, usize);

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(inbox) = self.0.of(self.1) {
            inbox.close();
        }
    }
}

async fn work(shard: Rc<RefCell<Shard>>, mut commands: mpsc::Receiver<Command>) {
    let mut batch = Vec::with_capacity(COMMANDS_AT_ONCE);
    let mut dismissed = Vec::new();
    let mut stopping = false;
    let (inboxes, number) = {
        let shard = shard.borrow();
        (shard.inboxes.clone(), shard.number)
    };
    let Some(inbox) = inboxes.of(number) else {
        return;
    };
    loop {
        let wait = shard.borrow().next_wake();
        tokio::select! {
            biased;
            count = commands.recv_many(&mut batch, COMMANDS_AT_ONCE), if !commands.is_closed() => {
                if count == 0 {
                    // The hub is gone without a word: nobody will ever be told anything again.
                    stopping = true;
                    shard.borrow_mut().say_goodbye();
                }
            }
            () = inbox.alarm.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
        for command in batch.drain(..) {
            match command {
                Command::Adopt(arrival) => adopt(&shard, *arrival),
                Command::Stop => {
                    stopping = true;
                    shard.borrow_mut().say_goodbye();
                }
                Command::TellMissed(page) => shard.borrow_mut().tell_missed(*page),
                Command::Dismiss(topic) => dismissed.push(topic),
                Command::DismissApp(app) => shard.borrow_mut().dismiss_app(&app),
            }
        }
        let published = {
            let mut shard = shard.borrow_mut();
            let published = shard.publish_waiting();
            for topic in dismissed.drain(..) {
                shard.dismiss(&topic);
            }
            shard.tick_due();
            shard.flush_listed();
            if stopping && shard.connections.is_empty() {
                return;
            }
            published
        };
        if published {
            // The connections' turn: publishers may never let this loop wait.
            tokio::task::yield_now().await;
        }
    }
}

/// Takes a connection over, greets it, and starts the task that waits for its socket.
fn adopt(shard: &Rc<RefCell<Shard>>, arrival: Arrival) {
    let Arrival {
        stream,
        early,
        session,
        key,
    } = arrival;
    let stream = match TcpStream::from_std(stream) {
        Ok(stream) => stream,
        Err(error) => {
            tracing::warn!(%error, "a connection could not be taken over");
            return;
        }
    };
    let mut it = shard.borrow_mut();
    it.generation += 1;
    let generation = it.generation;
    let at = it
        .connections
        .insert(Connection::new(stream, session, key, generation));
    it.open.fetch_add(1, Ordering::Relaxed);
    it.with_session(at, |session, now, out| session.open(now, out));
    if !early.is_empty() {
        it.take_in(at, &mut early.to_vec());
    }
    it.flush_listed();
    drop(it);

    let shard = shard.clone();
    tokio::task::spawn_local(poll_fn(move |context| {
        let mut shard = shard.borrow_mut();
        // Removed, perhaps with another connection in its place: then this task has nothing left to do.
        let Some(connection) = shard.find(at, generation) else {
            return Poll::Ready(());
        };
        match &connection.waker {
            Some(waker) if waker.will_wake(context.waker()) => {}
            _ => connection.waker = Some(context.waker().clone()),
        }
        if connection.blocked && connection.stream.poll_write_ready(context).is_ready() {
            connection.blocked = false;
            shard.list(at);
            shard.flush_listed();
        }
        // A few reads at a time, so that a busy client does not keep the others waiting.
        for _ in 0..4 {
            let Some(connection) = shard.find(at, generation) else {
                return Poll::Ready(());
            };
            if connection.stream.poll_read_ready(context).is_pending() {
                return Poll::Pending;
            }
            shard.read(at);
            shard.flush_listed();
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }));
}

struct Shard {
    connections: Slab<Connection>,
    topics: Topics,
    /// Those with something to write.
    listed: Vec<usize>,
    /// When to tick whom. An entry that the connection no longer agrees with is skipped.
    wakes: BinaryHeap<Reverse<(Millis, usize, u64)>>,
    effects: Vec<Effect>,
    scratch: Vec<u8>,
    generation: u64,
    open: Arc<AtomicUsize>,
    started: Instant,
    started_ms: Millis,
    inboxes: Arc<Inboxes>,
    history: Arc<OnceLock<Arc<dyn History>>>,
    number: usize,
    /// An empty list, to be exchanged for what is to be published.
    waiting: Waiting,
}

impl Followings for Slab<Connection> {
    fn of(&mut self, connection: u32) -> Option<&mut Vec<Following>> {
        self.get_mut(connection as usize)
            .map(|it| &mut it.followings)
    }
}

impl Shard {
    fn new(shared: Shared) -> Self {
        let unix = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            connections: Slab::new(),
            topics: Topics::new(shared.interest),
            listed: Vec::new(),
            wakes: BinaryHeap::new(),
            effects: Vec::new(),
            scratch: vec![0; READ_BYTES],
            generation: 0,
            open: shared.open,
            started: Instant::now(),
            started_ms: millis(unix),
            inboxes: shared.inboxes,
            history: shared.history,
            number: shared.number,
            waiting: Waiting::default(),
        }
    }

    fn now(&self) -> Millis {
        self.started_ms + millis(self.started.elapsed())
    }

    fn find(&mut self, at: usize, generation: u64) -> Option<&mut Connection> {
        self.connections
            .get_mut(at)
            .filter(|it| it.generation == generation)
    }

    fn next_wake(&self) -> Duration {
        match self.wakes.peek() {
            None => Duration::from_secs(3600),
            Some(Reverse((at, ..))) => Duration::from_millis(at.saturating_sub(self.now())),
        }
    }

    /// Ticks a connection at this time, unless it asks for another one before.
    fn wake_at(&mut self, at: usize, time: Millis) {
        let Some(connection) = self.connections.get_mut(at) else {
            return;
        };
        connection.wake_at = Some(time);
        let first = self.wakes.peek().map(|Reverse((first, ..))| *first);
        if first.is_none_or(|first| time < first)
            && let Some(inbox) = self.inboxes.of(self.number)
        {
            inbox.alarm.notify_one();
        }
        self.wakes.push(Reverse((time, at, connection.generation)));
    }
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}
