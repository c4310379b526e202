//! The two things about a connection that are not the protocol's to decide.

use crate::session::Millis;

/// What an operator or the driver chooses for a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Set for a client that speaks the extended protocol.
    pub extended: Option<Box<Extended>>,
    /// Milliseconds from opening to the first ping, taken modulo [`super::limits::PING_PERIOD_MS`]. Drivers spread
    /// it over their connections, so that pings do not come in bursts.
    pub ping_phase_ms: Millis,
    /// Confirm a live subscription once more for a client that keeps asking. Default `true`.
    ///
    /// Rails' own client (7.0 and later) with two objects of one identifier asks every 500 ms until it sees a
    /// confirmation, for ever if need be. AnyCable's client asks once more after 5 s, and would unsubscribe on a
    /// confirmation it does not expect. So only a repeat that follows another repeat within
    /// [`super::limits::REPEAT_MS`] is answered: the first kind of client always gets there, the second never.
    pub reconfirm: bool,
}

/// What a connection of the extended protocol is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extended {
    /// The session's name: a secret, for it gets the subscriptions back.
    pub sid: String,
    /// Which numbering the offsets of this server belong to.
    pub epoch: String,
    /// The identifiers of the session that this one restores.
    pub restored: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            extended: None,
            ping_phase_ms: 0,
            reconfirm: true,
        }
    }
}
