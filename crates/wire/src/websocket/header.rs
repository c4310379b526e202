//! The header of one client frame (RFC 6455, section 5.2).
//!
//! Refuses everything that can be refused before the payload is seen, so that a bad frame is never buffered.
//! It knows nothing of messages: whether a continuation has something to continue is the decoder's question.

use super::violation::Violation;
use super::{CONTROL_BYTES_MAX, Opcode};

const FIN: u8 = 0x80;
const RESERVED: u8 = 0x70;
const OPCODE: u8 = 0x0F;
const MASKED: u8 = 0x80;
const LENGTH: u8 = 0x7F;

/// A client frame's header, taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    /// Whether this frame ends its message.
    pub(super) fin: bool,
    /// What the frame is.
    pub(super) opcode: Opcode,
    /// The mask's key.
    pub(super) mask: [u8; 4],
    /// Bytes of the header itself.
    pub(super) header_bytes: usize,
    /// Bytes of the payload that follows. Not yet checked against any limit.
    pub(super) payload_bytes: usize,
}

impl Header {
    /// Reads the header at the start of `bytes`; `None` when it is not complete yet.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<Self>, Violation> {
        let Some((&[first, second], rest)) = bytes.split_first_chunk::<2>() else {
            return Ok(None);
        };
        if first & RESERVED != 0 {
            return Err(Violation::protocol("a reserved bit is set"));
        }
        let fin = first & FIN != 0;
        let opcode = opcode(first & OPCODE)?;
        if second & MASKED == 0 {
            return Err(Violation::protocol("a client frame is not masked"));
        }
        let short = second & LENGTH;
        if opcode.is_control() && (!fin || usize::from(short) > CONTROL_BYTES_MAX) {
            return Err(Violation::protocol(
                "a control frame is fragmented or too long",
            ));
        }
        let Some((payload_bytes, rest)) = payload_bytes(short, rest)? else {
            return Ok(None);
        };
        Ok(rest.first_chunk::<4>().map(|mask| Self {
            fin,
            opcode,
            mask: *mask,
            header_bytes: bytes.len() - rest.len() + mask.len(),
            payload_bytes,
        }))
    }

    /// Where the frame ends, counted from its first byte.
    pub(super) fn end(&self) -> usize {
        self.header_bytes.saturating_add(self.payload_bytes)
    }
}

impl Opcode {
    /// Whether this is a close, ping or pong.
    pub(super) fn is_control(self) -> bool {
        match self {
            Self::Continuation | Self::Text | Self::Binary => false,
            Self::Close | Self::Ping | Self::Pong => true,
        }
    }
}

fn opcode(number: u8) -> Result<Opcode, Violation> {
    Ok(match number {
        0x0 => Opcode::Continuation,
        0x1 => Opcode::Text,
        0x2 => Opcode::Binary,
        0x8 => Opcode::Close,
        0x9 => Opcode::Ping,
        0xA => Opcode::Pong,
        _ => return Err(Violation::protocol("an unknown opcode")),
    })
}

/// The payload's length and what follows it; `None` when the length is not complete yet.
///
/// A length must be written in the fewest bytes (section 5.2); one that was not is refused.
fn payload_bytes(short: u8, rest: &[u8]) -> Result<Option<(usize, &[u8])>, Violation> {
    let (length, rest, least) = match short {
        126 => match rest.split_first_chunk::<2>() {
            Some((bytes, rest)) => (u64::from(u16::from_be_bytes(*bytes)), rest, 126),
            None => return Ok(None),
        },
        127 => match rest.split_first_chunk::<8>() {
            Some((bytes, rest)) => (u64::from_be_bytes(*bytes), rest, 65_536),
            None => return Ok(None),
        },
        _ => (u64::from(short), rest, 0),
    };
    if length < least || length > u64::MAX / 2 {
        return Err(Violation::protocol("a frame's length is badly written"));
    }
    // A length beyond the address space is beyond every limit too.
    Ok(Some((usize::try_from(length).unwrap_or(usize::MAX), rest)))
}
