//! Pusher's error and close codes (Websocket protocol, "Error codes" and "Connection closure").
//!
//! The first two digits tell a client what to do: 4000–4099 do not come back, 4100–4199 back off, 4200–4299
//! come back at once, 4300–4399 are errors on a connection that stays open. A wrong family either locks users
//! out or makes them reconnect without end, so the code is an enum and not a number.

/// One documented code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Code {
    /// The application takes TLS connections only; pusher-js switches to `wss` at once.
    TlsOnly = 4000,
    /// No application has this key.
    UnknownApp = 4001,
    /// The application is switched off.
    AppDisabled = 4003,
    /// The application has all the connections it may have.
    OverQuota = 4004,
    /// The request's path is not a socket's.
    PathNotFound = 4005,
    /// `protocol` is not a number.
    InvalidVersion = 4006,
    /// `protocol` is a number that is not spoken here.
    UnsupportedProtocol = 4007,
    /// `protocol` is absent. Never sent: absent means 7 here.
    NoProtocol = 4008,
    /// The connection may not go on, for example because its user was thrown out.
    Unauthorized = 4009,
    /// The server has too much to do, or the client reads too slowly.
    OverCapacity = 4100,
    /// The server goes away for a reason of its own.
    Reconnect = 4200,
    /// No sign of life after a ping.
    PongTimeout = 4201,
    /// Closed after long inactivity; for clients before protocol 5, which cannot be pinged.
    Inactive = 4202,
    /// Too many client events. In-band only: as a close code, pusher-js would stay away.
    ClientEventRate = 4301,
    /// Too long a watchlist. In-band only.
    WatchlistLimit = 4302,
}

/// What a client does when the connection is closed with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// It does not come back.
    Refused,
    /// It comes back after a pause.
    Backoff,
    /// It comes back at once.
    Retry,
    /// It stays: the code is told in a `pusher:error` and never closes a connection.
    InBand,
}

impl Code {
    /// The number on the wire.
    pub fn number(self) -> u16 {
        self as u16
    }

    /// What the client will do.
    pub fn family(self) -> Family {
        match self.number() {
            ..4100 => Family::Refused,
            4100..4200 => Family::Backoff,
            4200..4300 => Family::Retry,
            4300.. => Family::InBand,
        }
    }

    /// What the client is told; fits in a close frame.
    pub fn text(self) -> &'static str {
        match self {
            Self::TlsOnly => "This application accepts TLS connections only",
            Self::UnknownApp => "No application has this key",
            Self::AppDisabled => "This application is disabled",
            Self::OverQuota => "This application is over its connection quota",
            Self::PathNotFound => "Path not found",
            Self::InvalidVersion => "The protocol version is not a number",
            Self::UnsupportedProtocol => "Unsupported protocol version: 5, 6 and 7 are spoken here",
            Self::NoProtocol => "No protocol version supplied",
            Self::Unauthorized => "This connection is not authorized",
            Self::OverCapacity => "Over capacity: try again later",
            Self::Reconnect => "The server is going away: reconnect now",
            Self::PongTimeout => "No pong was received in time",
            Self::Inactive => "Closed after inactivity",
            Self::ClientEventRate => "Client event rejected - rate limit exceeded",
            Self::WatchlistLimit => "The watchlist is over its limit",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Code and what pusher-js does on it, from the documented table.
    const TABLE: [(u16, Code, Family); 15] = [
        (4000, Code::TlsOnly, Family::Refused),
        (4001, Code::UnknownApp, Family::Refused),
        (4003, Code::AppDisabled, Family::Refused),
        (4004, Code::OverQuota, Family::Refused),
        (4005, Code::PathNotFound, Family::Refused),
        (4006, Code::InvalidVersion, Family::Refused),
        (4007, Code::UnsupportedProtocol, Family::Refused),
        (4008, Code::NoProtocol, Family::Refused),
        (4009, Code::Unauthorized, Family::Refused),
        (4100, Code::OverCapacity, Family::Backoff),
        (4200, Code::Reconnect, Family::Retry),
        (4201, Code::PongTimeout, Family::Retry),
        (4202, Code::Inactive, Family::Retry),
        (4301, Code::ClientEventRate, Family::InBand),
        (4302, Code::WatchlistLimit, Family::InBand),
    ];

    #[test]
    fn numbers_and_families_are_the_documented_ones() {
        for (number, code, family) in TABLE {
            assert_eq!(code.number(), number);
            assert_eq!(code.family(), family, "{number}");
            assert!(code.text().len() <= 123, "{number} fits in a close frame");
        }
    }
}
