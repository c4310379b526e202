//! The webhooks that Pusher documents: what became of channels and their members, several to a post.
//!
//! A post is signed over its exact bytes with the application's own secret ([`signature::Secret`]), without a time.
//! Which node of several tells, and when an event has waited long enough to be true, is decided elsewhere.
//! "Channel" is Pusher's word, as in [`crate::pusher`].

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use crate::onechat::words::words;
use crate::pusher::signature;

/// Header with the application's key; of several keys the oldest in use.
pub const KEY: &str = "x-pusher-key";
/// Header with the signature of the body in lower-case hexadecimal.
pub const SIGNATURE: &str = "x-pusher-signature";
/// Value of `Content-Type`, to the letter: Pusher's Node library compares it as a whole.
pub const CONTENT_TYPE: &str = "application/json";

/// The most events of one post.
pub const EVENTS_MAX: usize = 20;
/// How long an event may wait for others. Hosted Pusher waits up to 250 ms.
pub const BATCH_WAIT: Duration = Duration::from_millis(50);
/// How long an empty channel or a gone member may take to come back before anybody is told.
pub const RETURN_WAIT: Duration = Duration::from_secs(3);

words! {
    /// What a hook can be about.
    Kind {
        /// The first subscriber came.
        ChannelOccupied = "channel_occupied",
        /// The last subscriber went.
        ChannelVacated = "channel_vacated",
        /// A user joined a presence channel.
        MemberAdded = "member_added",
        /// A user left a presence channel.
        MemberRemoved = "member_removed",
        /// A client sent an event to the others.
        ClientEvent = "client_event",
        /// Somebody subscribed to a cache channel that had nothing to show.
        CacheMiss = "cache_miss",
        /// The number of subscribers changed.
        SubscriptionCount = "subscription_count",
    }
}

/// One event of a post, its `name` first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
#[expect(
    clippy::enum_variant_names,
    reason = "the variants are the document's words"
)]
pub enum Event<'a> {
    /// The first subscriber came.
    ChannelOccupied {
        /// The channel's name.
        channel: Cow<'a, str>,
    },
    /// The last subscriber went.
    ChannelVacated {
        /// The channel's name.
        channel: Cow<'a, str>,
    },
    /// A user joined a presence channel.
    MemberAdded {
        /// The channel's name.
        channel: Cow<'a, str>,
        /// The user, as text even where the application gave a number.
        user_id: Cow<'a, str>,
    },
    /// A user left a presence channel.
    MemberRemoved {
        /// The channel's name.
        channel: Cow<'a, str>,
        /// The user, as text even where the application gave a number.
        user_id: Cow<'a, str>,
    },
    /// A client sent an event to the others.
    ClientEvent {
        /// The channel's name.
        channel: Cow<'a, str>,
        /// The event's name, `client-` included.
        event: Cow<'a, str>,
        /// What was sent, as text: see [`data_text`]. Null when nothing was.
        data: Option<Cow<'a, str>>,
        /// The sender's connection.
        socket_id: Cow<'a, str>,
        /// The sender, on presence channels alone.
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<Cow<'a, str>>,
    },
    /// Somebody subscribed to a cache channel that had nothing to show.
    CacheMiss {
        /// The channel's name.
        channel: Cow<'a, str>,
    },
    /// The number of subscribers changed.
    SubscriptionCount {
        /// The channel's name.
        channel: Cow<'a, str>,
        /// Subscribers now.
        subscription_count: u64,
    },
}

/// The body of one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Body<'a> {
    /// When it was made, in milliseconds since the Unix epoch.
    pub time_ms: i64,
    /// In the order they happened; at most [`EVENTS_MAX`].
    pub events: &'a [Event<'a>],
}

impl Event<'_> {
    /// What it is about, for applications that ask for some kinds only.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::ChannelOccupied { .. } => Kind::ChannelOccupied,
            Self::ChannelVacated { .. } => Kind::ChannelVacated,
            Self::MemberAdded { .. } => Kind::MemberAdded,
            Self::MemberRemoved { .. } => Kind::MemberRemoved,
            Self::ClientEvent { .. } => Kind::ClientEvent,
            Self::CacheMiss { .. } => Kind::CacheMiss,
            Self::SubscriptionCount { .. } => Kind::SubscriptionCount,
        }
    }
}

