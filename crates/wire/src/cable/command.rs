//! What a client may say: `subscribe`, `unsubscribe` and `message`, and the extended protocol's commands.
//!
//! Parsing is one pass without a tree, and keys it does not know are skipped, so commands of newer clients that
//! carry more still work. It decides nothing about identifiers, nor about who may say what.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

/// One command of a client. Identifiers are the decoded text: the bytes the client will compare with.
#[derive(Debug, Clone)]
pub enum Command<'a> {
    /// Asks for a subscription named by `identifier`.
    Subscribe {
        /// The client's own name for the subscription, usually JSON.
        identifier: Cow<'a, str>,
        /// What it missed and wants to be told first (extended protocol).
        history: Option<Wanted>,
        /// Who is in the channel with it (extended protocol).
        presence: Option<Someone>,
    },
    /// Ends a subscription. Nothing is answered.
    Unsubscribe {
        /// The name given with the subscribe.
        identifier: Cow<'a, str>,
    },
    /// Calls an action of a live subscription.
    Message {
        /// The name given with the subscribe.
        identifier: Cow<'a, str>,
        /// JSON inside a string; see [`Call::parse`].
        data: Cow<'a, str>,
    },
    /// Asks to be told what was missed on a live subscription (extended protocol).
    History {
        /// The name given with the subscribe.
        identifier: Cow<'a, str>,
        /// What was missed.
        history: Wanted,
    },
    /// Tells everybody else on a subscription's channel something that is kept nowhere (extended protocol).
    Whisper {
        /// The name given with the subscribe.
        identifier: Cow<'a, str>,
        /// Any JSON value.
        data: &'a RawValue,
    },
    /// Says that somebody is in a subscription's channel (extended protocol).
    Join {
        /// The name given with the subscribe.
        identifier: Cow<'a, str>,
        /// Who.
        presence: Someone,
    },
    /// Says that they no longer are (extended protocol).
    Leave {
        /// The name given with the subscribe.
        identifier: Cow<'a, str>,
    },
    /// Asks who is in a channel (extended protocol).
    Presence {
        /// The name given with the subscribe.
        identifier: Cow<'a, str>,
        /// Whether everybody is wanted, or only how many they are.
        records: bool,
    },
    /// Answers a ping.
    Pong,
    /// Asks for a pong.
    Ping,
}

/// What a client of the extended protocol has missed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Wanted {
    /// Since when, in seconds since the Unix epoch, on streams whose position it does not know.
    #[serde(default)]
    pub since: Option<u64>,
    /// The last thing it was told, by the stream's name.
    #[serde(default)]
    pub streams: BTreeMap<String, Position>,
}

/// Somebody in a channel, as the client says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Someone {
    /// A name of the client's choice. Numbers count as their spelling.
    pub id: String,
    /// What it says about them: any JSON value.
    pub info: String,
}

/// A place in a stream.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Position {
    /// Which numbering the offset belongs to.
    #[serde(default)]
    pub epoch: String,
    /// The number.
    #[serde(default)]
    pub offset: u64,
}

/// Why a frame is not a command. Rails logs such a frame and goes on, and so do we.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadInput {
    /// Not a JSON object, or a known key with a value of the wrong type.
    #[error("not a command object")]
    NotACommand,
    /// `command` is missing or names nothing we do.
    #[error("unknown command")]
    UnknownCommand,
    /// `identifier` is missing.
    #[error("command without an identifier")]
    NoIdentifier,
    /// `data` is missing or does not hold a JSON object.
    #[error("message without a data object")]
    NoData,
}

impl<'a> Command<'a> {
    /// Reads one text frame.
    pub fn parse(text: &'a str) -> Result<Self, BadInput> {
        // serde would take an array for the object, its values in the order of the fields.
        if !text.trim_start().starts_with('{') {
            return Err(BadInput::NotACommand);
        }
        let frame: Frame<'a> = serde_json::from_str(text).map_err(|_| BadInput::NotACommand)?;
        let Some(Text(command)) = frame.command else {
            return Err(BadInput::UnknownCommand);
        };
        let identifier = frame.identifier.ok_or(BadInput::NoIdentifier).map(|t| t.0);
        match command.as_ref() {
            "subscribe" => Ok(Self::Subscribe {
                identifier: identifier?,
                history: frame.history.and_then(wanted),
                presence: frame.presence.and_then(someone),
            }),
            "history" => Ok(Self::History {
                identifier: identifier?,
                history: frame.history.and_then(wanted).unwrap_or_default(),
            }),
            "whisper" => Ok(Self::Whisper {
                identifier: identifier?,
                data: frame.data.ok_or(BadInput::NoData)?,
            }),
            "presence" => Ok(Self::Presence {
                identifier: identifier?,
                records: frame.data.is_none_or(wants_records),
            }),
            "join" => Ok(Self::Join {
                identifier: identifier?,
                presence: frame.presence.and_then(someone).ok_or(BadInput::NoData)?,
            }),
            "leave" => Ok(Self::Leave {
                identifier: identifier?,
            }),
            "pong" => Ok(Self::Pong),
            "ping" => Ok(Self::Ping),
            "unsubscribe" => Ok(Self::Unsubscribe {
                identifier: identifier?,
            }),
            "message" => Ok(Self::Message {
                identifier: identifier?,
                data: read_text(frame.data.ok_or(BadInput::NoData)?)?,
            }),
            _ => Err(BadInput::UnknownCommand),
        }
    }
}

