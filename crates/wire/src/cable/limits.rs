//! Every number that bounds one Action Cable connection.
//!
//! Rails itself has none of these apart from the ping period; the others follow AnyCable's defaults where it
//! has one, and otherwise what the known clients can possibly need.

use crate::session::Millis;

/// Time between two pings, in milliseconds.
///
/// Rails' clients call a connection dead after two missed pings (6 s), the older ones whatever else arrives.
pub const PING_PERIOD_MS: Millis = 3_000;

/// Longest text frame a client may send, in bytes; a longer one closes the connection with code 1009.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// Longest identifier that can be subscribed to, in bytes of UTF-8 before escaping; a longer one is rejected.
///
/// A subscription keeps its identifier for as long as it lives, so this bounds the memory of an idle connection.
pub const IDENTIFIER_BYTES_MAX: usize = 2 * 1024;

/// Live subscriptions on one connection; a subscribe beyond them is rejected.
pub const SUBSCRIPTIONS_MAX: usize = 100;

/// Shortest and longest time in milliseconds between two repeats of a subscribe that show a client which
/// repeats until it is answered. Rails' clients do so every 500 ms.
pub const REPEAT_MS: std::ops::RangeInclusive<Millis> = 400..=2_000;

/// How long in milliseconds a client that has promised to answer pings may say nothing at all.
pub const SILENCE_MS: Millis = 3 * PING_PERIOD_MS;

/// Longest id of somebody in a channel, in bytes of UTF-8; a longer one is refused.
pub const PRESENCE_ID_BYTES_MAX: usize = 256;

/// Longest JSON text about somebody in a channel, in bytes; a longer one is refused.
pub const PRESENCE_INFO_BYTES_MAX: usize = 4 * 1024;

/// Longest close reason that fits a WebSocket close frame, in bytes of UTF-8 (RFC 6455, 5.5).
pub const CLOSE_REASON_BYTES_MAX: usize = 123;
