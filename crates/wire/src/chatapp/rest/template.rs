//! Templates: `GET …/templates` and `POST …/messages/template` (digest 3.2).

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use super::send::Sender;

/// The body of `POST …/messages/template`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendTemplate {
    /// Which, by its id; programs keep it as a number or as a text.
    pub template_id: Given,
    /// What fills its places, in order.
    #[serde(default)]
    pub params: Vec<Given>,
    /// As for texts.
    #[serde(default)]
    pub sender: Option<Sender>,
    /// As for texts.
    #[serde(default)]
    pub tracking: Option<String>,
}

/// A text, or a number that is meant as one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Given {
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// One template in the list. `id` and `elementName` are documented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Template<'a> {
    /// What a send names it by.
    pub id: Cow<'a, str>,
    /// Its name.
    pub element_name: Cow<'a, str>,
    /// The code of its language.
    pub language_code: Cow<'a, str>,
    /// What it is for.
    pub category: Cow<'a, str>,
    /// Whether the network has approved it.
    pub status: Cow<'a, str>,
    /// Its text with its places.
    pub text: Cow<'a, str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_send_is_read() {
        let read = |text| serde_json::from_str::<SendTemplate>(text).ok();
        let full = r#"{"templateId":7,"params":["Ann",3],"sender":"system","tracking":"t-1"}"#;
        let full = read(full).unwrap();
        let params: Vec<String> = full.params.iter().map(ToString::to_string).collect();
        assert_eq!(
            (full.template_id.to_string(), params.join(" ")),
            ("7".into(), "Ann 3".into())
        );
        assert_eq!(full.sender, Some(Sender::System));
        assert!(read(r#"{"templateId":"7"}"#).unwrap().params.is_empty());
        for bad in [
            "{}",
            r#"{"templateId":"7","params":[{}]}"#,
            r#"{"templateId":null}"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
