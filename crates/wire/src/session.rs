//! What every socket protocol's session says to the driver that owns its socket.
//!
//! A session is a value: text frames and ticks go in, [`Effect`]s come out, in order. It owns no socket, no
//! clock and no queue; the driver owns all three and knows no protocol.

use bytes::Bytes;

/// Milliseconds since the Unix epoch as the driver counts them: they never go back while it runs.
pub type Millis = u64;

/// For [`Effect::FollowAfter`]: none of a topic's numbered publications is delivered.
pub const NONE_NUMBERED: u64 = u64::MAX - 1;

/// One thing that a session asks of its driver. Effects take place in the order they were pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send this JSON text as one WebSocket text frame.
    Send(Bytes),
    /// Send this ahead of any data still queued: a ping that waits behind a busy fan-out is a ping too late.
    SendFirst(Bytes),
    /// From now on this connection follows `topic`. What is published after this effect took place is
    /// delivered; nothing published before it is.
    Follow {
        /// The topic's full name on this node.
        topic: String,
        /// Groups the topics of one subscription, so that one `Unfollow` ends them all.
        subscription: u32,
        /// What to put around each publication's payload; `None` sends the publication as it is.
        envelope: Option<Envelope>,
    },
    /// The same without an envelope, for a topic whose publications are numbered: the connection was told a
    /// state that contains everything up to the number `after`, so only higher ones are delivered to it.
    /// Publications without a number are delivered whatever it says.
    FollowAfter {
        /// The topic's full name on this node.
        topic: String,
        /// As in `Follow`.
        subscription: u32,
        /// The number of the last publication that the connection knows already.
        after: u64,
    },
    /// The same for a topic with a history: what was published after the number `after` and before this effect took
    /// place is delivered first, from the history.
    CatchUp {
        /// The topic's full name on this node.
        topic: String,
        /// As in `Follow`.
        subscription: u32,
        /// The number of the last publication that the connection knows already.
        after: u64,
    },
    /// The same for several topics with one history, each publication in this envelope: what was published since is
    /// delivered first, in the order of the numbers, then one of two verdicts, then what comes.
    CatchUpAll {
        /// The topics' full names on this node.
        topics: Vec<String>,
        /// As in `Follow`.
        subscription: u32,
        /// What the connection knows already.
        since: Since,
        /// What to put around each publication's payload.
        envelope: Envelope,
        /// What to say when all was told, and when it cannot be told. Nothing, if nobody asked.
        verdicts: Option<Verdicts>,
    },
    /// Stop following every topic of this subscription. Unknown numbers are ignored.
    Unfollow {
        /// The number given with `Follow`.
        subscription: u32,
    },
    /// Give `text` to every other follower of `topic` on this node, not to this connection. What one connection
    /// relays arrives in that order, unless the node is so far behind that it drops relays.
    Relay {
        /// The topic's full name on this node.
        topic: String,
        /// The finished JSON text.
        text: Bytes,
    },
    /// Send a WebSocket close frame with this code and reason after what is already queued, then hang up.
    Close {
        /// WebSocket close code.
        code: u16,
        /// At most 123 bytes of UTF-8.
        reason: String,
    },
    /// Call `tick` at this time or soon after. A later `WakeAt` replaces an earlier one.
    WakeAt(Millis),
}

/// Up to where a connection knows what was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Up to the publication with this number.
    Number(u64),
    /// Up to this time, in seconds since the Unix epoch; not what was published in that second.
    Time(u64),
}

/// The frames that end a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdicts {
    /// Everything was told.
    pub confirmed: Bytes,
    /// It cannot be told, and nothing was.
    pub rejected: Bytes,
}

/// The text that a protocol wraps around a payload shared by many connections.
///
/// A frame is `head + payload + tail`; the payload bytes are the same for every follower of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Text before the payload, escaped once when the subscription is made.
    pub head: Bytes,
    /// Text after the payload.
    pub tail: Bytes,
    /// For a reader who wants to know the numbers: text after the payload of a publication that has one, to be
    /// followed by the number and `tail`.
    pub before_number: Option<Box<Bytes>>,
}

/// A protocol's half of one connection.
pub trait Session {
    /// The socket is open. The first effect must be the protocol's greeting or its refusal.
    fn open(&mut self, now: Millis, out: &mut Vec<Effect>);
    /// A complete text frame arrived.
    fn text(&mut self, text: &str, now: Millis, out: &mut Vec<Effect>);
    /// The time asked for with [`Effect::WakeAt`] has come.
    fn tick(&mut self, now: Millis, out: &mut Vec<Effect>);
    /// The connection's outgoing queue is over its limit and the connection will be closed: say goodbye in the
    /// protocol's words (a frame, if the protocol has one, and a `Close` that makes the client come back).
    fn too_slow(&mut self, out: &mut Vec<Effect>);
    /// The server is stopping: say goodbye so that the client reconnects.
    fn going_away(&mut self, out: &mut Vec<Effect>);
    /// Whether the connection is to the socket application with this id.
    fn is_to(&self, app: &str) -> bool {
        let _: &str = app;
        false
    }
    /// Somebody with the right to do so ends a subscription, or the connection: say goodbye so that the client stays
    /// away. A connection that has other subscriptions may live on with these. Only sessions that follow a topic under
    /// which they can be dismissed, or are [to](Self::is_to) an application that is gone, are ever asked.
    fn dismiss(&mut self, _subscription: Option<u32>, out: &mut Vec<Effect>) {
        out.push(Effect::Close {
            code: 1008,
            reason: "dismissed".to_owned(),
        });
    }
}
