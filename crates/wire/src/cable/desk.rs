//! What a connection asks of the rest of the server: who may subscribe, and what an action does.
//!
//! A [`Desk`] belongs to one connection and is called synchronously, one command after another, so that an
//! answer can never overtake an earlier one. It knows no frames.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::session::Millis;

/// The parsed side of an identifier: an object with a `channel`, used for deciding and for nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Params {
    channel: String,
    all: Map<String, Value>,
}

impl Params {
    /// `None` unless `identifier` is a JSON object whose `channel` is a string.
    pub fn parse(identifier: &str) -> Option<Self> {
        let all: Map<String, Value> = serde_json::from_str(identifier).ok()?;
        let channel = all.get("channel")?.as_str()?.to_owned();
        Some(Self { channel, all })
    }

    /// The channel's class name, for example `RoomChannel`.
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// All keys, `channel` included.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.all
    }
}

/// An accepted subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seated<S> {
    /// What the desk wants to have back with every action and at the end.
    pub seat: S,
    /// Full names of the topics to follow from the confirmation on. May be empty.
    pub topics: Vec<String>,
    /// Payloads (one JSON value each) for this subscription alone, sent directly after the confirmation.
    pub transmit: Vec<Bytes>,
    /// What the extended protocol calls the stream of all these topics.
    pub stream: String,
    /// The topic that whispers go to, if this seat may whisper.
    pub whispers: Option<String>,
    /// The topic of those who say that they are here, if the channel keeps them.
    pub gathering: Option<String>,
}

/// Decides for one connection what identifiers mean.
///
/// Each seat that [`Desk::subscribe`] hands out comes back exactly once through [`Desk::unsubscribe`],
/// whatever ends it: the client's wish, the server's goodbye, or the socket's loss.
pub trait Desk {
    /// What a live subscription needs to remember.
    type Seat;

    /// Decides a subscribe. `None` rejects it; the client may try the same identifier again.
    fn subscribe(&mut self, params: &Params, now: Millis) -> Option<Seated<Self::Seat>>;

    /// Does an action on a live subscription and returns payloads to send on it to this connection alone.
    ///
    /// `data` is the client's whole object. An action the desk does not know returns nothing.
    fn perform(
        &mut self,
        seat: &mut Self::Seat,
        action: &str,
        data: &Value,
        now: Millis,
    ) -> Vec<Bytes>;

    /// Whether what was accepted still is. Asked of a subscription that follows nothing yet, for nobody who follows
    /// nothing can be told that it is no more.
    fn holds(&self, _params: &Params) -> bool {
        true
    }

    /// The subscription is over.
    fn unsubscribe(&mut self, seat: Self::Seat);

    /// The number of the newest publication, whoever it was for.
    fn position(&self) -> u64 {
        0
    }

    /// The client says that somebody is in the seat's channel, with any JSON value about them. Returns whether that is
    /// news to the channel; `None` refuses it.
    fn join(&mut self, _seat: &mut Self::Seat, _id: &str, _info: &str) -> Option<bool> {
        None
    }

    /// The client says that they no longer are. Returns their id if that is news to the channel.
    fn leave(&mut self, _seat: &mut Self::Seat) -> Option<String> {
        None
    }

    /// Everybody in the seat's channel, each with what was said about them.
    fn gathered(&self, _seat: &Self::Seat) -> Vec<(String, String)> {
        Vec::new()
    }

    /// A connection of the extended protocol broke off. Whoever shows `sid` soon may have these subscriptions again.
    fn park(&mut self, _sid: &str, _identifiers: Vec<String>) {}
}