impl Body<'_> {
    /// The bytes to sign and to send. Fails for no body of this module.
    pub fn to_bytes(self) -> Result<Bytes, serde_json::Error> {
        serde_json::to_vec(&self).map(Bytes::from)
    }
}

/// The headers of one post besides [`CONTENT_TYPE`], names in lower case.
pub fn headers(key: &str, secret: &signature::Secret, body: &[u8]) -> [(&'static str, String); 2] {
    [(KEY, key.to_owned()), (SIGNATURE, secret.sign(body))]
}

/// A client event's `data` as text, from the JSON value that the client sent: a string's own text, and the JSON of
/// anything else.
pub fn data_text(json: &str) -> Cow<'_, str> {
    match serde_json::from_str::<String>(json) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(json),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(event: Event<'_>) -> String {
        let body = Body {
            time_ms: 1_353_088_179_000,
            events: &[event],
        };
        String::from_utf8(body.to_bytes().unwrap().to_vec()).unwrap()
    }

    fn client_event<'a>(data: Option<&'a str>, user_id: Option<&'a str>) -> Event<'a> {
        Event::ClientEvent {
            channel: "presence-c".into(),
            event: "client-typing".into(),
            data: data.map(data_text),
            socket_id: "12.34".into(),
            user_id: user_id.map(Cow::from),
        }
    }

    #[test]
    fn every_kind_is_written_to_the_letter() {
        let channel = || Cow::from("presence-c");
        let table = [
            (
                Event::ChannelOccupied { channel: channel() },
                r#"{"name":"channel_occupied","channel":"presence-c"}"#,
            ),
            (
                Event::ChannelVacated { channel: channel() },
                r#"{"name":"channel_vacated","channel":"presence-c"}"#,
            ),
            (
                Event::MemberAdded {
                    channel: channel(),
                    user_id: "10".into(),
                },
                r#"{"name":"member_added","channel":"presence-c","user_id":"10"}"#,
            ),
            (
                Event::MemberRemoved {
                    channel: channel(),
                    user_id: "a \"b\"".into(),
                },
                r#"{"name":"member_removed","channel":"presence-c","user_id":"a \"b\""}"#,
            ),
            (
                client_event(Some(r#"{"a": 1}"#), Some("10")),
                concat!(
                    r#"{"name":"client_event","channel":"presence-c","event":"client-typing","#,
                    r#""data":"{\"a\": 1}","socket_id":"12.34","user_id":"10"}"#
                ),
            ),
            (
                Event::CacheMiss { channel: channel() },
                r#"{"name":"cache_miss","channel":"presence-c"}"#,
            ),
            (
                Event::SubscriptionCount {
                    channel: channel(),
                    subscription_count: 3,
                },
                r#"{"name":"subscription_count","channel":"presence-c","subscription_count":3}"#,
            ),
        ];
        let kinds: Vec<Kind> = table.iter().map(|(event, _)| event.kind()).collect();
        assert_eq!(kinds, Kind::ALL);
        for (event, expected) in table {
            assert!(expected.contains(event.kind().as_str()));
            assert_eq!(
                text(event),
                format!(r#"{{"time_ms":1353088179000,"events":[{expected}]}}"#)
            );
        }
    }

    #[test]
    fn a_client_events_data_is_text() {
        for (data, expected) in [
            (None, "null"),
            (Some(r#""hi \"you\"""#), r#""hi \"you\"""#),
            (Some("7"), r#""7""#),
            (Some("null"), r#""null""#),
        ] {
            let written = text(client_event(data, None));
            assert!(
                written.contains(&format!(r#""data":{expected},"socket_id":"12.34"}}"#)),
                "{written}"
            );
        }
    }

    #[test]
    fn a_post_is_signed_over_its_bytes() {
        let body = text(Event::ChannelOccupied {
            channel: "c".into(),
        });
        let secret = signature::Secret::new("7ad3773142a6692b25b8");
        assert_eq!(
            headers("278d425bdf160c739803", &secret, body.as_bytes()),
            [
                ("x-pusher-key", "278d425bdf160c739803".to_owned()),
                (
                    "x-pusher-signature",
                    "3a011c8956e07265fb3ea66b303b2da703ae80cdb44605e75ac38d02c885b7bd".to_owned()
                ),
            ]
        );
    }
}
