//! `POST …/messengers/{messenger}/chats`: a new group.

use serde::{Deserialize, Serialize};

use crate::chatapp::id::Id;

/// The most characters of a group's name.
pub const NAME_CHARS_MAX: usize = 100;
/// The most people that a group can be begun with.
pub const PARTICIPANTS_MAX: usize = 256;

/// The body: only groups are made like this, of people named by their telephone numbers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateGroup {
    /// Always `group`.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What to call it.
    pub name: String,
    /// Always `phone`.
    #[serde(default)]
    pub participants_type: ParticipantsType,
    /// Whom to take in.
    pub participants_items: Vec<Participant>,
}

/// What is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A chat of several.
    Group,
}

/// How people are named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParticipantsType {
    /// By their numbers.
    #[default]
    Phone,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Participant {
    /// A number; some clients write it without quotes.
    #[serde(deserialize_with = "text")]
    pub value: String,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Created<'a> {
    /// The chat's id.
    pub id: Id<'a>,
    /// The address that lets people in.
    pub invite_link: &'a str,
}

fn text<'de, D: serde::Deserializer<'de>>(value: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Number(u64),
    }
    Ok(match Either::deserialize(value)? {
        Either::Text(text) => text,
        Either::Number(number) => number.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_read() {
        let read = |text| serde_json::from_str::<CreateGroup>(text).ok();
        let full = concat!(
            r#"{"type":"group","name":"Team","participantsType":"phone","#,
            r#""participantsItems":[{"value":"+12025550101"},{"value":12025550102}]}"#,
        );
        let group = read(full).unwrap();
        let numbers: Vec<&str> = group
            .participants_items
            .iter()
            .map(|it| it.value.as_str())
            .collect();
        assert_eq!(numbers, ["+12025550101", "12025550102"]);
        for bad in [
            "{}",
            r#"{"type":"private","name":"x","participantsItems":[]}"#,
            r#"{"type":"group","name":"x","participantsType":"id","participantsItems":[]}"#,
            r#"{"type":"group","name":"x","participantsItems":[{"value":null}]}"#,
            r#"{"type":"group","name":"x","participantsItems":["1"]}"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_answer_has_the_documented_keys() {
        let made = Created {
            id: "12025550101-17@g.us".into(),
            invite_link: "https://chat.test/x",
        };
        assert_eq!(
            serde_json::to_string(&made).unwrap(),
            r#"{"id":"12025550101-17@g.us","inviteLink":"https://chat.test/x"}"#
        );
    }
}
