//! What a client may say: `subscribe`, `unsubscribe` and `message`.
//!
//! Parsing is one pass without a tree, and keys it does not know are skipped, so commands of newer clients that
//! carry more (`history`, `presence`) still work. It decides nothing about identifiers.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value};

/// One command of a client. Identifiers are the decoded text: the bytes the client will compare with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command<'a> {
    /// Asks for a subscription named by `identifier`.
    Subscribe {
        /// The client's own name for the subscription, usually JSON.
        identifier: Cow<'a, str>,
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
            }),
            "unsubscribe" => Ok(Self::Unsubscribe {
                identifier: identifier?,
            }),
            "message" => Ok(Self::Message {
                identifier: identifier?,
                data: frame.data.ok_or(BadInput::NoData)?.0,
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
    data: Option<Text<'a>>,
}

/// serde borrows a `Cow` only when it is a field of its own, not inside an `Option`.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn commands_are_read_and_everything_else_has_a_reason() {
        let sub = |identifier: &'static str| {
            Ok(Command::Subscribe {
                identifier: identifier.into(),
            })
        };
        let table = [
            (r#"{"command":"subscribe","identifier":"a"}"#, sub("a")),
            (
                r#"{"identifier":"a\"b","history":{"since":1},"command":"subscribe"}"#,
                sub("a\"b"),
            ),
            (r#"{"command":"subscribe","identifier":""}"#, sub("")),
            (
                r#"{"command":"unsubscribe","identifier":"a","data":null}"#,
                Ok(Command::Unsubscribe {
                    identifier: "a".into(),
                }),
            ),
            (
                r#"{"command":"message","identifier":"a","data":"{}"}"#,
                Ok(Command::Message {
                    identifier: "a".into(),
                    data: "{}".into(),
                }),
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
            (r#"{"command":"pong"}"#, Err(BadInput::UnknownCommand)),
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
            assert_eq!(Command::parse(text), expected, "{text}");
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
        assert_eq!(Command::parse(&deep), Err(BadInput::NotACommand));
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
                Command::parse(&text),
                Ok(Command::Subscribe { identifier: identifier.into() })
            );
        }
    }
}
