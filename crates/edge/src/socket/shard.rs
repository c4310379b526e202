//! A shard: one thread, one event loop, its share of the connections.
//!
//! Each connection has a small task that waits for its socket to become readable (or writable again, when the
//! kernel had taken all it would). Everything else happens in the shard's own loop: it takes the commands that
//! wait, appends to queues, and then writes out every queue that has something in it.

use std::{
    cell::RefCell,
    cmp::Reverse,
    collections::BinaryHeap,
    future::poll_fn,
    io,
    net::Shutdown,
    rc::Rc,
    sync::{
        Arc,
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
    inbox::Inboxes,
    interest::Interest,
    limits::{COMMANDS_AT_ONCE, GOODBYE, MESSAGE_BYTES, READ_BYTES},
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
    /// Which shard this is.
    pub(super) number: usize,
}

/// Runs a shard until it is told to stop and everybody is gone.
pub(super) fn run(runtime: &Runtime, commands: mpsc::Receiver<Command>, shared: Shared) {
    let shard = Rc::new(RefCell::new(Shard::new(shared)));
    LocalSet::new().block_on(runtime, work(shard, commands));
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
        for command in batch.extract_if(.., |it| !matches!(it, Command::Publish(_))) {
            match command {
                Command::Adopt(arrival) => adopt(&shard, *arrival),
                Command::Stop => {
                    stopping = true;
                    shard.borrow_mut().say_goodbye();
                }
                Command::Dismiss(topic) => dismissed.push(topic),
                Command::Publish(_) => {}
            }
        }
        let mut shard = shard.borrow_mut();
        shard.publish_posted();
        shard.publish_all(&mut batch);
        for topic in dismissed.drain(..) {
            shard.dismiss(&topic);
        }
        shard.tick_due();
        shard.flush_listed();
        if stopping && shard.connections.is_empty() {
            return;
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
    number: usize,
    /// An empty list, to be exchanged for what is posted.
    posted: Vec<Arc<Publication>>,
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
            number: shared.number,
            posted: Vec::new(),
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

    // === what comes in ===

    /// Reads once and lets the session answer.
    fn read(&mut self, at: usize) {
        let mut scratch = std::mem::take(&mut self.scratch);
        let read = match self.connections.get(at) {
            Some(connection) => connection.stream.try_read(&mut scratch),
            None => Ok(0),
        };
        match read {
            Ok(0) => self.remove(at),
            Ok(count) => {
                if let Some(input) = scratch.get_mut(..count) {
                    self.take_in(at, input);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => self.remove(at),
        }
        self.scratch = scratch;
    }

    fn take_in(&mut self, at: usize, input: &mut [u8]) {
        let now = self.now();
        let mut out = std::mem::take(&mut self.effects);
        let mut replies = Vec::new();
        let Some(connection) = self.connections.get_mut(at) else {
            return;
        };
        if connection.phase != Phase::Open {
            return;
        }
        let Connection {
            decoder, session, ..
        } = connection;
        let decoded = decoder.feed(input, &LIMITS, &mut |incoming| match incoming {
            Incoming::Text(text) => session.text(text, now, &mut out),
            Incoming::Binary(_) => out.push(Effect::Close {
                code: close_code::UNSUPPORTED_DATA,
                reason: "text frames only".to_owned(),
            }),
            Incoming::Ping(payload) => replies.push(encode::pong_frame(payload)),
            Incoming::Pong(_) => {}
            Incoming::Close { code, .. } => out.push(Effect::Close {
                code: code.unwrap_or(encode::NO_CLOSE_CODE),
                reason: String::new(),
            }),
        });
        if let Err(violation) = decoded {
            let (code, reason) = (violation.code, violation.reason.to_owned());
            out.push(Effect::Close { code, reason });
        }
        for reply in replies {
            self.queue(at, Rc::new(reply));
        }
        self.apply(at, &mut out);
        self.effects = out;
    }

    fn with_session(
        &mut self,
        at: usize,
        ask: impl FnOnce(&mut (dyn wire::session::Session + Send), Millis, &mut Vec<Effect>),
    ) {
        let now = self.now();
        let mut out = std::mem::take(&mut self.effects);
        if let Some(connection) = self.connections.get_mut(at)
            && connection.phase == Phase::Open
        {
            ask(&mut *connection.session, now, &mut out);
        }
        self.apply(at, &mut out);
        self.effects = out;
    }

    fn apply(&mut self, at: usize, effects: &mut Vec<Effect>) {
        for effect in effects.drain(..) {
            match effect {
                Effect::Send(text) => self.queue(at, Rc::new(encode::text_frame(&text))),
                Effect::SendFirst(text) => {
                    let block = Rc::new(encode::text_frame(&text));
                    if let Some(connection) = self.open_connection(at) {
                        connection.push_first(block);
                        self.list(at);
                    }
                }
                Effect::Follow {
                    topic,
                    subscription,
                    envelope,
                } => {
                    let terms = Terms {
                        subscription,
                        envelope,
                        ..Terms::default()
                    };
                    self.follow(at, &topic, terms);
                }
                Effect::FollowAfter {
                    topic,
                    subscription,
                    after,
                } => {
                    let terms = Terms {
                        subscription,
                        after,
                        ..Terms::default()
                    };
                    self.follow(at, &topic, terms);
                }
                Effect::Unfollow { subscription } => {
                    let place = u32::try_from(at).unwrap_or(u32::MAX);
                    self.topics
                        .unfollow(&mut self.connections, place, subscription);
                }
                Effect::Relay { topic, text } => self.relay(at, &topic, text),
                Effect::Close { code, reason } => self.begin_close(at, code, &reason),
                Effect::WakeAt(time) => {
                    if self.open_connection(at).is_some() {
                        self.wake_at(at, time);
                    }
                }
            }
        }
    }

    fn follow(&mut self, at: usize, topic: &str, terms: Terms) {
        let place = u32::try_from(at).unwrap_or(u32::MAX);
        self.topics
            .follow(&mut self.connections, place, topic, terms);
    }

    fn tick_due(&mut self) {
        let now = self.now();
        while let Some(Reverse((time, at, generation))) = self.wakes.peek().copied() {
            if time > now {
                return;
            }
            self.wakes.pop();
            let Some(connection) = self.find(at, generation) else {
                continue;
            };
            if connection.wake_at != Some(time) {
                continue;
            }
            connection.wake_at = None;
            match connection.phase {
                Phase::Open => self.with_session(at, |session, now, out| session.tick(now, out)),
                Phase::Closing | Phase::Shut => self.remove(at),
            }
        }
    }

    // === what goes out ===

    fn open_connection(&mut self, at: usize) -> Option<&mut Connection> {
        self.connections
            .get_mut(at)
            .filter(|it| it.phase == Phase::Open)
    }

    fn list(&mut self, at: usize) {
        if let Some(connection) = self.connections.get_mut(at)
            && !connection.listed
            && !connection.blocked
        {
            connection.listed = true;
            self.listed.push(at);
        }
    }

    fn queue(&mut self, at: usize, block: Block) {
        let Some(connection) = self.open_connection(at) else {
            return;
        };
        if connection.push(block) {
            self.list(at);
        } else {
            self.give_up_on(at);
        }
    }

    /// The client reads too slowly: forget what waits, tell it to come back.
    fn give_up_on(&mut self, at: usize) {
        if let Some(connection) = self.open_connection(at) {
            connection.drop_queue();
        }
        let mut out = Vec::new();
        if let Some(connection) = self.open_connection(at) {
            connection.session.too_slow(&mut out);
        }
        self.apply(at, &mut out);
    }

    /// Publications in order. Those that follow one another in one topic become one block, made once for all
    /// who get the same bytes.
    fn publish_all(&mut self, batch: &mut Vec<Command>) {
        let publications: Vec<Arc<Publication>> = batch
            .drain(..)
            .filter_map(|command| match command {
                Command::Publish(publication) => Some(publication),
                Command::Adopt(_) | Command::Dismiss(_) | Command::Stop => None,
            })
            .collect();
        self.publish_in_order(&publications);
    }

    /// What sessions of this node had to tell.
    fn publish_posted(&mut self) {
        let mut posted = std::mem::take(&mut self.posted);
        if let Some(inbox) = self.inboxes.of(self.number) {
            inbox.take(&mut posted);
        }
        self.publish_in_order(&posted);
        posted.clear();
        self.posted = posted;
    }

    fn publish_in_order(&mut self, publications: &[Arc<Publication>]) {
        let alike = |a: &Arc<Publication>, b: &Arc<Publication>| {
            a.topic == b.topic && a.except.is_none() && b.except.is_none()
        };
        for run in publications.chunk_by(alike) {
            if let Some(first) = run.first() {
                self.publish_run(&first.topic, run, first.except);
            }
        }
    }

    fn publish_run(&mut self, topic: &str, run: &[Arc<Publication>], except: Option<Key>) {
        let mut shared: Option<Block> = None;
        let mut slow = Vec::new();
        let lowest = run.iter().map(|it| it.number).min().unwrap_or(UNNUMBERED);
        let is_numbered = lowest != UNNUMBERED;
        for member in self.topics.members(topic) {
            let at = member.connection as usize;
            let Some(connection) = self.connections.get_mut(at) else {
                continue;
            };
            if connection.phase != Phase::Open || except == Some(connection.key) {
                continue;
            }
            let following = connection.followings.get(member.slot as usize);
            let block = match following.and_then(|it| it.envelope.as_deref()) {
                // It came in between, and knows a part of this already.
                None if is_numbered && following.is_some_and(|it| it.after >= lowest) => {
                    match joined_after(run, following.map_or(0, |it| it.after)) {
                        Some(news) => Rc::new(news),
                        None => continue,
                    }
                }
                None => shared.get_or_insert_with(|| Rc::new(joined(run))).clone(),
                Some(envelope) => {
                    let mut block = BytesMut::new();
                    for it in run {
                        let (head, tail) = (&envelope.head, &envelope.tail);
                        block.extend_from_slice(&encode::frame_parts(head, &it.payload, tail));
                    }
                    Rc::new(block.freeze())
                }
            };
            if !connection.push(block) {
                slow.push(at);
            } else if !connection.listed && !connection.blocked {
                connection.listed = true;
                self.listed.push(at);
            }
        }
        for at in slow {
            self.give_up_on(at);
        }
    }

    /// Passes a client's event on to all shards, this one included. It is the first thing to be dropped when
    /// one of them is behind.
    fn relay(&mut self, from: usize, topic: &str, text: Bytes) {
        let Some(key) = self.open_connection(from).map(|it| it.key) else {
            return;
        };
        if self.inboxes.is_behind() {
            tracing::debug!(topic, "an event of a client was dropped");
            return;
        }
        self.inboxes.post(Publication::new(topic, text, Some(key)));
    }

    fn dismiss(&mut self, topic: &str) {
        let followers: Vec<usize> = self
            .topics
            .members(topic)
            .iter()
            .map(|it| it.connection as usize)
            .collect();
        for at in followers {
            self.with_session(at, |session, _, out| session.dismiss(out));
        }
    }

    fn flush_listed(&mut self) {
        let mut listed = std::mem::take(&mut self.listed);
        for at in listed.drain(..) {
            let Some(connection) = self.connections.get_mut(at) else {
                continue;
            };
            connection.listed = false;
            match connection.flush() {
                Ok(true) if connection.phase == Phase::Closing => self.shut(at),
                Ok(true) => {}
                // The task watches for writability from now on.
                Ok(false) => connection.wake(),
                Err(_) => self.remove(at),
            }
        }
        if self.listed.is_empty() {
            self.listed = listed;
        }
    }

    // === how it ends ===

    fn begin_close(&mut self, at: usize, code: u16, reason: &str) {
        let deadline = self.now() + millis(GOODBYE);
        let Some(connection) = self.open_connection(at) else {
            return;
        };
        connection.push(Rc::new(encode::close_frame(code, reason)));
        connection.phase = Phase::Closing;
        self.wake_at(at, deadline);
        let place = u32::try_from(at).unwrap_or(u32::MAX);
        self.topics.unfollow_all(&mut self.connections, place);
        self.list(at);
    }

    /// Everything is written: shut our half, so that the goodbye arrives whatever the client still sends.
    fn shut(&mut self, at: usize) {
        let Some(connection) = self.connections.get_mut(at) else {
            return;
        };
        connection.phase = Phase::Shut;
        if SockRef::from(&connection.stream)
            .shutdown(Shutdown::Write)
            .is_err()
        {
            self.remove(at);
        }
    }

    fn remove(&mut self, at: usize) {
        let place = u32::try_from(at).unwrap_or(u32::MAX);
        self.topics.unfollow_all(&mut self.connections, place);
        if let Some(connection) = self.connections.try_remove(at) {
            connection.wake();
            self.open.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn say_goodbye(&mut self) {
        let everybody: Vec<usize> = self.connections.iter().map(|(at, _)| at).collect();
        for at in everybody {
            self.with_session(at, |session, _, out| session.going_away(out));
        }
    }
}

/// The frames of several publications, one after another.
fn joined(run: &[Arc<Publication>]) -> Bytes {
    match run {
        [one] => one.frame().clone(),
        many => {
            let mut block = BytesMut::with_capacity(many.iter().map(|it| it.frame().len()).sum());
            for it in many {
                block.extend_from_slice(it.frame());
            }
            block.freeze()
        }
    }
}

/// The same of those with a higher number, if there are any.
fn joined_after(run: &[Arc<Publication>], after: u64) -> Option<Bytes> {
    let news: Vec<_> = run.iter().filter(|it| it.number > after).cloned().collect();
    (!news.is_empty()).then(|| joined(&news))
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}
