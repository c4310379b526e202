//! The two things about a connection that are not the protocol's to decide.

use crate::session::Millis;

/// What an operator or the driver chooses for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
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

impl Default for Settings {
    fn default() -> Self {
        Self {
            ping_phase_ms: 0,
            reconfirm: true,
        }
    }
}
