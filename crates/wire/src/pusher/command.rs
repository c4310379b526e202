//! What a client may send (Websocket protocol, "Events", client to server).
//!
//! Reads the envelope and the forms that real libraries use: `data` may be missing, `""` or `{}` where it means
//! nothing, a JSON string where an object is meant, and a channel's `auth` may be `null` or `""` for none.
//! A client event's `data` is kept as the bytes that were sent. Whether a command is allowed is not asked here.

use std::borrow::Cow;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

/// A readable frame.
#[derive(Debug)]
pub enum Command<'a> {
    /// `pusher:ping`.
    Ping,
    /// `pusher:pong`.
    Pong,
    /// `pusher:subscribe`.
    Subscribe(Subscribe),
    /// `pusher:unsubscribe`.
    Unsubscribe {
        /// As sent, not checked.
        channel: String,
    },
    /// `pusher:signin`.
    SignIn(SignIn),
    /// An event for the other followers of a channel; the name starts with `client-`.
    ClientEvent(ClientEvent<'a>),
}

/// The data of `pusher:subscribe`. Empty texts are given as absent.
#[derive(Debug, PartialEq, Eq)]
pub struct Subscribe {
    /// As sent, not checked.
    pub channel: String,
    /// `key:signature`.
    pub auth: Option<String>,
    /// The exact text that was signed.
    pub channel_data: Option<String>,
}

/// The data of `pusher:signin`. Empty texts are given as absent.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct SignIn {
    /// `key:signature`.
    #[serde(default)]
    pub auth: Option<String>,
    /// The exact text that was signed.
    #[serde(default)]
    pub user_data: Option<String>,
}

/// An event from a client.
#[derive(Debug)]
pub struct ClientEvent<'a> {
    /// Starts with `client-`.
    pub name: Cow<'a, str>,
    /// As sent, not checked; empty if it was missing.
    pub channel: String,
    /// Any JSON value, as sent.
    pub data: Option<&'a RawValue>,
}

/// Why a frame is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not JSON, or not an object with a text in `event`.
    #[error("The message is not a JSON object with an event name")]
    NotAnEvent,
    /// A `pusher:` or `pusher_internal:` event that clients do not send or that is not served.
    #[error("Unknown or reserved protocol event")]
    UnknownEvent,
    /// The `data` of a subscribe or unsubscribe has no channel or something odd in it.
    #[error("The data of the event must be an object with a channel name")]
    BadData,
    /// The same of a sign-in.
    #[error("The data of pusher:signin must be an object with auth and user_data")]
    BadSignIn,
    /// An event without the prefix; carries the channel that it was meant for.
    #[error("Client event rejected - the event name must start with 'client-'")]
    NotAClientEvent {
        /// As sent, not checked.
        channel: Option<String>,
    },
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(default)]
    channel: Option<String>,
}

#[derive(Deserialize)]
struct ChannelData {
    channel: String,
    #[serde(default)]
    auth: Option<String>,
    #[serde(default)]
    channel_data: Option<String>,
}

/// Reads one text frame.
pub fn parse(text: &str) -> Result<Command<'_>, Unreadable> {
    let envelope: Envelope<'_> = object(text).ok_or(Unreadable::NotAnEvent)?;
    match &*envelope.event {
        "pusher:ping" => Ok(Command::Ping),
        "pusher:pong" => Ok(Command::Pong),
        "pusher:subscribe" => {
            let data: ChannelData = data(envelope.data).ok_or(Unreadable::BadData)?;
            Ok(Command::Subscribe(Subscribe {
                channel: data.channel,
                auth: data.auth.filter(|auth| !auth.is_empty()),
                channel_data: data.channel_data.filter(|data| !data.is_empty()),
            }))
        }
        "pusher:unsubscribe" => {
            let data: ChannelData = data(envelope.data).ok_or(Unreadable::BadData)?;
            Ok(Command::Unsubscribe {
                channel: data.channel,
            })
        }
        "pusher:signin" => {
            let data: SignIn = data(envelope.data).ok_or(Unreadable::BadSignIn)?;
            Ok(Command::SignIn(SignIn {
                auth: data.auth.filter(|auth| !auth.is_empty()),
                user_data: data.user_data.filter(|data| !data.is_empty()),
            }))
        }
        name if name.starts_with("client-") => Ok(Command::ClientEvent(ClientEvent {
            channel: envelope.channel.unwrap_or_default(),
            data: envelope.data,
            name: envelope.event,
        })),
        name if name.starts_with("pusher:") || name.starts_with("pusher_internal:") => {
            Err(Unreadable::UnknownEvent)
        }
        _ => Err(Unreadable::NotAClientEvent {
            channel: envelope.channel,
        }),
    }
}

