//! The WebSocket protocol (RFC 6455), server side, as bytes in and bytes out.
//!
//! [`handshake`] answers the upgrade request, [`encode`] makes finished server frames that any number of
//! connections can share, and [`decode`] takes masked client frames apart as they trickle in.
//! Nothing here reads a socket, answers a ping or echoes a close: the driver does. No extension is ever
//! agreed on, so a set reserved bit is always a violation.

pub mod decode;
pub mod encode;
pub mod handshake;
mod header;
mod mask;
mod violation;

pub use decode::{Decoder, Incoming, Limits};
pub use violation::Violation;

#[cfg(test)]
mod tests;

/// Close codes of RFC 6455, section 7.4.1, that a server has reason to send.
pub mod close_code {
    /// The purpose of the connection is fulfilled.
    pub const NORMAL: u16 = 1000;
    /// The server stops, or the browser left the page.
    pub const GOING_AWAY: u16 = 1001;
    /// The peer broke the framing rules.
    pub const PROTOCOL_ERROR: u16 = 1002;
    /// The peer sent a kind of data that is not understood, such as binary.
    pub const UNSUPPORTED_DATA: u16 = 1003;
    /// A text message or close reason is not UTF-8.
    pub const INVALID_DATA: u16 = 1007;
    /// A message is longer than the receiver accepts.
    pub const MESSAGE_TOO_BIG: u16 = 1009;
}

/// The longest payload of a ping, pong or close frame, in bytes (RFC 6455, section 5.5).
pub const CONTROL_BYTES_MAX: usize = 125;

/// Frame opcodes (RFC 6455, section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Opcode {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
}
