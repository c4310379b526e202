//! The `[pusher]` section: the limits of the Pusher protocol, with the documented defaults.

use anyhow::{Result, bail};
use serde::Deserialize;
use wire::pusher::Settings;

/// What holds for every socket application.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Pusher {
    /// What stands before /app and /apps in paths as well as nothing, such as "/ws".
    path_prefix: String,
    /// Seconds without a frame from a client after which it is pinged; told to the client, which does the same.
    activity_timeout_s: u32,
    /// Seconds that a pinged client has to answer before it is closed with 4201.
    pong_timeout_s: u32,
    /// Seconds to sign in or to follow a signed channel before 4009, in applications for authorized connections only.
    authorize_within_s: u32,
    /// How far the time of a signed request may be from ours, in seconds.
    timestamp_window_s: u32,
    /// How many entries of the journal are read again for a program that was away and asks for what it missed.
    resume_entries_max: u32,
    /// The longest data of an event.
    event_data_bytes_max: usize,
    /// How many connections there may be at a time, of all protocols; one more is told 4100, to come back later.
    connections_max: usize,
    /// The same for one application, unless it has a limit of its own; one more is told 4004, not to come back.
    app_connections_max: usize,
    /// How many channels one connection may follow at a time.
    channels_per_connection_max: usize,
    /// How many client events one connection may send in a second.
    client_events_per_second_max: u16,
    /// How many members a presence channel may have.
    presence_members_max: usize,
    /// The longest user_info of a member.
    member_info_bytes_max: usize,
    /// How many users one connection may watch.
    watchlist_users_max: usize,
    /// Seconds that the last event of a cache channel is kept.
    cache_ttl_s: u32,
    /// Bytes of all last events together; the oldest go first.
    cache_bytes_max: usize,
    /// From this many followers on, they are told how many they are at most once in so many seconds.
    subscription_count_crowd: u32,
    /// See subscription_count_crowd.
    subscription_count_every_s: u32,
}

impl Default for Pusher {
    fn default() -> Self {
        let Settings {
            path_prefix,
            activity_timeout_s,
            pong_timeout_s,
            authorize_within_s,
            timestamp_window_s,
            resume_entries_max,
            event_data_bytes_max,
            connections_max,
            app_connections_max,
            channels_per_connection_max,
            client_events_per_second_max,
            presence_members_max,
            member_info_bytes_max,
            watchlist_users_max,
            cache_ttl_s,
            cache_bytes_max,
            subscription_count_crowd,
            subscription_count_every_s,
        } = Settings::default();
        Self {
            path_prefix,
            activity_timeout_s,
            pong_timeout_s,
            authorize_within_s,
            timestamp_window_s,
            resume_entries_max,
            event_data_bytes_max,
            connections_max,
            app_connections_max,
            channels_per_connection_max,
            client_events_per_second_max,
            presence_members_max,
            member_info_bytes_max,
            watchlist_users_max,
            cache_ttl_s,
            cache_bytes_max,
            subscription_count_crowd,
            subscription_count_every_s,
        }
    }
}

impl Pusher {
    /// Refuses what cannot be meant.
    pub(super) fn check(&self) -> Result<()> {
        let prefix = &self.path_prefix;
        let is_plain =
            |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'/' | b'-' | b'_' | b'.');
        let is_path = prefix.is_empty() || prefix.starts_with('/') && !prefix.contains("//");
        if !is_path || !prefix.bytes().all(is_plain) {
            bail!("pusher.path_prefix is not a path, such as \"/ws\"");
        }
        Ok(())
    }

    /// The same for the sessions.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            path_prefix: self.path_prefix.trim_end_matches('/').to_owned(),
            // Zero is "not given" to client libraries.
            activity_timeout_s: self.activity_timeout_s.max(1),
            pong_timeout_s: self.pong_timeout_s,
            authorize_within_s: self.authorize_within_s,
            timestamp_window_s: self.timestamp_window_s,
            resume_entries_max: self.resume_entries_max,
            event_data_bytes_max: self.event_data_bytes_max,
            connections_max: self.connections_max,
            app_connections_max: self.app_connections_max,
            channels_per_connection_max: self.channels_per_connection_max,
            client_events_per_second_max: self.client_events_per_second_max,
            presence_members_max: self.presence_members_max,
            member_info_bytes_max: self.member_info_bytes_max,
            watchlist_users_max: self.watchlist_users_max,
            cache_ttl_s: self.cache_ttl_s,
            cache_bytes_max: self.cache_bytes_max,
            subscription_count_crowd: self.subscription_count_crowd,
            subscription_count_every_s: self.subscription_count_every_s,
        }
    }
}
