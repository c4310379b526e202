//! Labels of an account, and those that a conversation carries.

use serde::Deserialize;

use crate::onechat::loose;

/// Body of `POST …/labels` and `PATCH …/labels/{id}`, bare or inside `{"label":{…}}`, which wins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "Wrapping")]
pub struct LabelParams {
    /// Its name.
    pub title: Option<String>,
    /// What it is for; null takes that away.
    pub description: Option<Option<String>>,
    /// As `#RRGGBB`.
    pub color: Option<String>,
    /// Whether it is offered as a list of its own.
    pub show_on_sidebar: Option<bool>,
}

#[derive(Deserialize)]
struct Wrapping {
    label: Option<Fields>,
    #[serde(flatten)]
    bare: Fields,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    #[serde(deserialize_with = "loose::text")]
    title: Option<String>,
    #[serde(deserialize_with = "loose::given_text")]
    description: Option<Option<String>>,
    #[serde(deserialize_with = "loose::text")]
    color: Option<String>,
    #[serde(deserialize_with = "loose::flag")]
    show_on_sidebar: Option<bool>,
}

impl From<Wrapping> for LabelParams {
    fn from(body: Wrapping) -> Self {
        let fields = body.label.unwrap_or(body.bare);
        Self {
            title: fields.title,
            description: fields.description,
            color: fields.color,
            show_on_sidebar: fields.show_on_sidebar,
        }
    }
}

/// Body of `POST …/conversations/{n}/labels`: all that it is to carry from then on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SetLabels {
    /// Titles; null and an absent key are refused, an empty list takes them all off.
    pub labels: Vec<String>,
}

/// Whether a title is one: letters, digits, `-` and `_`, and neither `-` nor `_` first.
///
/// The original keeps labels in tags' grammar, so it has neither blanks nor commas in them.
pub fn is_title(title: &str) -> bool {
    let word = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
    title.chars().all(word) && title.starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_read_bare_and_wrapped() {
        let read = |text| serde_json::from_str::<LabelParams>(text);
        let expected = LabelParams {
            title: Some("vip".to_owned()),
            description: Some(None),
            color: Some("#123456".to_owned()),
            show_on_sidebar: Some(true),
        };
        let bare =
            r##"{"title":"vip","description":null,"color":"#123456","show_on_sidebar":"true"}"##;
        assert_eq!(read(bare).unwrap(), expected);
        let wrapped = format!(r#"{{"title":"other","label":{bare}}}"#);
        assert_eq!(read(&wrapped).unwrap(), expected);
        assert_eq!(read("{}").unwrap(), LabelParams::default());
        for bad in [r#"{"title":[]}"#, r#"{"show_on_sidebar":"perhaps"}"#, "[]"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn titles_have_no_blanks() {
        for good in ["vip", "süd-west", "2nd_line", "важно"] {
            assert!(is_title(good), "{good}");
        }
        for bad in ["", "-", "_x", "two words", "a,b", "a/b"] {
            assert!(!is_title(bad), "{bad}");
        }
    }

    #[test]
    fn a_conversations_labels_are_a_list() {
        let read = |text| {
            serde_json::from_str::<SetLabels>(text)
                .map(|it| it.labels)
                .ok()
        };
        assert_eq!(
            read(r#"{"labels":["a","b"]}"#),
            Some(vec!["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(read(r#"{"labels":[]}"#), Some(Vec::new()));
        for bad in [
            "{}",
            r#"{"labels":null}"#,
            r#"{"labels":"a"}"#,
            r#"{"labels":[1]}"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
