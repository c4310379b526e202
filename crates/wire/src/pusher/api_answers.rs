//! What the HTTP API answers to a publisher (HTTP API reference, "POST event" and "POST batch events").
//!
//! Without `info` the answer is exactly [`EMPTY`]: client libraries compare it. With `info`, attributes that do
//! not apply to a channel are left out rather than refused.

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

    /// Whether anything was asked for.
    pub fn any(self) -> bool {
        self.user_count || self.subscription_count
    }
}

/// The answer to `POST /apps/ID/events` with `info`.
pub fn event_facts<'a>(channels: impl IntoIterator<Item = (&'a str, Facts)>) -> Vec<u8> {
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

fn push_facts(out: &mut Vec<u8>, facts: Facts) {
    let named = [
        ("user_count", facts.user_count),
        ("subscription_count", facts.subscription_count),
    ];
    let texts: Vec<String> = named
        .iter()
        .filter_map(|(name, count)| count.map(|count| format!(r#""{name}":{count}"#)))
        .collect();
    out.push(b'{');
    out.extend_from_slice(texts.join(",").as_bytes());
    out.push(b'}');
}
