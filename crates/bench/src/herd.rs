//! Thousands of subscribed Pusher sockets in one thread.
//!
//! Opening is a closed loop of so many handshakes at a time; afterwards the sockets are drained and their
//! frames counted. The herd does not reconnect: a socket that is lost is told, not hidden.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::net::sockopt;
use wire::pusher::signature::{Secret, channel_auth};

use crate::error::{During as _, Error, Result};
use crate::number::{count, index};
use crate::poll::{Poll, Watch, dial};
use crate::server::Target;
use crate::socket::{Arrived, Frames, Said, hear, pong, subscribe, upgrade};

/// What one read takes at most.
const READ_BYTES: usize = 256 * 1024;
/// After this long, handshakes that are not done count as refused.
const OPENING_MAX: Duration = Duration::from_secs(60);
/// Tokens from here on are not the herd's.
pub(crate) const OTHER_TOKENS: u64 = 1 << 32;

pub(crate) struct Herd {
    pub(crate) poll: Poll,
    sockets: Vec<Socket>,
    buffer: Vec<u8>,
    tokens: Vec<u64>,
}

#[derive(Debug)]
struct Socket {
    fd: Option<OwnedFd>,
    stage: Stage,
    since: Instant,
}

#[derive(Debug)]
enum Stage {
    Connecting,
    /// With what arrived and was not understood yet.
    Opening {
        upgraded: bool,
        heard: Vec<u8>,
    },
    Subscribed(Frames),
    Lost,
}

/// How opening went.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    /// From the first SYN to the confirmed subscription, in microseconds.
    pub(crate) latencies: Vec<u32>,
    /// Why the others were not subscribed, and how many.
    pub(crate) refused: BTreeMap<String, u64>,
    pub(crate) elapsed: Duration,
}

/// What a turn of the herd brought.
#[derive(Debug)]
pub(crate) enum Happening {
    /// A subscriber received so many events.
    Events { subscriber: usize, events: u64 },
    /// A subscriber was disconnected.
    Lost,
    /// A socket that is not the herd's is ready.
    Other { token: u64 },
}

