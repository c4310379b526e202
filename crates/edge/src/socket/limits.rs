//! The driver's limits, with their units.

use std::time::Duration;

/// Connections open at once on this node. One more is answered 503 before its handshake.
pub(crate) const CONNECTIONS: usize = 200_000;
/// Bytes that may wait for one connection. One that is further behind is told to come back, and closed.
pub(crate) const QUEUE_BYTES: usize = 1024 * 1024;
/// Bytes of one incoming message. Protocols have lower limits of their own.
pub(crate) const MESSAGE_BYTES: usize = 128 * 1024;
/// Bytes read at once; one such buffer serves a whole shard.
pub(crate) const READ_BYTES: usize = 64 * 1024;
/// Frames or blocks written in one system call.
pub(crate) const SLICES: usize = 64;
/// Commands waiting for a shard. Who gives one waits when it is full.
pub(crate) const COMMANDS: usize = 1024;
/// Commands a shard takes at once.
pub(crate) const COMMANDS_AT_ONCE: usize = 256;
/// Publications from outside that wait for a shard. A publisher waits when they are so many; a follower never does.
pub(crate) const PUBLICATIONS: usize = 1024;
/// Publications a shard puts into its connections' queues before it writes them out.
pub(crate) const PUBLICATIONS_AT_ONCE: usize = 256;
/// Bytes of the same: a part of [`QUEUE_BYTES`], so that only who does not read is behind.
pub(crate) const PUBLISHED_BYTES_AT_ONCE: usize = QUEUE_BYTES / 4;
/// How long a connection may take to answer our goodbye.
pub(crate) const GOODBYE: Duration = Duration::from_secs(2);
/// Publications of sessions that wait for a shard before relays are dropped and nobody may join a presence
/// channel. Who leaves one, signs in or signs out is always told: each connection does that once for each time
/// that it was let in.
pub(crate) const POSTED: usize = 64 * 1024;
/// Publications held back from a connection that is still told what it missed. One that lets more than this happen
/// meanwhile is told to come back.
pub(crate) const HELD: usize = 16 * 1024;
/// Bytes of what was missed that are told before the client must have read them.
pub(crate) const PAGE_BYTES: usize = 256 * 1024;
