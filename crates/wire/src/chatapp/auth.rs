//! The body of `POST /broadcasting/auth`: which socket asks for which private channel.
//!
//! pusher-js posts it as a form, other clients as JSON; the fields are the same and the caller picks the decoder.
//! The signature in the answer is Pusher's and is made elsewhere.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The fields of the request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Request<'a> {
    /// The socket, as `1234.5678`.
    #[serde(borrow)]
    pub socket_id: Cow<'a, str>,
    /// The channel it asks for; see [`super::Channel::parse`].
    #[serde(borrow)]
    pub channel_name: Cow<'a, str>,
    /// Ours: whether events come with their positions, and what was missed since one of them is told first.
    #[serde(default)]
    pub resume: bool,
    /// Ours: the position of the last event that the program was told on this channel.
    #[serde(borrow, default)]
    pub position: Option<Cow<'a, str>>,
}

impl Request<'_> {
    /// Reads a form's fields. A program may post the position of each of its channels with every request, as
    /// `position[CHANNEL]`: client libraries post the same fields for all channels.
    #[must_use]
    pub fn from_form(fields: &[(String, String)]) -> Option<Self> {
        let find = |key: &str| {
            let found = fields.iter().find(|(name, _)| name == key);
            found.map(|(_, value)| Cow::Owned(value.clone()))
        };
        let channel_name = find("channel_name")?;
        let position = find(&format!("position[{channel_name}]")).or_else(|| find("position"));
        Some(Self {
            socket_id: find("socket_id")?,
            resume: find("resume").is_some_and(|it| !matches!(&*it, "" | "0" | "false")),
            position: position.filter(|it| !it.is_empty()),
            channel_name,
        })
    }
}

/// The answer when it may listen: no envelope, because pusher-js reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Granted<'a> {
    /// The application's key, a colon, and the signature.
    pub auth: Cow<'a, str>,
    /// What was signed besides; only for a program that resumes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_data: Option<Cow<'a, str>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_is_read_and_the_answer_written() {
        let request: Request<'_> = serde_json::from_str(
            r#"{"socket_id":"12.34","channel_name":"private-v1.companies.7"}"#,
        )
        .unwrap();
        assert_eq!(request.socket_id, "12.34");
        assert!(super::super::Channel::parse(&request.channel_name).is_some());
        assert_eq!(
            serde_json::to_string(&Granted {
                auth: "key:0a".into(),
                channel_data: None,
            })
            .unwrap(),
            r#"{"auth":"key:0a"}"#,
        );
    }

    #[test]
    fn a_form_may_name_the_positions_of_several_channels() {
        let read = |fields: &[(&str, &str)]| {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            Request::from_form(&fields)
        };
        let own = [("socket_id", "12.34"), ("channel_name", "private-b")];
        let plain = read(&own).unwrap();
        assert!(!plain.resume && plain.position.is_none());
        let [id, channel] = own;
        let asked = read(&[
            id,
            channel,
            ("resume", "true"),
            ("position[private-a]", "7"),
            ("position[private-b]", "9"),
        ]);
        let asked = asked.unwrap();
        assert!(asked.resume);
        assert_eq!(asked.position.as_deref(), Some("9"));
        let off = read(&[id, channel, ("resume", "false"), ("position", "")]).unwrap();
        assert!(!off.resume && off.position.is_none());
        assert_eq!(read(&[id]), None);
    }
}
