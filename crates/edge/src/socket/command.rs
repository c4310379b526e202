//! What a shard is told: take this connection, publish this, stop.

use std::{
    net::TcpStream,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use wire::{session::Session, websocket::encode};

use super::history::Page;

/// A connection's own number, by which a publication can leave it out.
pub(crate) type Key = u128;

/// One thing to tell the followers of a topic.
pub(crate) struct Publication {
    pub(crate) topic: Box<str>,
    pub(crate) payload: Bytes,
    /// The connection that is not told.
    pub(crate) except: Option<Key>,
    /// Where it stands in its topic's history; [`UNNUMBERED`] if the topic keeps none. Whoever was told a state
    /// that contains it is not told it again.
    pub(crate) number: u64,
    /// Whoever follows this other topic as well is not told.
    pub(crate) unless: Option<Box<str>>,
    frame: OnceLock<Bytes>,
}

/// Delivered to every follower, whatever it knows.
pub(super) const UNNUMBERED: u64 = u64::MAX;

impl Publication {
    pub(crate) fn new(topic: &str, payload: Bytes, except: Option<Key>) -> Self {
        Self {
            topic: topic.into(),
            payload,
            except,
            number: UNNUMBERED,
            unless: None,
            frame: OnceLock::new(),
        }
    }

    /// The same with a number, from 1.
    pub(crate) fn numbered(mut self, number: u64) -> Self {
        self.number = number;
        self
    }

    /// The same for all but those who follow this other topic as well.
    pub(crate) fn unless(mut self, topic: Option<&str>) -> Self {
        self.unless = topic.map(Into::into);
        self
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

/// What a shard is told besides publications.
pub(crate) enum Command {
    Adopt(Box<Arrival>),
    /// Tell one connection a part of what it missed.
    TellMissed(Box<Page>),
    /// Have every follower of this topic say goodbye for good, after what was published before.
    Dismiss(Arc<str>),
    /// End every connection to a socket application.
    DismissApp(Arc<str>),
    /// Say goodbye to everybody and end.
    Stop,
}