impl Herd {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            sockets: Vec::new(),
            buffer: vec![0; READ_BYTES],
            tokens: Vec::new(),
        })
    }

    /// Opens `wanted` sockets, `at_once` of them at a time, each subscribed to the channel that `channel` names.
    pub(crate) fn open(
        &mut self,
        target: &Target,
        wanted: usize,
        at_once: usize,
        channel: impl Fn(usize) -> String,
    ) -> Result<Opened> {
        let secret = Secret::new(&target.demo.app_secret);
        let request = upgrade(&target.demo.app_key);
        let subscription = |number, socket_id: &str| {
            let channel = channel(number);
            let auth = channel_auth(&target.demo.app_key, &secret, socket_id, &channel, None);
            subscribe(&channel, &auth)
        };
        let mut opened = Opened::default();
        let began = Instant::now();
        let mut pending = 0;
        let mut tokens = Vec::new();
        while (self.sockets.len() < wanted || pending > 0) && began.elapsed() < OPENING_MAX {
            while pending < at_once && self.sockets.len() < wanted {
                match self.dial(target) {
                    Ok(()) => pending += 1,
                    Err(cause) => {
                        self.sockets.push(Socket::lost());
                        opened.refuse(cause.to_string());
                    }
                }
            }
            self.poll
                .wait(Some(Duration::from_millis(100)), &mut tokens)?;
            for token in &tokens {
                let number = index(*token);
                let was_opening = self.is_opening(number);
                let step = self.advance(number, &request, subscription);
                if let Err(cause) = &step {
                    opened.refuse(cause.to_string());
                    self.lose(number);
                }
                if was_opening && !self.is_opening(number) {
                    pending -= 1;
                    if let (Ok(()), Some(socket)) = (step, self.sockets.get(number)) {
                        opened.latencies.push(micros(socket.since.elapsed()));
                    }
                }
            }
        }
        opened.elapsed = began.elapsed();
        let late = count(wanted - opened.latencies.len()).saturating_sub(opened.refused_total());
        for _ in 0..late {
            opened.refuse("not subscribed in time".to_owned());
        }
        Ok(opened)
    }

    /// Waits once and tells what happened.
    pub(crate) fn turn(
        &mut self,
        timeout: Duration,
        mut tell: impl FnMut(Happening) -> Result<()>,
    ) -> Result<()> {
        let mut tokens = std::mem::take(&mut self.tokens);
        self.poll.wait(Some(timeout), &mut tokens)?;
        for token in &tokens {
            if *token >= OTHER_TOKENS {
                tell(Happening::Other { token: *token })?;
                continue;
            }
            let subscriber = index(*token);
            match self.drain(subscriber) {
                Ok(0) => {}
                Ok(events) => tell(Happening::Events { subscriber, events })?,
                Err(_) => {
                    self.lose(subscriber);
                    tell(Happening::Lost)?;
                }
            }
        }
        self.tokens = tokens;
        Ok(())
    }

    /// Keeps answering pings for a while and counts who is lost meanwhile.
    pub(crate) fn rest(&mut self, time: Duration) -> Result<u64> {
        let end = Instant::now() + time;
        let mut lost = 0;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            self.turn(left, |happening| {
                if matches!(happening, Happening::Lost) {
                    lost += 1;
                }
                Ok(())
            })?;
        }
        Ok(lost)
    }

    fn dial(&mut self, target: &Target) -> rustix::io::Result<()> {
        let number = self.sockets.len();
        let since = Instant::now();
        let fd = dial(target.address)?;
        if self.poll.add(&fd, count(number), Watch::Write).is_err() {
            return Err(rustix::io::Errno::NOSPC);
        }
        self.sockets.push(Socket {
            fd: Some(fd),
            stage: Stage::Connecting,
            since,
        });
        Ok(())
    }

    fn is_opening(&self, number: usize) -> bool {
        let stage = self.sockets.get(number).map(|socket| &socket.stage);
        matches!(stage, Some(Stage::Connecting | Stage::Opening { .. }))
    }

    fn lose(&mut self, number: usize) {
        if let Some(socket) = self.sockets.get_mut(number) {
            *socket = Socket::lost();
        }
    }

    /// Takes the next step of opening a socket.
    fn advance(
        &mut self,
        number: usize,
        request: &[u8],
        subscription: impl Fn(usize, &str) -> Vec<u8>,
    ) -> Result<()> {
        let Some(socket) = self.sockets.get_mut(number) else {
            return Ok(());
        };
        let Some(fd) = &socket.fd else {
            return Ok(());
        };
        let (upgraded, heard) = match &mut socket.stage {
            Stage::Connecting => {
                sockopt::socket_error(fd)
                    .during("connect")?
                    .during("connect")?;
                send(fd, request)?;
                self.poll.change(fd, count(number), Watch::Read)?;
                let heard = Vec::new();
                socket.stage = Stage::Opening {
                    upgraded: false,
                    heard,
                };
                return Ok(());
            }
            Stage::Opening { upgraded, heard } => (upgraded, heard),
            Stage::Subscribed(_) => return self.drain(number).map(|_| ()),
            Stage::Lost => return Ok(()),
        };
        let length = receive(fd, &mut self.buffer)?;
        heard.extend_from_slice(self.buffer.get(..length).unwrap_or_default());
        let mut taken = 0;
        while let Some((said, end)) = hear(heard.get(taken..).unwrap_or_default(), *upgraded) {
            match said {
                Said::Upgraded => *upgraded = true,
                Said::Established { socket_id } => send(fd, &subscription(number, socket_id))?,
                Said::Refused(text) => return Err(Error::new(text)),
                Said::Subscribed => {
                    let mut frames = Frames::default();
                    frames.feed(heard.get(taken + end..).unwrap_or_default());
                    socket.stage = Stage::Subscribed(frames);
                    return Ok(());
                }
            }
            taken += end;
        }
        heard.drain(..taken);
        Ok(())
    }

    /// Reads once from a subscribed socket and counts the events.
    fn drain(&mut self, number: usize) -> Result<u64> {
        let Some(Socket {
            fd: Some(fd),
            stage: Stage::Subscribed(frames),
            ..
        }) = self.sockets.get_mut(number)
        else {
            return Ok(0);
        };
        let length = receive(&*fd, &mut self.buffer)?;
        let Arrived {
            events,
            pings,
            closed,
        } = frames.feed(self.buffer.get(..length).unwrap_or_default());
        if closed {
            return Err(Error::new("closed by the server"));
        }
        for _ in 0..pings {
            send(&*fd, &pong())?;
        }
        Ok(events)
    }
}

impl Opened {
    /// All who were not subscribed.
    pub(crate) fn refused_total(&self) -> u64 {
        self.refused.values().sum()
    }

    /// An error unless everybody was subscribed.
    pub(crate) fn all(self) -> Result<Self> {
        if self.refused.is_empty() {
            Ok(self)
        } else {
            Err(Error::new(format!(
                "subscriptions were refused: {:?}",
                self.refused
            )))
        }
    }

    fn refuse(&mut self, why: String) {
        *self.refused.entry(why).or_default() += 1;
    }
}

impl Socket {
    fn lost() -> Self {
        Self {
            fd: None,
            stage: Stage::Lost,
            since: Instant::now(),
        }
    }
}

/// A duration in whole microseconds, an hour at most.
pub(crate) fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

/// Sends all of a few bytes: so few that the socket always has room.
pub(crate) fn send(fd: impl AsFd, bytes: &[u8]) -> Result<()> {
    let sent = rustix::io::write(fd, bytes).during("write")?;
    if sent == bytes.len() {
        Ok(())
    } else {
        Err(Error::new(
            "the socket has no room: the server does not read",
        ))
    }
}

/// Receives what is there, which may be nothing; an error when the other side has hung up.
pub(crate) fn receive(fd: impl AsFd, buffer: &mut [u8]) -> Result<usize> {
    match rustix::io::read(fd, buffer) {
        Ok(0) => Err(Error::new("the server hung up")),
        Ok(length) => Ok(length),
        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => Ok(0),
        Err(cause) => Err(cause).during("read"),
    }
}
