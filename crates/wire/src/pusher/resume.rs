//! Being told what was missed: ours, and not part of Pusher's protocol.
//!
//! A back end that signs a plain private channel may put `{"resume":{"after":"17"}}` into the signed `channel_data`,
//! which every client library passes on as it is. Then the acknowledgement's `data` and that of every event carry a
//! `position`, and what was told of the channel after position 17 comes before what is told from now on. A client
//! whose back end signs no such thing sees plain protocol 7. Where the events come from is not asked here.

use bytes::Bytes;
use serde::Deserialize;

use super::{channel::Kind, frames};

/// The event that says that what was missed cannot be told, and why.
pub const FAILED: &str = "switchboard:resume_failed";

/// Why what was missed cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The position is not one of this server's history.
    Unknown,
    /// The history does not reach back that far any more.
    Expired,
    /// So much has happened since that it is not read again.
    TooFar,
    /// The history cannot be read now.
    Unavailable,
}

impl Failure {
    fn word(self) -> &'static str {
        match self {
            Self::Unknown => "position_unknown",
            Self::Expired => "position_expired",
            Self::TooFar => "too_far",
            Self::Unavailable => "unavailable",
        }
    }
}

/// The `channel_data` that asks for everything after a position.
pub fn channel_data(after: u64) -> String {
    format!(r#"{{"resume":{{"after":"{after}"}}}}"#)
}

/// The position that a signed `channel_data` asks to resume after.
pub(super) fn after(kind: Kind, channel_data: Option<&str>) -> Option<u64> {
    #[derive(Deserialize)]
    struct Data {
        resume: Resume,
    }
    #[derive(Deserialize)]
    struct Resume {
        after: String,
    }
    let plain_private = Kind {
        signed: true,
        ..Kind::default()
    };
    if kind != plain_private {
        return None;
    }
    let data: Data = serde_json::from_str(channel_data?).ok()?;
    data.resume.after.parse().ok()
}

/// The topic of a channel's events with their positions, beside the channel's own. Not a channel's: a channel's name
/// holds no `/`.
pub fn topic(app_id: &str, channel: &str) -> String {
    super::topic(app_id, channel) + SUFFIX
}

/// The channel of such a topic.
pub fn channel_of<'a>(app_id: &str, topic: &'a str) -> Option<&'a str> {
    let start = super::topic(app_id, "");
    topic.strip_prefix(&*start)?.strip_suffix(SUFFIX)
}

const SUFFIX: &str = "/resume";

/// The `data` of an event, a JSON object with at least one key, with the event's position as its last key.
pub fn with_position(data: &str, position: u64) -> String {
    let open = data.trim_end().strip_suffix('}').unwrap_or(data);
    format!(r#"{open},"position":"{position}"}}"#)
}

/// The acknowledgement of a subscription that resumes after a position.
pub(super) fn succeeded(channel: &str, after: u64) -> Bytes {
    let data = format!(r#"{{"position":"{after}"}}"#);
    frames::event("pusher_internal:subscription_succeeded", channel, &data)
}

/// Tells a client that it missed something for good, and the position from which on it is told everything again.
pub fn failed(channel: &str, why: Failure, position: u64) -> Bytes {
    let reason = why.word();
    let data = format!(r#"{{"reason":"{reason}","position":"{position}"}}"#);
    frames::event(FAILED, channel, &data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pusher::channel::Name;

    fn asked(channel: &str, data: &str) -> Option<u64> {
        after(Name::parse(channel).unwrap().kind(), Some(data))
    }

    #[test]
    fn only_a_private_channel_is_resumed_and_only_from_a_position() {
        let good = channel_data(17);
        assert_eq!(good, r#"{"resume":{"after":"17"}}"#);
        assert_eq!(asked("private-c", &good), Some(17));
        for channel in [
            "c",
            "presence-c",
            "private-cache-c",
            "private-encrypted-c",
            "cache-c",
        ] {
            assert_eq!(asked(channel, &good), None, "{channel}");
        }
        for data in [
            "",
            "[]",
            "{}",
            r#"{"resume":true}"#,
            r#"{"resume":{"after":17}}"#,
            r#"{"resume":{"after":"-1"}}"#,
        ] {
            assert_eq!(asked("private-c", data), None, "{data}");
        }
    }

    #[test]
    fn a_position_is_the_last_key_of_an_object() {
        assert_eq!(
            with_position(r#"{"data":[{}]}"#, 17),
            r#"{"data":[{}],"position":"17"}"#
        );
        assert_eq!(channel_of("3", &topic("3", "private-c")), Some("private-c"));
        assert_eq!(channel_of("3", &topic("30", "private-c")), None);
        assert_eq!(channel_of("3", "pusher/3/private-c"), None);
    }
}
