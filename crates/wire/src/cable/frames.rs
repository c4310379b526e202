//! The frames a server sends, byte for byte as Rails prints them.
//!
//! An identifier is an opaque key that the client compares as text, so it is never parsed and printed again:
//! it is escaped once into a [`Quoted`] and spliced from there. Nothing here decides when to send what.

use bytes::Bytes;

use crate::session::Envelope;

const IDENTIFIER: &str = r#"{"identifier":"#;
const MESSAGE: &str = r#","message":"#;
const TAIL: &[u8] = b"}";

/// Why the server ends a connection, in Rails' words and AnyCable's one addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The connection's credentials were refused.
    Unauthorized,
    /// The request makes no sense at this address.
    InvalidRequest,
    /// The server is stopping.
    ServerRestart,
    /// Somebody with the right to do so ended this connection.
    Remote,
    /// The client reads more slowly than its subscriptions speak (AnyCable).
    TooSlow,
    /// The client has promised to answer pings and does not (AnyCable).
    NoPong,
}

impl Reason {
    /// The text of `reason`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::InvalidRequest => "invalid_request",
            Self::ServerRestart => "server_restart",
            Self::Remote => "remote",
            Self::TooSlow => "too_slow",
            Self::NoPong => "no_pong",
        }
    }
}

/// An identifier as a JSON string literal, quotes included.
///
/// Equal identifiers give equal literals and different ones different literals, so literals can be compared
/// in place of identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted(String);

impl Quoted {
    /// Escapes `identifier` once.
    pub fn new(identifier: &str) -> Self {
        Self(serde_json::Value::from(identifier).to_string())
    }

    /// Whether `envelope` was made from this identifier.
    pub fn names(&self, envelope: &Envelope) -> bool {
        envelope.head.len() == IDENTIFIER.len() + self.0.len() + MESSAGE.len()
            && envelope
                .head
                .get(IDENTIFIER.len()..)
                .is_some_and(|rest| rest.starts_with(self.0.as_bytes()))
    }
}