/// What the `data` string of a [`Command::Message`] asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The action's name; `receive` when the client gave none, as in Rails.
    pub action: String,
    /// The whole object, `action` included.
    pub data: Value,
}

impl Call {
    /// Reads the JSON inside the `data` string.
    pub fn parse(data: &str) -> Result<Self, BadInput> {
        let data: Map<String, Value> = serde_json::from_str(data).map_err(|_| BadInput::NoData)?;
        let action = match data.get("action") {
            Some(Value::String(name)) if !name.trim().is_empty() => name.clone(),
            None | Some(Value::Null | Value::String(_)) => "receive".to_owned(),
            Some(_) => return Err(BadInput::NoData),
        };
        Ok(Self {
            action,
            data: Value::Object(data),
        })
    }
}

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow, default)]
    command: Option<Text<'a>>,
    #[serde(borrow, default)]
    identifier: Option<Text<'a>>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    history: Option<&'a RawValue>,
    #[serde(borrow, default)]
    presence: Option<&'a RawValue>,
}

/// A request for history that cannot be read is none: what is live still comes.
fn wanted(raw: &RawValue) -> Option<Wanted> {
    serde_json::from_str(raw.get()).ok()
}

/// `{"id":X,"info":Y}`; without an id it is nobody.
fn someone(raw: &RawValue) -> Option<Someone> {
    #[derive(Deserialize)]
    struct Shown<'a> {
        id: Value,
        #[serde(borrow, default)]
        info: Option<&'a RawValue>,
    }
    let shown: Shown<'_> = serde_json::from_str(raw.get()).ok()?;
    let id = match shown.id {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let info = shown.info.map_or("null", RawValue::get).to_owned();
    Some(Someone { id, info })
}

/// `{"return_records":false}` asks for the number alone.
fn wants_records(raw: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Asked {
        return_records: bool,
    }
    serde_json::from_str(raw.get()).map_or(true, |it: Asked| it.return_records)
}

/// The text in a value that must be one.
fn read_text(raw: &RawValue) -> Result<Cow<'_, str>, BadInput> {
    let Text(text) = serde_json::from_str(raw.get()).map_err(|_| BadInput::NotACommand)?;
    Ok(text)
}