/// Reads the data of a command: an object, or a string that holds one.
fn data<T: DeserializeOwned>(data: Option<&RawValue>) -> Option<T> {
    let raw = data?.get();
    if raw.starts_with('"') {
        object(&serde_json::from_str::<String>(raw).ok()?)
    } else {
        object(raw)
    }
}

/// Reads a JSON object and nothing else: the derived readers would take an array of the same values too.
pub(super) fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    if !text.trim_ascii_start().starts_with('{') {
        return None;
    }
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn subscribe(text: &str) -> Subscribe {
        match parse(text) {
            Ok(Command::Subscribe(subscribe)) => subscribe,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_ping_is_a_ping_whatever_its_data() {
        for data in [
            "",
            r#","data":"""#,
            r#","data":{}"#,
            r#","data":"{}""#,
            r#","data":null"#,
        ] {
            let text = format!(r#"{{"event":"pusher:ping"{data},"x":[1]}}"#);
            assert!(matches!(parse(&text), Ok(Command::Ping)), "{text}");
        }
        assert!(matches!(
            parse(r#"{"data":{},"event":"pusher:pong"}"#),
            Ok(Command::Pong)
        ));
    }

    #[test]
    fn empty_and_null_auth_are_no_auth() {
        let bare = Subscribe {
            channel: "c".into(),
            auth: None,
            channel_data: None,
        };
        for data in [
            r#"{"channel":"c"}"#,
            r#"{"auth":"","channel":"c","channel_data":null}"#,
            r#"{"auth":null,"channel":"c","channel_data":"","other":1}"#,
            r#""{\"channel\":\"c\"}""#,
        ] {
            let text = format!(r#"{{"event":"pusher:subscribe","data":{data}}}"#);
            assert_eq!(subscribe(&text), bare, "{text}");
        }
        let signed = subscribe(
            r#"{"event":"pusher:subscribe","data":{"channel":"c","auth":"k:s","channel_data":"{\"a\":1}"}}"#,
        );
        assert_eq!(signed.auth.as_deref(), Some("k:s"));
        assert_eq!(signed.channel_data.as_deref(), Some(r#"{"a":1}"#));
    }

    #[test]
    fn a_client_events_data_is_kept_byte_for_byte() {
        let text =
            r#"{"event":"client-\u0061","channel":"private-c","data":{"n": 1.0, "a":"\u00e9"}}"#;
        let Ok(Command::ClientEvent(event)) = parse(text) else {
            panic!()
        };
        assert_eq!(event.name, "client-a");
        assert_eq!(event.channel, "private-c");
        assert_eq!(event.data.unwrap().get(), r#"{"n": 1.0, "a":"\u00e9"}"#);
    }

    #[test]
    fn what_is_not_understood_is_told_apart() {
        for text in [
            "",
            "{",
            "[]",
            "1",
            "null",
            "{}",
            r#"{"event":1}"#,
            r#"["pusher:ping"]"#,
        ] {
            assert_eq!(parse(text).unwrap_err(), Unreadable::NotAnEvent, "{text}");
        }
        for name in [
            "pusher:signin_success",
            "pusher:",
            "pusher:error",
            "pusher_internal:member_added",
        ] {
            let text = format!(r#"{{"event":"{name}","data":{{}}}}"#);
            assert_eq!(
                parse(&text).unwrap_err(),
                Unreadable::UnknownEvent,
                "{name}"
            );
        }
        for data in [
            "null",
            "\"\"",
            "[]",
            "{}",
            r#"["c"]"#,
            r#"{"channel":1}"#,
            "\"c\"",
        ] {
            let text = format!(r#"{{"event":"pusher:unsubscribe","data":{data}}}"#);
            assert_eq!(parse(&text).unwrap_err(), Unreadable::BadData, "{text}");
        }
        for data in ["null", "[]", "\"x\"", r#"{"auth":1}"#] {
            let text = format!(r#"{{"event":"pusher:signin","data":{data}}}"#);
            assert_eq!(parse(&text).unwrap_err(), Unreadable::BadSignIn, "{text}");
        }
        let channel = Some("c".to_owned());
        assert_eq!(
            parse(r#"{"event":"message","channel":"c"}"#).unwrap_err(),
            Unreadable::NotAClientEvent { channel }
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(
            text in prop_oneof![
                any::<String>(),
                "[\\{\\}\\[\\]\",:a-z0-9\\\\ ]{0,60}",
                "\\{\"event\":\"(pusher:subscribe|client-x)\",\"data\":.{0,40}\\}",
            ],
        ) {
            drop(parse(&text));
        }
    }
}