/// `{"type":"welcome"}`, always the first frame.
pub const fn welcome() -> Bytes {
    Bytes::from_static(br#"{"type":"welcome"}"#)
}

/// A ping that carries the time in whole seconds since the Unix epoch.
pub fn ping(seconds: u64) -> Bytes {
    format!(r#"{{"type":"ping","message":{seconds}}}"#).into()
}

/// The answer to a subscribe that succeeded.
pub fn confirm(identifier: &Quoted) -> Bytes {
    format!(
        r#"{IDENTIFIER}{},"type":"confirm_subscription"}}"#,
        identifier.0
    )
    .into()
}

/// The answer to a subscribe that was refused.
pub fn reject(identifier: &Quoted) -> Bytes {
    format!(
        r#"{IDENTIFIER}{},"type":"reject_subscription"}}"#,
        identifier.0
    )
    .into()
}

/// The same for a subscription that lived, by what surrounds its payloads.
pub fn reject_of(envelope: &Envelope) -> Bytes {
    let head = &envelope.head;
    let identifier = head.get(..head.len().saturating_sub(MESSAGE.len()));
    let tail = br#","type":"reject_subscription"}"#;
    [identifier.unwrap_or_default(), tail].concat().into()
}

/// The last frame before the server closes. `reconnect: false` tells the client to stay away.
pub fn disconnect(reason: Reason, reconnect: bool) -> Bytes {
    let reason = reason.as_str();
    format!(r#"{{"type":"disconnect","reason":"{reason}","reconnect":{reconnect}}}"#).into()
}

/// What surrounds every payload of a subscription: `{"identifier":I,"message":` and `}`.
pub fn envelope(identifier: &Quoted) -> Envelope {
    Envelope {
        head: format!("{IDENTIFIER}{}{MESSAGE}", identifier.0).into(),
        tail: Bytes::from_static(TAIL),
        before_number: None,
    }
}

/// The same for a client of the extended protocol: a numbered payload tells its place in its stream.
pub fn positioned_envelope(identifier: &Quoted, stream: &str, epoch: &str) -> Envelope {
    let (stream, epoch) = (Quoted::new(stream), Quoted::new(epoch));
    let place = format!(r#","stream_id":{},"epoch":{},"offset":"#, stream.0, epoch.0);
    Envelope {
        before_number: Some(Box::new(place.into())),
        ..envelope(identifier)
    }
}

/// The first frame of the extended protocol. Whoever shows the session's name later gets its subscriptions back.
pub fn welcome_with(sid: &str) -> Bytes {
    format!(r#"{{"type":"welcome","sid":{}}}"#, Quoted::new(sid).0).into()
}

/// The same for a session that is restored, with the subscriptions that live again.
pub fn welcome_back<'a>(sid: &str, identifiers: impl Iterator<Item = &'a Quoted>) -> Bytes {
    let all: Vec<&str> = identifiers.map(|it| it.0.as_str()).collect();
    format!(
        r#"{{"type":"welcome","sid":{},"restored":true,"restored_ids":[{}]}}"#,
        Quoted::new(sid).0,
        all.join(",")
    )
    .into()
}

/// All of the history that was asked for was told.
pub fn confirm_history(identifier: &Quoted) -> Bytes {
    format!(
        r#"{{"type":"confirm_history","identifier":{}}}"#,
        identifier.0
    )
    .into()
}

/// The history that was asked for is not there any more.
pub fn reject_history(identifier: &Quoted) -> Bytes {
    format!(
        r#"{{"type":"reject_history","identifier":{}}}"#,
        identifier.0
    )
    .into()
}

/// The answer to a client's ping.
pub const fn pong() -> Bytes {
    Bytes::from_static(br#"{"type":"pong"}"#)
}

/// What surrounds every payload about who is in a subscription's channel.
pub fn presence_envelope(identifier: &Quoted) -> Envelope {
    Envelope {
        head: format!(
            r#"{{"type":"presence","identifier":{},"message":"#,
            identifier.0
        )
        .into(),
        tail: Bytes::from_static(TAIL),
        before_number: None,
    }
}

/// Somebody came. `info` must be one JSON value.
pub fn joined(id: &str, info: &str) -> Bytes {
    format!(
        r#"{{"type":"join","id":{},"info":{info}}}"#,
        Quoted::new(id).0
    )
    .into()
}

/// Somebody is gone.
pub fn left(id: &str) -> Bytes {
    format!(r#"{{"type":"leave","id":{}}}"#, Quoted::new(id).0).into()
}

/// How many are in a channel, and, if wanted, who.
pub fn gathered(all: &[(String, String)], records: bool) -> Bytes {
    let total = all.len();
    if !records || all.is_empty() {
        return format!(r#"{{"type":"info","total":{total}}}"#).into();
    }
    let one =
        |(id, info): &(String, String)| format!(r#"{{"id":{},"info":{info}}}"#, Quoted::new(id).0);
    let records: Vec<String> = all.iter().map(one).collect();
    let records = records.join(",");
    format!(r#"{{"type":"info","total":{total},"records":[{records}]}}"#).into()
}

/// The answer to whoever asks for the presence of a channel that keeps none.
pub fn no_presence(identifier: &Quoted) -> Bytes {
    format!(
        r#"{{"type":"presence","identifier":{},"message":{{"type":"error","total":0}}}}"#,
        identifier.0
    )
    .into()
}

/// One data frame for one connection. `payload` must be one JSON value; it is copied as it is.
pub fn data(envelope: &Envelope, payload: &[u8]) -> Bytes {
    let Envelope { head, tail, .. } = envelope;
    let mut frame = Vec::with_capacity(head.len() + payload.len() + tail.len());
    frame.extend_from_slice(head);
    frame.extend_from_slice(payload);
    frame.extend_from_slice(tail);
    frame.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn frames_have_rails_shapes_and_key_order() {
        let room = Quoted::new(r#"{"channel":"RoomChannel","pubsub_token":"tö/k"}"#);
        let table = [
            (welcome(), r#"{"type":"welcome"}"#),
            (
                ping(1_790_000_001),
                r#"{"type":"ping","message":1790000001}"#,
            ),
            (
                confirm(&room),
                r#"{"identifier":"{\"channel\":\"RoomChannel\",\"pubsub_token\":\"tö/k\"}","type":"confirm_subscription"}"#,
            ),
            (
                reject(&room),
                r#"{"identifier":"{\"channel\":\"RoomChannel\",\"pubsub_token\":\"tö/k\"}","type":"reject_subscription"}"#,
            ),
            (
                reject_of(&envelope(&room)),
                r#"{"identifier":"{\"channel\":\"RoomChannel\",\"pubsub_token\":\"tö/k\"}","type":"reject_subscription"}"#,
            ),
            (
                data(&envelope(&room), br#"{"event":"x"}"#),
                r#"{"identifier":"{\"channel\":\"RoomChannel\",\"pubsub_token\":\"tö/k\"}","message":{"event":"x"}}"#,
            ),
            (
                disconnect(Reason::ServerRestart, true),
                r#"{"type":"disconnect","reason":"server_restart","reconnect":true}"#,
            ),
            (
                disconnect(Reason::Unauthorized, false),
                r#"{"type":"disconnect","reason":"unauthorized","reconnect":false}"#,
            ),
        ];
        for (frame, expected) in table {
            assert_eq!(std::str::from_utf8(&frame).unwrap(), expected);
        }
    }

    proptest! {
        #[test]
        fn a_data_frame_is_json_that_names_the_same_identifier(identifier in any::<String>(), n in any::<i64>()) {
            let quoted = Quoted::new(&identifier);
            let frame = data(&envelope(&quoted), format!("[{n}]").as_bytes());
            let value: Value = serde_json::from_slice(&frame).unwrap();
            prop_assert_eq!(value["identifier"].as_str(), Some(identifier.as_str()));
            prop_assert_eq!(&value["message"], &serde_json::json!([n]));
            let confirmed: Value = serde_json::from_slice(&confirm(&quoted)).unwrap();
            prop_assert_eq!(confirmed["identifier"].as_str(), Some(identifier.as_str()));
        }

        #[test]
        fn an_envelope_is_named_by_its_own_identifier_only(a in any::<String>(), b in any::<String>()) {
            let (a, b) = (format!("{a}x"), format!("{b}y"));
            prop_assert!(Quoted::new(&a).names(&envelope(&Quoted::new(&a))));
            prop_assert!(!Quoted::new(&b).names(&envelope(&Quoted::new(&a))));
        }
    }
}
