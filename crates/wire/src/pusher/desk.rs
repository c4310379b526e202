//! What a connection asks of its node: who else follows a channel, what was said there last, who is online.
//!
//! A [`Desk`] belongs to one connection and is called synchronously, so that what it answers and what the
//! connection does about it are one step. Behind it is the state that all connections of a node share; whatever a
//! call changes there, the desk itself tells to the others. It never sees a frame of the client's.

use std::sync::Arc;

use bytes::Bytes;

use super::channel::Name;
use super::member::Member;
use super::{App, SocketId};

/// A connection's place in a channel.
#[derive(Debug, Clone, Copy)]
pub struct Seat<'a> {
    /// The application whose channel it is.
    pub app: &'a App,
    /// The channel's name and kind.
    pub channel: Name<'a>,
    /// The channel's topic, unique on the node.
    pub topic: &'a str,
    /// Who the connection is there; given on presence channels and nowhere else.
    pub member: Option<&'a Arc<Member>>,
}

/// A client's event, on its way to the others of a channel.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// The application whose channel it is.
    pub app: &'a App,
    /// The channel's name.
    pub channel: &'a str,
    /// The event's name.
    pub event: &'a str,
    /// The JSON value that was sent, if one was.
    pub data: Option<&'a str>,
    /// Whose connection.
    pub socket_id: SocketId,
    /// Who, on presence channels.
    pub user_id: Option<&'a str>,
}

/// What a newcomer is told of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Publications of the channel up to this number are in what is told here.
    pub after: u64,
    /// Everybody on a presence channel, the newcomer included.
    pub members: Vec<Arc<Member>>,
    /// The finished frame of a cache channel's last event, unless it is too old.
    pub cached: Option<Bytes>,
}

/// Why somebody cannot join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// The presence channel has all the members it may have.
    Members,
    /// The node is behind with telling who comes and goes.
    Node,
}

/// Whether a user is online, as of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    /// Whether any connection is signed in as that user.
    pub online: bool,
    /// Publications of the user's watch topic up to this number are in `online`.
    pub after: u64,
}

/// One connection's way to the state of its node.
///
/// Every join that succeeds is followed by exactly one leave from the same seat, and every sign-in by exactly one
/// sign-out, whatever ends the connection.
pub trait Desk {
    /// The connection follows a channel from now on.
    fn join(&mut self, seat: &Seat<'_>) -> Result<Joined, Full>;

    /// It does not any more.
    fn leave(&mut self, seat: &Seat<'_>);

    /// The connection says something to the others of a channel.
    fn says(&mut self, said: &Said<'_>);

    /// Everybody on a presence channel.
    fn members(&self, topic: &str) -> Vec<Arc<Member>>;

    /// The connection is signed in as this user from now on.
    fn sign_in(&mut self, app_id: &str, user_id: &str);

    /// It is not any more.
    fn sign_out(&mut self, app_id: &str, user_id: &str);

    /// Whether a user is online.
    fn watch(&self, app_id: &str, user_id: &str) -> Watched;
}
