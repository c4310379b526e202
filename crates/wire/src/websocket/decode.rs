//! Taking a client's byte stream apart into messages (RFC 6455, sections 5 and 7).
//!
//! The driver reads into a scratch buffer that its connections share and feeds what it got. A frame that lies
//! whole in the scratch is unmasked there and handed out as a borrow; only what is left over, part of a frame or
//! of a fragmented message, is kept, and an idle decoder keeps nothing. The decoder answers nothing: pongs and
//! the close echo are the driver's.

use super::header::Header;
use super::violation::Violation;
use super::{Opcode, mask};

/// What a decoder accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest message in bytes, over all its fragments. One byte more is a violation with code 1009,
    /// raised as soon as the header that announces it is read.
    pub message_bytes_max: usize,
}

/// One thing that the client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming<'a> {
    /// A whole text message.
    Text(&'a str),
    /// A whole binary message; a protocol without binary closes with 1003.
    Binary(&'a [u8]),
    /// To be answered with a pong of the same payload.
    Ping(&'a [u8]),
    /// The answer to a ping, or an unasked sign of life.
    Pong(&'a [u8]),
    /// The client closes: echo the code and hang up. Nothing is decoded after this.
    Close {
        /// The client's code, if it gave one.
        code: Option<u16>,
        /// The client's reason, often empty.
        reason: &'a str,
    },
}

/// The state of one connection's incoming half: 16 bytes, and no buffer while nothing is half received.
#[derive(Debug, Default)]
pub struct Decoder {
    kept: Option<Box<Kept>>,
    done: bool,
}

/// What is half received.
#[derive(Debug, Default)]
struct Kept {
    /// The start of a frame as it came, header included and still masked.
    frame: Vec<u8>,
    /// The fragments so far, unmasked.
    message: Vec<u8>,
    /// Whether the fragments began as text or as binary; `None` outside a fragmented message.
    kind: Option<Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Binary,
}

impl Decoder {
    /// A decoder at the start of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the stream and gives every message that they complete to `sink`, in order.
    ///
    /// `input` is unmasked in place: its contents are worthless afterwards. Input after a close frame or a
    /// violation is ignored.
    pub fn feed(
        &mut self,
        mut input: &mut [u8],
        limits: &Limits,
        sink: &mut impl FnMut(Incoming<'_>),
    ) -> Result<(), Violation> {
        while !self.done && !input.is_empty() {
            let taken = match self.step(input, limits, sink) {
                Ok(taken) => taken,
                Err(violation) => {
                    self.done = true;
                    self.kept = None;
                    return Err(violation);
                }
            };
            input = input.split_at_mut(taken).1;
        }
        Ok(())
    }

    /// Bytes of memory held for what is half received; zero while idle.
    pub fn held_bytes(&self) -> usize {
        self.kept.as_ref().map_or(0, |kept| {
            size_of::<Kept>() + kept.frame.capacity() + kept.message.capacity()
        })
    }

    /// Takes one frame, or what there is of it, and returns how many bytes of `input` it used.
    fn step(
        &mut self,
        input: &mut [u8],
        limits: &Limits,
        sink: &mut impl FnMut(Incoming<'_>),
    ) -> Result<usize, Violation> {
        if self
            .kept
            .as_ref()
            .is_some_and(|kept| !kept.frame.is_empty())
        {
            return self.resume(input, limits, sink);
        }
        let header = Header::parse(input)?;
        if let Some(header) = header {
            self.check(&header, limits)?;
            let end = header.end();
            if let Some(payload) = input.get_mut(header.header_bytes..end) {
                mask::apply(payload, header.mask);
                self.frame(&header, payload, limits, sink)?;
                return Ok(end);
            }
        }
        self.kept
            .get_or_insert_default()
            .frame
            .extend_from_slice(input);
        Ok(input.len())
    }

    /// Adds to the frame that is kept, and finishes it when its last byte is there.
    fn resume(
        &mut self,
        input: &[u8],
        limits: &Limits,
        sink: &mut impl FnMut(Incoming<'_>),
    ) -> Result<usize, Violation> {
        let mut frame = match self.kept.as_mut() {
            Some(kept) => std::mem::take(&mut kept.frame),
            None => return Ok(0),
        };
        let mut taken = 0;
        let header = loop {
            if let Some(header) = Header::parse(&frame)? {
                break header;
            }
            // Byte by byte is fine: a header has at most 14 of them.
            let Some(&byte) = input.get(taken) else {
                self.kept.get_or_insert_default().frame = frame;
                return Ok(taken);
            };
            frame.push(byte);
            taken += 1;
        };
        self.check(&header, limits)?;
        let end = header.end();
        let more = input.get(taken..).unwrap_or_default();
        let more = more.get(..end - frame.len()).unwrap_or(more);
        grow(&mut frame, more.len(), end);
        frame.extend_from_slice(more);
        taken += more.len();
        match frame.get_mut(header.header_bytes..end) {
            Some(payload) => {
                mask::apply(payload, header.mask);
                self.frame(&header, payload, limits, sink)?;
            }
            None => self.kept.get_or_insert_default().frame = frame,
        }
        self.free_if_idle();
        Ok(taken)
    }

    /// What can be said of a frame before its payload is there.
    fn check(&self, header: &Header, limits: &Limits) -> Result<(), Violation> {
        let kept = self.kept.as_ref();
        let open = kept.is_some_and(|kept| kept.kind.is_some());
        match header.opcode {
            Opcode::Close | Opcode::Ping | Opcode::Pong => return Ok(()),
            Opcode::Continuation if !open => {
                return Err(Violation::protocol("a continuation of nothing"));
            }
            Opcode::Text | Opcode::Binary if open => {
                return Err(Violation::protocol("a new message inside a fragmented one"));
            }
            Opcode::Continuation | Opcode::Text | Opcode::Binary => {}
        }
        let before = kept.map_or(0, |kept| kept.message.len());
        if header.payload_bytes > limits.message_bytes_max.saturating_sub(before) {
            return Err(Violation::TOO_BIG);
        }
        Ok(())
    }

    /// Takes a whole frame with its payload unmasked.
    fn frame(
        &mut self,
        header: &Header,
        payload: &[u8],
        limits: &Limits,
        sink: &mut impl FnMut(Incoming<'_>),
    ) -> Result<(), Violation> {
        match header.opcode {
            Opcode::Ping => sink(Incoming::Ping(payload)),
            Opcode::Pong => sink(Incoming::Pong(payload)),
            Opcode::Close => {
                self.done = true;
                self.kept = None;
                sink(close(payload)?);
            }
            Opcode::Text if header.fin => message(Kind::Text, payload, sink)?,
            Opcode::Binary if header.fin => message(Kind::Binary, payload, sink)?,
            Opcode::Text => self.keep(Some(Kind::Text), payload, limits),
            Opcode::Binary => self.keep(Some(Kind::Binary), payload, limits),
            Opcode::Continuation => {
                self.keep(None, payload, limits);
                if header.fin {
                    self.finish(sink)?;
                }
            }
        }
        Ok(())
    }

    /// Keeps a fragment; the first one of a message says its kind.
    fn keep(&mut self, first: Option<Kind>, payload: &[u8], limits: &Limits) {
        let kept = self.kept.get_or_insert_default();
        kept.kind = first.or(kept.kind);
        grow(&mut kept.message, payload.len(), limits.message_bytes_max);
        kept.message.extend_from_slice(payload);
    }

    /// Gives out the message whose last fragment was just kept.
    fn finish(&mut self, sink: &mut impl FnMut(Incoming<'_>)) -> Result<(), Violation> {
        let kept = self.kept.get_or_insert_default();
        let whole = std::mem::take(&mut kept.message);
        let kind = kept.kind.take().unwrap_or(Kind::Text);
        self.free_if_idle();
        message(kind, &whole, sink)
    }

    fn free_if_idle(&mut self) {
        if self
            .kept
            .as_ref()
            .is_some_and(|kept| kept.frame.is_empty() && kept.kind.is_none())
        {
            self.kept = None;
        }
    }
}

/// Makes room for `more` bytes: by doubling, so that a trickle costs no more than a burst, but never past
/// `end`, so that a client holds memory for what it sent and not for what it announced.
fn grow(buffer: &mut Vec<u8>, more: usize, end: usize) {
    let needed = buffer.len() + more;
    if buffer.capacity() < needed {
        let wanted = buffer.capacity().saturating_mul(2).min(end).max(needed);
        buffer.reserve_exact(wanted - buffer.len());
    }
}

fn message(
    kind: Kind,
    payload: &[u8],
    sink: &mut impl FnMut(Incoming<'_>),
) -> Result<(), Violation> {
    match kind {
        Kind::Binary => sink(Incoming::Binary(payload)),
        Kind::Text => match std::str::from_utf8(payload) {
            Ok(text) => sink(Incoming::Text(text)),
            Err(_) => return Err(Violation::NOT_UTF8),
        },
    }
    Ok(())
}

/// Reads a close frame's payload (section 5.5.1).
fn close(payload: &[u8]) -> Result<Incoming<'_>, Violation> {
    let Some((code, reason)) = payload.split_first_chunk::<2>() else {
        return match payload {
            [] => Ok(Incoming::Close {
                code: None,
                reason: "",
            }),
            _ => Err(Violation::protocol("half a close code")),
        };
    };
    let code = u16::from_be_bytes(*code);
    // Codes that may be sent (section 7.4); 1012 to 1014 were registered later.
    if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
        return Err(Violation::protocol("a close code that may not be sent"));
    }
    match std::str::from_utf8(reason) {
        Ok(reason) => Ok(Incoming::Close {
            code: Some(code),
            reason,
        }),
        Err(_) => Err(Violation::NOT_UTF8),
    }
}
