//! What a shard is told: take this connection, publish this, stop.

use std::{
    net::TcpStream,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use wire::{session::Session, websocket::encode};

/// A connection's own number, by which a publication can leave it out.
pub(crate) type Key = u128;

/// One thing to tell the followers of a topic.
pub(crate) struct Publication {
    pub(crate) topic: Box<str>,
    pub(crate) payload: Bytes,
    /// The connection that is not told.
    pub(crate) except: Option<Key>,
    frame: OnceLock<Bytes>,
}

impl Publication {
    pub(super) fn new(topic: &str, payload: Bytes, except: Option<Key>) -> Self {
        Self {
            topic: topic.into(),
            payload,
            except,
            frame: OnceLock::new(),
        }
    }

    /// The payload as a finished WebSocket frame, made once for everybody who gets it unwrapped.
    pub(crate) fn frame(&self) -> &Bytes {
        self.frame.get_or_init(|| encode::text_frame(&self.payload))
    }
}

/// A connection on its way to its shard.
pub(crate) struct Arrival {
    pub(crate) stream: TcpStream,
    /// What the client had sent already.
    pub(crate) early: Bytes,
    pub(crate) session: Box<dyn Session + Send>,
    pub(crate) key: Key,
}

/// What a shard is told.
pub(crate) enum Command {
    Adopt(Box<Arrival>),
    Publish(Arc<Publication>),
    /// Say goodbye to everybody and end.
    Stop,
}
