//! Every limit of this room, with its unit. What a file may weigh is the middle's, in `app::limits`.

use std::time::Duration;

/// A URL we call, in bytes.
pub const URL_BYTES: usize = 2048;
/// Name look-ups under way at once. Each holds a thread until the system answers, however long we have stopped waiting.
pub const LOOKUPS: usize = 64;
/// Reaching a server: look-up, connection and TLS together.
pub const CONNECT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept. Its address was judged when it was opened, so this is also how long a
/// verdict may be old.
pub const IDLE: Duration = Duration::from_secs(30);
/// Unused connections kept to one server.
pub const IDLE_PER_HOST: usize = 8;

/// A media fetch, from look-up to last byte.
pub const MEDIA_FETCH: Duration = Duration::from_secs(30);
/// What is gathered before it is written, in bytes; the smallest part that every kind of object store takes.
pub const MEDIA_PART_BYTES: usize = 5 * 1024 * 1024;
/// The beginning of a file that tells what it is, in bytes.
pub const SNIFF_BYTES: usize = 4096;
/// A file's name, in bytes of UTF-8.
pub const NAME_BYTES: usize = 255;
/// A content type, in bytes.
pub const CONTENT_TYPE_BYTES: usize = 127;
/// Random bytes in a file's key.
pub const KEY_BYTES: usize = 20;

/// One send to a connector, from look-up to last byte of its answer.
pub const CTLIVE_SEND: Duration = Duration::from_secs(20);
/// A connector's answer, in bytes; the documented one is below 400.
pub const CTLIVE_ANSWER_BYTES: u64 = 64 * 1024;

/// One mail, from look-up to the server's last word.
pub const MAIL_SEND: Duration = Duration::from_secs(45);
/// One command to the mail server.
pub const MAIL_COMMAND: Duration = Duration::from_secs(20);
/// Connections to the mail server at once: those that one client may have are few.
pub const MAIL_CONNECTIONS: usize = 4;
