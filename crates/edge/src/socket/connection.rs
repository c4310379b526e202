//! One connection: its socket, its session, its decoder and what waits to be written.

use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    rc::Rc,
    task::Waker,
};

use bytes::Bytes;
use tokio::{net::TcpStream, sync::oneshot};
use wire::{
    session::{Millis, Session},
    websocket::Decoder,
};

use super::{
    command::Key,
    limits::{QUEUE_BYTES, SLICES},
    topics::Following,
};

/// Whole frames, one or several, shared by everybody who gets the same bytes. Counted without atomics, because
/// a shard is one thread.
pub(super) type Block = Rc<Bytes>;

/// Where a connection is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Talking.
    Open,
    /// The close frame is queued; nothing more is.
    Closing,
    /// Everything is written and our half is shut; the client has until the deadline to shut its own.
    Shut,
}

pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) session: Box<dyn Session + Send>,
    pub(super) decoder: Decoder,
    pub(super) followings: Vec<Following>,
    pub(super) key: Key,
    pub(super) phase: Phase,
    /// When to tick the session, or to give up on a goodbye.
    pub(super) wake_at: Option<Millis>,
    /// Whether it is in the shard's list of those with something to write.
    pub(super) listed: bool,
    /// Whether the kernel takes no more for now.
    pub(super) blocked: bool,
    /// Tells this place's connection from an earlier one's.
    pub(super) generation: u64,
    /// Wakes the task that waits for the socket.
    pub(super) waker: Option<Waker>,
    /// Told when everything is written.
    pub(super) rooms: Vec<oneshot::Sender<()>>,
    queue: VecDeque<Block>,
    /// Bytes of the first block that are written.
    written: usize,
    queued_bytes: usize,
}

impl Connection {
    pub(super) fn new(
        stream: TcpStream,
        session: Box<dyn Session + Send>,
        key: Key,
        generation: u64,
    ) -> Self {
        Self {
            stream,
            session,
            decoder: Decoder::new(),
            followings: Vec::new(),
            key,
            phase: Phase::Open,
            wake_at: None,
            listed: false,
            blocked: false,
            generation,
            waker: None,
            rooms: Vec::new(),
            queue: VecDeque::new(),
            written: 0,
            queued_bytes: 0,
        }
    }

    /// Queues a block. Returns false if too much waits.
    pub(super) fn push(&mut self, block: Block) -> bool {
        self.queued_bytes += block.len();
        self.queue.push_back(block);
        self.queued_bytes <= QUEUE_BYTES
    }

    /// Queues a block ahead of everything that is not half written.
    pub(super) fn push_first(&mut self, block: Block) {
        self.queued_bytes += block.len();
        self.queue.insert(usize::from(self.written > 0), block);
    }

    /// Drops what waits, except a block that is half written.
    pub(super) fn drop_queue(&mut self) {
        self.queue.truncate(usize::from(self.written > 0));
        self.queued_bytes = self.queue.iter().map(|block| block.len()).sum();
    }

    /// Writes as much as the kernel takes, many blocks to a call. Returns whether everything is written.
    pub(super) fn flush(&mut self) -> io::Result<bool> {
        while !self.queue.is_empty() {
            match self.write_some() {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.advance(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.blocked = true;
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
        }
        // An idle connection keeps no queue.
        self.queue = VecDeque::new();
        for room in std::mem::take(&mut self.rooms) {
            // Who asked may be gone.
            room.send(()).ok();
        }
        Ok(true)
    }

    fn write_some(&self) -> io::Result<usize> {
        let mut slices = [IoSlice::new(&[]); SLICES];
        let mut count = 0;
        let mut skip = self.written;
        for (slice, block) in slices.iter_mut().zip(&self.queue) {
            *slice = IoSlice::new(block.get(skip..).unwrap_or_default());
            skip = 0;
            count += 1;
        }
        match slices.get(..count) {
            Some([one]) => self.stream.try_write(one),
            Some(many) => self.stream.try_write_vectored(many),
            None => Ok(0),
        }
    }

    fn advance(&mut self, mut count: usize) {
        while let Some(first) = self.queue.front() {
            let left = first.len() - self.written;
            if count < left {
                self.written += count;
                return;
            }
            count -= left;
            self.queued_bytes -= first.len();
            self.written = 0;
            self.queue.pop_front();
        }
    }

    pub(super) fn wake(&self) {
        if let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }
}
