//! Writing messages and paging through them.

use serde::{Deserialize, Deserializer};

use super::BadParameter;
use crate::onechat::json::Json;
use crate::onechat::loose::{self, WrongType};
use crate::onechat::params::{BadParam, Params};
use crate::onechat::words::MessageType;

/// Body of `POST …/conversations/{id}/messages`. Files of a multipart form are not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct CreateMessage {
    /// What to say. May be absent when files are attached.
    #[serde(deserialize_with = "loose::text")]
    pub content: Option<String>,
    /// Absent means outgoing.
    #[serde(deserialize_with = "message_type")]
    pub message_type: Option<MessageType>,
    /// A note among agents. Absent means no.
    #[serde(deserialize_with = "loose::flag")]
    pub private: Option<bool>,
    /// Absent means `text`.
    #[serde(deserialize_with = "loose::text")]
    pub content_type: Option<String>,
    /// An object, or a string that holds one; anything else counts as `{}`.
    pub content_attributes: Json,
    /// The client's own key, given back once.
    #[serde(deserialize_with = "loose::text")]
    pub echo_id: Option<String>,
    /// The name of the message in the sending system.
    #[serde(deserialize_with = "loose::text")]
    pub source_id: Option<String>,
}

impl CreateMessage {
    /// Reads whatever form the parameters came in.
    pub fn from_params(params: &Params) -> Result<Self, BadParam> {
        let message_type = params.text("message_type")?.unwrap_or_default();
        Ok(Self {
            content: params.text("content")?,
            message_type: type_text(&message_type).map_err(|why| BadParam {
                key: "message_type".to_owned(),
                why,
            })?,
            private: params.flag("private")?,
            content_type: params.text("content_type")?,
            content_attributes: params
                .object("content_attributes")
                .ok()
                .flatten()
                .map(|text| Json::parse_or_empty(&text))
                .unwrap_or_default(),
            echo_id: params.text("echo_id")?,
            source_id: params.text("source_id")?,
        })
    }

    /// Reads the text fields of a form; files and unknown fields should be left out or are skipped.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, BadParameter> {
        let mut body = Self::default();
        for (key, value) in pairs {
            match key {
                "content" => body.content = Some(value.to_owned()),
                "message_type" => {
                    body.message_type =
                        type_text(value).map_err(BadParameter::new("message_type"))?;
                }
                "private" => {
                    body.private = loose::flag_text(value).map_err(BadParameter::new("private"))?;
                }
                "content_type" => body.content_type = Some(value.to_owned()),
                "content_attributes" => body.content_attributes = Json::parse_or_empty(value),
                "echo_id" => body.echo_id = Some(value.to_owned()),
                "source_id" => body.source_id = Some(value.to_owned()),
                _ => {}
            }
        }
        Ok(body)
    }
}

/// Query of `GET …/messages`: none gives the latest, `before` older ones, `after` newer ones, both what lies between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MessageWindow {
    /// Only messages with a smaller number.
    pub before: Option<i64>,
    /// Only messages with a greater number; with `before`, this number too.
    pub after: Option<i64>,
}

impl MessageWindow {
    /// Reads a decoded query string.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, BadParameter> {
        let mut window = Self::default();
        for (key, value) in pairs {
            match key {
                "before" => {
                    window.before =
                        loose::number_text(value).map_err(BadParameter::new("before"))?;
                }
                "after" => {
                    window.after = loose::number_text(value).map_err(BadParameter::new("after"))?;
                }
                _ => {}
            }
        }
        Ok(window)
    }
}

fn message_type<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<MessageType>, D::Error> {
    let text = loose::text(deserializer)?.unwrap_or_default();
    type_text(&text).map_err(serde::de::Error::custom)
}

fn type_text(text: &str) -> Result<Option<MessageType>, WrongType> {
    match text.trim() {
        "" => Ok(None),
        word => MessageType::find(word)
            .map(Some)
            .ok_or(WrongType("not a message type")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_from_json_and_from_a_form() {
        let expected = CreateMessage {
            content: Some("Guten Tag".into()),
            message_type: Some(MessageType::Incoming),
            private: Some(false),
            content_type: None,
            content_attributes: Json::parse(r#"{"in_reply_to":17}"#).unwrap(),
            echo_id: Some("5501".into()),
            source_id: Some("WAID:77".into()),
        };
        for body in [
            r#"{"content":"Guten Tag","message_type":"incoming","private":false,"echo_id":"5501",
                "content_attributes":{"in_reply_to":17},"source_id":"WAID:77","source_reply_id":null}"#,
            r#"{"content":"Guten Tag","message_type":0,"private":"false","echo_id":5501,"content_type":null,
                "content_attributes":"{\"in_reply_to\":17}","source_id":"WAID:77"}"#,
        ] {
            assert_eq!(
                serde_json::from_str::<CreateMessage>(body).unwrap(),
                expected,
                "{body}"
            );
        }
        let form = [
            ("content", "Guten Tag"),
            ("message_type", "incoming"),
            ("private", "false"),
            ("echo_id", "5501"),
            ("content_attributes", r#"{"in_reply_to":17}"#),
            ("source_id", "WAID:77"),
            ("campaign", "?"),
        ];
        assert_eq!(CreateMessage::from_pairs(form).unwrap(), expected);
        assert_eq!(
            serde_json::from_str::<CreateMessage>("{}").unwrap(),
            CreateMessage::default()
        );
        assert!(serde_json::from_str::<CreateMessage>(r#"{"message_type":"sideways"}"#).is_err());
        assert!(serde_json::from_str::<CreateMessage>(r#"{"content":{}}"#).is_err());
        let error = CreateMessage::from_pairs([("private", "perhaps")]).unwrap_err();
        assert_eq!(error.to_string(), "private: not true or false");
    }

    #[test]
    fn a_window_is_read_from_a_query() {
        let window = MessageWindow::from_pairs([("before", "90"), ("after", ""), ("x", "y")]);
        assert_eq!(
            window,
            Ok(MessageWindow {
                before: Some(90),
                after: None
            })
        );
        assert!(MessageWindow::from_pairs([("after", "last")]).is_err());
    }
}
