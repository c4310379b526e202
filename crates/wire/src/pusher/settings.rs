//! Every limit of this dialect, with its unit and where it comes from.
//!
//! The constants are part of the protocol: client libraries are built with them. [`Settings`] holds what an
//! operator may change. Nothing here counts anything.

/// The longest channel name in characters. The documentation says 164, every client library allows 200.
pub const CHANNEL_NAME_CHARS_MAX: usize = 200;

/// The longest event name in characters (HTTP API reference, "POST event").
pub const EVENT_NAME_CHARS_MAX: usize = 200;

/// How many channels one trigger may name (HTTP API reference, "POST event").
pub const CHANNELS_PER_TRIGGER_MAX: usize = 100;

/// How many events one batch may hold (HTTP API reference, "POST batch events").
pub const BATCH_EVENTS_MAX: usize = 10;

/// The oldest protocol whose clients answer `pusher:ping` (Websocket protocol, "Protocol versions").
/// The Java library and what wraps it still speak 5, Pysher speaks 6.
pub const PROTOCOL_MIN: u32 = 5;

/// The newest protocol, and the one assumed when the client names none.
pub const PROTOCOL_MAX: u32 = 7;

/// What an operator may change; shared by all connections of a listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What stands before `/app` and `/apps` in paths as well as nothing: `/ws`, for servers behind a shared address.
    pub path_prefix: String,
    /// Seconds without a frame from the client after which it is pinged; told to the client, which pings by
    /// itself after the same time. Never zero: pusher-js takes zero for "not given".
    pub activity_timeout_s: u32,
    /// Seconds that a pinged client has to show a sign of life before it is closed with 4201.
    pub pong_timeout_s: u32,
    /// The longest `data` of an event in bytes, from the HTTP API and from clients. Hosted Pusher allows
    /// 10,240; self-hosted servers default to 100 KiB.
    pub event_data_bytes_max: usize,
    /// How many connections there may be at a time, of all protocols; one more is told 4100, to come back later.
    pub connections_max: usize,
    /// How many connections one application may have at a time on a node, unless it has a limit of its own; one more
    /// is told 4004, not to come back.
    pub app_connections_max: usize,
    /// How many channels one connection may follow at a time. Pusher documents no limit; memory has one.
    pub channels_per_connection_max: usize,
    /// How many client events one connection may send in a second (Websocket protocol, "Client events").
    pub client_events_per_second_max: u16,
    /// How many members a presence channel may have ("Presence channels", limits).
    pub presence_members_max: usize,
    /// The longest JSON in bytes that a back end may say of a member ("Presence channels", limits).
    pub member_info_bytes_max: usize,
    /// How many users one connection may watch; the rest are ignored and the client is told 4302
    /// ("Watchlist events").
    pub watchlist_users_max: usize,
    /// Seconds that a cache channel's last event is replayed ("Cache channels").
    pub cache_ttl_s: u32,
    /// Bytes of all last events that a node keeps; the oldest go first.
    pub cache_bytes_max: usize,
    /// From this many followers on, they are told at most once in
    /// [`Self::subscription_count_every_s`] seconds.
    pub subscription_count_crowd: u32,
    /// See [`Self::subscription_count_crowd`].
    pub subscription_count_every_s: u32,
    /// Seconds that a connection of an application for authorized connections only has to sign in or to follow a
    /// signed channel before it is closed with 4009 ("Authorized connections").
    pub authorize_within_s: u32,
    /// How far, in seconds, a request's `auth_timestamp` may be from the server's clock, either way
    /// (HTTP API reference, "Authentication").
    pub timestamp_window_s: u32,
    /// How many entries of the whole history are read again for whoever was away; see [`super::resume`].
    pub resume_entries_max: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            path_prefix: String::new(),
            activity_timeout_s: 120,
            pong_timeout_s: 30,
            event_data_bytes_max: 100 * 1024,
            connections_max: 100_000,
            app_connections_max: 100_000,
            channels_per_connection_max: 1_000,
            client_events_per_second_max: 10,
            presence_members_max: 100,
            member_info_bytes_max: 1024,
            watchlist_users_max: 100,
            cache_ttl_s: 30 * 60,
            cache_bytes_max: 64 * 1024 * 1024,
            subscription_count_crowd: 100,
            subscription_count_every_s: 5,
            authorize_within_s: 30,
            timestamp_window_s: 600,
            resume_entries_max: 200_000,
        }
    }
}

impl Settings {
    /// [`Self::activity_timeout_s`] in the driver's unit.
    pub(super) fn activity_timeout_ms(&self) -> u64 {
        u64::from(self.activity_timeout_s) * 1_000
    }

    /// [`Self::pong_timeout_s`] in the driver's unit.
    pub(super) fn pong_timeout_ms(&self) -> u64 {
        u64::from(self.pong_timeout_s) * 1_000
    }
}
