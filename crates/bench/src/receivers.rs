//! Receivers of webhooks: one thread that answers at once, or never, and notes when what happened reached it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use rustix::net::{SocketFlags, accept_with, sockopt};

use crate::error::{During as _, Error, Result};
use crate::herd::{micros, receive, send};
use crate::http::{content_length, find};
use crate::number::index;
use crate::poll::{Poll, Watch};

/// A path that begins so is never answered.
pub(crate) const HANG: &str = "/hang";
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const LISTENER: u64 = u64::MAX;
const READ_BYTES: usize = 64 * 1024;
const BACKLOG: i32 = 1024;
const TURN: Duration = Duration::from_millis(50);
/// Nothing may stand still for longer.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// Receivers that run until they are dropped.
pub(crate) struct Receivers {
    pub(crate) address: SocketAddr,
    heard: Arc<Heard>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What was answered.
#[derive(Default)]
struct Heard {
    count: AtomicU64,
    latencies: Mutex<Vec<u32>>,
}

struct Turns {
    poll: Poll,
    listener: TcpListener,
    connections: Vec<Option<Connection>>,
    buffer: Vec<u8>,
    heard: Arc<Heard>,
}

struct Connection {
    fd: OwnedFd,
    /// A request that came in pieces.
    pieces: Vec<u8>,
}

impl Receivers {
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).during("listening")?;
        rustix::net::listen(&listener, BACKLOG).during("listening")?;
        listener.set_nonblocking(true).during("listening")?;
        let address = listener.local_addr().during("listening")?;
        let poll = Poll::new()?;
        poll.add(&listener, LISTENER, Watch::Read)?;
        let (heard, stop) = (Arc::new(Heard::default()), Arc::new(AtomicBool::new(false)));
        let mut turns = Turns {
            poll,
            listener,
            connections: Vec::new(),
            buffer: vec![0; READ_BYTES],
            heard: heard.clone(),
        };
        let stopping = stop.clone();
        let thread =
            std::thread::spawn(
                move || {
                    while !stopping.load(Ordering::Relaxed) && turns.turn().is_ok() {}
                },
            );
        Ok(Self {
            address,
            heard,
            stop,
            thread: Some(thread),
        })
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How many were answered.
    pub(crate) fn count(&self) -> u64 {
        self.heard.count.load(Ordering::Relaxed)
    }

    /// The time from what happened to its arrival, in microseconds, of all that were answered since the last call.
    pub(crate) fn take_latencies(&self) -> Vec<u32> {
        let latencies = &self.heard.latencies;
        std::mem::take(&mut *latencies.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until so many were answered.
    pub(crate) fn wait_for(&self, count: u64) -> Result<()> {
        let (mut before, mut quiet) = (self.count(), Duration::ZERO);
        while before < count {
            std::thread::sleep(Duration::from_millis(1));
            quiet += Duration::from_millis(1);
            let now = self.count();
            if now != before {
                (before, quiet) = (now, Duration::ZERO);
            }
            if quiet > SILENCE_MAX {
                let text = format!("only {now} of {count} webhooks came");
                return Err(Error::new(text));
            }
        }
        Ok(())
    }
}

impl Drop for Receivers {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            eprintln!("the receivers' thread failed");
        }
    }
}

impl Turns {
    fn turn(&mut self) -> Result<()> {
        let mut tokens = Vec::new();
        self.poll.wait(Some(TURN), &mut tokens)?;
        for token in tokens {
            if token == LISTENER {
                self.accept()?;
            } else if self.serve(index(token)).is_err()
                && let Some(connection) = self.connections.get_mut(index(token))
            {
                *connection = None;
            }
        }
        Ok(())
    }

    fn accept(&mut self) -> Result<()> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        while let Ok(fd) = accept_with(&self.listener, flags) {
            sockopt::set_tcp_nodelay(&fd, true).during("accepting")?;
            let token = crate::number::count(self.connections.len());
            self.poll.add(&fd, token, Watch::Read)?;
            self.connections.push(Some(Connection {
                fd,
                pieces: Vec::new(),
            }));
        }
        Ok(())
    }

    fn serve(&mut self, number: usize) -> Result<()> {
        let Some(Some(connection)) = self.connections.get_mut(number) else {
            return Ok(());
        };
        let length = receive(&connection.fd, &mut self.buffer)?;
        let bytes = self.buffer.get(..length).unwrap_or_default();
        connection.pieces.extend_from_slice(bytes);
        let Some(body) = whole(&connection.pieces) else {
            return Ok(());
        };
        if connection.pieces.starts_with(b"POST /hang") {
            return Ok(());
        }
        if let Some(happened) = happened_at(body) {
            let after = Timestamp::now().duration_since(happened);
            let after = micros(Duration::try_from(after).unwrap_or_default());
            let latencies = &self.heard.latencies;
            latencies
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(after);
        }
        self.heard.count.fetch_add(1, Ordering::Relaxed);
        connection.pieces.clear();
        send(&connection.fd, ANSWER)
    }
}

/// The body of a request that is there to its end.
fn whole(request: &[u8]) -> Option<&[u8]> {
    let start = find(request, b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(request.get(..start)?).ok()?;
    let end = start + content_length(head);
    request.get(start..end)
}

/// When what a webhook tells of happened, by its own word.
fn happened_at(body: &[u8]) -> Option<Timestamp> {
    let key = b"\"timestamp\":\"";
    let start = find(body, key)? + key.len();
    let rest = body.get(start..)?;
    let end = find(rest, b"\"")?;
    std::str::from_utf8(rest.get(..end)?).ok()?.parse().ok()
}
