//! What the HTTP API answers (HTTP API reference).
//!
//! A trigger without `info` is answered with exactly [`EMPTY`]: client libraries compare it. With `info`,
//! attributes that do not apply to a channel are left out rather than refused. A list of channels is an object
//! even when it is empty.

use super::json::push_string;

/// The body of a success that has nothing to tell.
pub const EMPTY: &str = "{}";

/// Which facts about channels were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attributes {
    /// Members of a presence channel.
    pub user_count: bool,
    /// Connections that follow a channel.
    pub subscription_count: bool,
}

/// An attribute that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Invalid info: expected user_count or subscription_count")]
pub struct UnknownAttribute;

/// The facts about one channel; what was not asked for or does not apply is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// Members of a presence channel.
    pub user_count: Option<u64>,
    /// Connections that follow the channel.
    pub subscription_count: Option<u64>,
}

impl Attributes {
    /// Reads a comma-separated list; the empty text asks for nothing.
    pub fn parse(info: &str) -> Result<Self, UnknownAttribute> {
        let mut asked = Self::default();
        for name in info.split(',').map(str::trim) {
            match name {
                "" => {}
                "user_count" => asked.user_count = true,
                "subscription_count" => asked.subscription_count = true,
                _ => return Err(UnknownAttribute),
            }
        }
        Ok(asked)
    }

    /// What of a channel's facts was asked for. Only presence channels have members to count.
    pub fn of(self, presence: bool, user_count: u64, subscription_count: u64) -> Facts {
        Facts {
            user_count: (self.user_count && presence).then_some(user_count),
            subscription_count: self.subscription_count.then_some(subscription_count),
        }
    }

    /// Whether anything was asked for.
    pub fn any(self) -> bool {
        self.user_count || self.subscription_count
    }
}

/// The last event of a cache channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cached {
    /// Its data, as published.
    pub data: String,
    /// Seconds that it is still replayed.
    pub ttl_s: u64,
}

/// The answer to `POST /apps/ID/events` with `info`, and to `GET /apps/ID/channels`.
pub fn channels<'a>(channels: impl IntoIterator<Item = (&'a str, Facts)>) -> Vec<u8> {
    let mut out = br#"{"channels":{"#.to_vec();
    for (at, (channel, facts)) in channels.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        push_string(&mut out, channel);
        out.push(b':');
        push_facts(&mut out, facts);
    }
    out.extend_from_slice(b"}}");
    out
}

/// The answer to `POST /apps/ID/batch_events` if any event had `info`: one object per event, in order.
pub fn batch_facts(events: impl IntoIterator<Item = Facts>) -> Vec<u8> {
    let mut out = br#"{"batch":["#.to_vec();
    for (at, facts) in events.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        push_facts(&mut out, facts);
    }
    out.extend_from_slice(b"]}");
    out
}

/// The answer to `GET /apps/ID/channels/NAME`. `cached` is given if it was asked for, and empty if there is none.
pub fn channel(occupied: bool, facts: Facts, cached: Option<Option<Cached>>) -> Vec<u8> {
    let mut out = format!(r#"{{"occupied":{occupied}"#).into_bytes();
    for text in fact_texts(facts) {
        out.push(b',');
        out.extend_from_slice(text.as_bytes());
    }
    match cached {
        None => {}
        Some(None) => out.extend_from_slice(br#","cache":null"#),
        Some(Some(cached)) => {
            out.extend_from_slice(br#","cache":{"data":"#);
            push_string(&mut out, &cached.data);
            out.extend_from_slice(format!(r#","ttl":{}}}"#, cached.ttl_s).as_bytes());
        }
    }
    out.push(b'}');
    out
}

/// The answer to `GET /apps/ID/channels/NAME/users`.
pub fn users<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut out = br#"{"users":["#.to_vec();
    for (at, id) in ids.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(br#"{"id":"#);
        push_string(&mut out, id);
        out.push(b'}');
    }
    out.extend_from_slice(b"]}");
    out
}

fn push_facts(out: &mut Vec<u8>, facts: Facts) {
    out.push(b'{');
    out.extend_from_slice(fact_texts(facts).join(",").as_bytes());
    out.push(b'}');
}

fn fact_texts(facts: Facts) -> Vec<String> {
    let named = [
        ("user_count", facts.user_count),
        ("subscription_count", facts.subscription_count),
    ];
    named
        .iter()
        .filter_map(|(name, count)| count.map(|count| format!(r#""{name}":{count}"#)))
        .collect()
}
