//! Closed-loop posters: each sends its next message when the last one is answered.
//!
//! All in one thread, so that the load takes little of the machine that it shares with the server. A latency
//! runs from the write of the request to the moment at which this thread has read the answer: what the thread
//! spends on other posters' answers in between is in it.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::net::sockopt;

use crate::error::{During as _, Error, Result};
use crate::herd::{micros, receive, send};
use crate::http::answer;
use crate::message::{Contacts, Messages};
use crate::number::{count, index};
use crate::poll::{Poll, Watch, dial};
use crate::process::{Meter, Spent, settle};
use crate::server::Target;

const READ_BYTES: usize = 64 * 1024;
/// How long a server may go on working on what it has answered.
const SETTLE_MAX: Duration = Duration::from_secs(20);
/// A server that does not answer for this long has failed.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// When posting ends: after so long or so many answers, whichever is first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop {
    pub(crate) after: Duration,
    pub(crate) messages: u64,
}

/// Who writes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Writers {
    /// Every message is of a new contact.
    New,
    /// Mostly recent contacts.
    Mixed,
}

/// What was measured between the warm-up and the end.
#[derive(Debug)]
pub(crate) struct Posted {
    pub(crate) latencies: Vec<u32>,
    pub(crate) spent: Spent,
}

pub(crate) struct Posters<'a> {
    poll: Poll,
    posters: Vec<Poster>,
    messages: Messages,
    contacts: &'a mut Contacts,
    pid: u32,
    request: Vec<u8>,
    buffer: Vec<u8>,
    /// Answers over all.
    pub(crate) answered: u64,
}

#[derive(Debug)]
struct Poster {
    fd: OwnedFd,
    sent_at: Instant,
    waiting: bool,
    /// The start of an answer that came in pieces.
    heard: Vec<u8>,
}

impl<'a> Posters<'a> {
    pub(crate) fn connect(
        target: &Target,
        posters: usize,
        contacts: &'a mut Contacts,
    ) -> Result<Self> {
        let mut new = Self {
            poll: Poll::new()?,
            posters: Vec::with_capacity(posters),
            messages: Messages::new(&target.demo),
            contacts,
            pid: target.pid,
            request: Vec::new(),
            buffer: vec![0; READ_BYTES],
            answered: 0,
        };
        for token in 0..count(posters) {
            let fd = dial(target.address).during("connecting a poster")?;
            new.poll.add(&fd, token, Watch::Write)?;
            new.posters.push(Poster {
                fd,
                sent_at: Instant::now(),
                waiting: false,
                heard: Vec::new(),
            });
        }
        new.wait_until_connected()?;
        Ok(new)
    }

    /// Posts without measuring.
    pub(crate) fn post(&mut self, messages: u64, writers: Writers) -> Result<()> {
        let end = self.answered + messages;
        let mut to_send = messages;
        self.send_first(writers, &mut to_send)?;
        while self.answered < end {
            self.turn(writers, &mut to_send, &mut |_| {})?;
        }
        Ok(())
    }

    /// Posts for `warm_up` without measuring, and then until `stop` with.
    pub(crate) fn measure(&mut self, warm_up: Duration, stop: Stop) -> Result<Posted> {
        let writers = Writers::Mixed;
        let mut to_send = u64::MAX;
        self.send_first(writers, &mut to_send)?;
        let warm = Instant::now() + warm_up;
        while Instant::now() < warm {
            self.turn(writers, &mut to_send, &mut |_| {})?;
        }
        let meter = Meter::start(self.pid)?;
        let end = Instant::now() + stop.after;
        let mut latencies = Vec::new();
        while Instant::now() < end && count(latencies.len()) < stop.messages {
            self.turn(writers, &mut to_send, &mut |latency| {
                latencies.push(latency)
            })?;
        }
        let mut spent = meter.stop()?;
        to_send = 0;
        while self.posters.iter().any(|poster| poster.waiting) {
            self.turn(writers, &mut to_send, &mut |_| {})?;
        }
        // What is still to be done for these messages is part of what they cost.
        settle(self.pid, SETTLE_MAX)?;
        spent.cpu = meter.stop()?.cpu;
        Ok(Posted { latencies, spent })
    }

    fn wait_until_connected(&mut self) -> Result<()> {
        let mut missing = self.posters.len();
        let mut tokens = Vec::new();
        while missing > 0 {
            self.poll.wait(Some(SILENCE_MAX), &mut tokens)?;
            if tokens.is_empty() {
                return Err(Error::new("the server does not accept the posters"));
            }
            for token in &tokens {
                if let Some(poster) = self.posters.get(index(*token)) {
                    let error = sockopt::socket_error(&poster.fd).during("connecting a poster")?;
                    error.during("connecting a poster")?;
                    self.poll.change(&poster.fd, *token, Watch::Read)?;
                    missing -= 1;
                }
            }
        }
        Ok(())
    }

    fn send_first(&mut self, writers: Writers, to_send: &mut u64) -> Result<()> {
        for number in 0..self.posters.len() {
            self.send_next(number, writers, to_send)?;
        }
        Ok(())
    }

    fn send_next(&mut self, number: usize, writers: Writers, to_send: &mut u64) -> Result<()> {
        let Some(poster) = self.posters.get_mut(number).filter(|_| *to_send > 0) else {
            return Ok(());
        };
        *to_send -= 1;
        let contact = match writers {
            Writers::New => self.contacts.meet(),
            Writers::Mixed => self.contacts.pick(&mut self.messages.random),
        };
        self.request.clear();
        self.messages.write_request(&mut self.request, contact);
        poster.sent_at = Instant::now();
        poster.waiting = true;
        send(&poster.fd, &self.request)
    }

    /// Waits once; takes every answer that came, tells its latency and sends that poster's next message.
    fn turn(
        &mut self,
        writers: Writers,
        to_send: &mut u64,
        tell: &mut impl FnMut(u32),
    ) -> Result<()> {
        let mut tokens = Vec::new();
        self.poll.wait(Some(SILENCE_MAX), &mut tokens)?;
        if tokens.is_empty() {
            return Err(Error::new(format!("no answer for {SILENCE_MAX:?}")));
        }
        for token in tokens {
            let number = index(token);
            let Some(poster) = self.posters.get_mut(number) else {
                continue;
            };
            let length = receive(&poster.fd, &mut self.buffer)?;
            if poster.hear(self.buffer.get(..length).unwrap_or_default())? {
                tell(micros(poster.sent_at.elapsed()));
                poster.waiting = false;
                self.answered += 1;
                self.send_next(number, writers, to_send)?;
            }
        }
        Ok(())
    }
}

impl Poster {
    /// Takes what arrived; true when it completes a 200. Any other answer is an error with its text.
    fn hear(&mut self, bytes: &[u8]) -> Result<bool> {
        let pieces = !self.heard.is_empty();
        if pieces {
            self.heard.extend_from_slice(bytes);
        }
        let whole = if pieces { self.heard.as_slice() } else { bytes };
        let Some(answer) = answer(whole) else {
            if !pieces {
                self.heard.extend_from_slice(bytes);
            }
            return Ok(false);
        };
        if answer.status != 200 {
            return Err(Error::new(format!(
                "not a 200: {}",
                String::from_utf8_lossy(whole)
            )));
        }
        self.heard.clear();
        Ok(true)
    }
}
