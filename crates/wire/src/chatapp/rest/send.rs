//! What is sent: `POST …/messages/text` and `POST …/messages/file`, and the answer to both.

use serde::{Deserialize, Serialize};

use crate::chatapp::id::Id;

/// The body of `POST …/messages/text`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SendText {
    /// What to say.
    pub text: String,
    /// Who says it.
    #[serde(default)]
    pub sender: Option<Sender>,
    /// Told back in `fromApp.tracking`; the same again in one chat is the same message.
    #[serde(default)]
    pub tracking: Option<String>,
}

/// Who says it: the employee of the token, or the program itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sender {
    /// The employee.
    #[default]
    Employee,
    /// Nobody in person.
    System,
}

/// What comes with a file: the body of `POST …/messages/file` as JSON, or the texts of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendFile {
    /// Where to fetch the file; only as JSON, because a form has it with it.
    #[serde(default)]
    pub file: Option<String>,
    /// What to call it.
    #[serde(default)]
    pub file_name: Option<String>,
    /// What to say beside it; some clients call it `text`.
    #[serde(default, alias = "text")]
    pub caption: Option<String>,
    /// As in [`SendText`].
    #[serde(default)]
    pub sender: Option<Sender>,
    /// As in [`SendText`].
    #[serde(default)]
    pub tracking: Option<String>,
}

impl SendFile {
    /// Takes a text of a form. False if the field is known and its value is not one it can have; fields nobody
    /// documents are ignored.
    pub fn take(&mut self, name: &str, value: String) -> bool {
        match name {
            "fileName" => self.file_name = Some(value),
            "caption" | "text" => self.caption = Some(value),
            "tracking" => self.tracking = Some(value),
            "sender" => match value.as_str() {
                "employee" => self.sender = Some(Sender::Employee),
                "system" => self.sender = Some(Sender::System),
                _ => return false,
            },
            _ => {}
        }
        true
    }
}

/// The answer to both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent<'a> {
    /// The message's id, as in its events.
    pub id: Id<'a>,
    /// The chat's id, which may differ from the phone number that it was addressed by.
    pub chat_id: Id<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read() {
        let read = |text| serde_json::from_str::<SendText>(text).ok();
        let plain = read(r#"{"text":"Hi","tracking":null}"#).unwrap();
        assert_eq!((plain.sender, plain.tracking), (None, None));
        let full = read(r#"{"text":"Hi","sender":"system","tracking":"t-1","x":1}"#).unwrap();
        assert_eq!(full.sender, Some(Sender::System));
        assert_eq!(full.tracking.as_deref(), Some("t-1"));
        for bad in ["{}", r#"{"text":7}"#, r#"{"text":"Hi","sender":"bot"}"#] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_file_is_read_from_json_and_from_a_form() {
        let json =
            r#"{"file":"https://m.test/a.pdf","fileName":"a.pdf","text":"Look","tracking":"t"}"#;
        let json: SendFile = serde_json::from_str(json).unwrap();
        assert_eq!(json.caption.as_deref(), Some("Look"));
        let mut form = SendFile::default();
        for (name, value) in [
            ("fileName", "a.pdf"),
            ("caption", "Look"),
            ("tracking", "t"),
            ("sender", "employee"),
            ("x", "y"),
        ] {
            assert!(form.take(name, value.to_owned()), "{name}");
        }
        assert!(!form.take("sender", "bot".to_owned()));
        let expected = SendFile {
            file: None,
            sender: Some(Sender::Employee),
            ..json
        };
        assert_eq!(form, expected);
    }

    #[test]
    fn the_answer_has_the_documented_keys() {
        let sent = Sent {
            id: Id::Number(31),
            chat_id: "12025550101@c.us".into(),
        };
        assert_eq!(
            serde_json::to_string(&sent).unwrap(),
            r#"{"id":31,"chatId":"12025550101@c.us"}"#
        );
    }
}