/// serde borrows a `Cow` only when it is a field of its own, not inside an `Option`.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn short(command: Command<'_>) -> String {
        match command {
            Command::Subscribe {
                identifier,
                history,
                presence: None,
            } => format!("subscribe {identifier} {history:?}"),
            Command::Subscribe {
                identifier,
                presence: Some(it),
                ..
            } => format!("subscribe {identifier} with {} {}", it.id, it.info),
            Command::Join {
                identifier,
                presence: it,
            } => format!("join {identifier} {} {}", it.id, it.info),
            Command::Leave { identifier } => format!("leave {identifier}"),
            Command::Unsubscribe { identifier } => format!("unsubscribe {identifier}"),
            Command::Message { identifier, data } => format!("message {identifier} {data}"),
            Command::History {
                identifier,
                history,
            } => format!("history {identifier} {history:?}"),
            Command::Whisper { identifier, data } => format!("whisper {identifier} {data}"),
            Command::Presence {
                identifier,
                records,
            } => format!("presence {identifier} {records}"),
            Command::Pong => "pong".to_owned(),
            Command::Ping => "ping".to_owned(),
        }
    }

    #[test]
    fn commands_are_read_and_everything_else_has_a_reason() {
        let sub = |identifier: &'static str| Ok(format!("subscribe {identifier} None"));
        let table = [
            (r#"{"command":"subscribe","identifier":"a"}"#, sub("a")),
            (
                r#"{"identifier":"a\"b","history":{"since":1},"command":"subscribe"}"#,
                Ok("subscribe a\"b Some(Wanted { since: Some(1), streams: {} })".to_owned()),
            ),
            (
                r#"{"command":"history","identifier":"a","history":{"streams":{"s":{"offset":4,"epoch":"e"}}}}"#,
                Ok("history a Wanted { since: None, streams: {\"s\": Position { epoch: \"e\", offset: 4 }} }".to_owned()),
            ),
            (r#"{"command":"subscribe","identifier":"a","history":7}"#, sub("a")),
            (r#"{"command":"whisper","identifier":"a","data":{"x":[1]}}"#, Ok("whisper a {\"x\":[1]}".to_owned())),
            (r#"{"command":"whisper","identifier":"a"}"#, Err(BadInput::NoData)),
            (r#"{"command":"presence","identifier":"a"}"#, Ok("presence a true".to_owned())),
            (
                r#"{"command":"presence","identifier":"a","data":{"return_records":false}}"#,
                Ok("presence a false".to_owned()),
            ),
            (r#"{"command":"leave","identifier":"a","presence":{}}"#, Ok("leave a".to_owned())),
            (
                r#"{"command":"join","identifier":"a","presence":{"id":7,"info":{"n":"x"}}}"#,
                Ok("join a 7 {\"n\":\"x\"}".to_owned()),
            ),
            (
                r#"{"command":"subscribe","identifier":"a","presence":{"id":"me"}}"#,
                Ok("subscribe a with me null".to_owned()),
            ),
            (r#"{"command":"join","identifier":"a"}"#, Err(BadInput::NoData)),
            (r#"{"command":"join","identifier":"a","presence":{"id":null}}"#, Err(BadInput::NoData)),
            (r#"{"command":"ping"}"#, Ok("ping".to_owned())),
            (r#"{"command":"subscribe","identifier":""}"#, sub("")),
            (
                r#"{"command":"unsubscribe","identifier":"a","data":null}"#,
                Ok("unsubscribe a".to_owned()),
            ),
            (
                r#"{"command":"message","identifier":"a","data":"{}"}"#,
                Ok("message a {}".to_owned()),
            ),
            (
                r#"{"command":"message","identifier":"a"}"#,
                Err(BadInput::NoData),
            ),
            (
                r#"{"command":"message","identifier":"a","data":{}}"#,
                Err(BadInput::NotACommand),
            ),
            (r#"{"command":"subscribe"}"#, Err(BadInput::NoIdentifier)),
            (
                r#"{"command":"subscribe","identifier":null}"#,
                Err(BadInput::NoIdentifier),
            ),
            (
                r#"{"command":"subscribe","identifier":{}}"#,
                Err(BadInput::NotACommand),
            ),
            (r#"{"command":"pong"}"#, Ok("pong".to_owned())),
            (r#"{"identifier":"a"}"#, Err(BadInput::UnknownCommand)),
            ("[]", Err(BadInput::NotACommand)),
            (r#"["subscribe","a",null]"#, Err(BadInput::NotACommand)),
            ("", Err(BadInput::NotACommand)),
            ("{\"command\":", Err(BadInput::NotACommand)),
            (
                r#"{"command":"subscribe","identifier":"\ud800"}"#,
                Err(BadInput::NotACommand),
            ),
        ];
        for (text, expected) in table {
            assert_eq!(Command::parse(text).map(short), expected, "{text}");
        }
    }

    #[test]
    fn an_action_defaults_to_receive() {
        let action = |data| Call::parse(data).map(|call| call.action);
        assert_eq!(
            action(r#"{"action":"update_presence"}"#).as_deref(),
            Ok("update_presence")
        );
        assert_eq!(action(r#"{"x":1}"#).as_deref(), Ok("receive"));
        assert_eq!(action(r#"{"action":" "}"#).as_deref(), Ok("receive"));
        assert_eq!(action(r#"{"action":5}"#), Err(BadInput::NoData));
        assert_eq!(action("[1]"), Err(BadInput::NoData));
        assert_eq!(action("nonsense"), Err(BadInput::NoData));
    }

    #[test]
    fn deep_nesting_is_refused_and_not_recursed_into() {
        let deep = format!(
            r#"{{"command":"subscribe","identifier":"a","x":{}"#,
            "[".repeat(60_000)
        );
        assert_eq!(Command::parse(&deep).map(short), Err(BadInput::NotACommand));
        assert_eq!(
            Call::parse(&"{\"a\":".repeat(10_000)),
            Err(BadInput::NoData)
        );
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in ".{0,200}") {
            drop(Command::parse(&text));
            drop(Call::parse(&text));
        }

        #[test]
        fn any_identifier_survives_the_way_in(identifier in any::<String>()) {
            let text = serde_json::json!({"command": "subscribe", "identifier": identifier}).to_string();
            prop_assert_eq!(
                Command::parse(&text).map(short),
                Ok(format!("subscribe {identifier} None"))
            );
        }
    }
}
