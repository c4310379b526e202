//! Tags: those of a company, and those of a chat. The public material names the calls and shows the tag in the event
//! `chatTag`; the bodies are ours, in its words.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};

use super::Items;
use crate::chatapp::chats::Tag;

/// The answer to `GET …/tags`, of a company or of a chat: whole tags with their categories.
pub type Tags<'a> = Items<Tag<'a>>;

/// The body of `POST …/companies/{company}/tags` and of `PATCH …/tags/{tag}`. What is absent takes its default in a
/// new tag and stays in an old one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SetTag {
    /// What people read. A new tag needs it.
    pub name: Option<String>,
    /// As `#1a2b3c`; nothing is checked.
    pub color: Option<String>,
    /// Lower comes first.
    pub sort: Option<i64>,
    /// The group it is in; null takes it out.
    #[serde(deserialize_with = "given")]
    pub category: Option<Option<SetCategory>>,
}

/// A group of tags by its name; one that is not there begins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SetCategory {
    /// What people read.
    pub name: String,
    /// Lower comes first; stays without.
    #[serde(default)]
    pub sort: Option<i64>,
}

/// The body of `POST …/chats/{chat}/tags`: one tag, or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum AddTags {
    /// One.
    #[serde(rename_all = "camelCase")]
    One {
        /// As in [`Tag`].
        tag_id: i64,
    },
    /// Several.
    #[serde(rename_all = "camelCase")]
    Several {
        /// As in [`Tag`].
        tag_ids: Vec<i64>,
    },
}

impl AddTags {
    /// The ids.
    #[must_use]
    pub fn ids(&self) -> Cow<'_, [i64]> {
        match self {
            Self::One { tag_id } => Cow::Owned(vec![*tag_id]),
            Self::Several { tag_ids } => Cow::Borrowed(tag_ids),
        }
    }
}

/// Null or a value, told apart from nothing.
fn given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<SetCategory>>, D::Error> {
    Option::deserialize(value).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read() {
        let read = |text| serde_json::from_str::<SetTag>(text).ok();
        let full = r##"{"name":"VIP","color":"#1a2b3c","sort":5,"category":{"name":"People"}}"##;
        let expected = SetTag {
            name: Some("VIP".to_owned()),
            color: Some("#1a2b3c".to_owned()),
            sort: Some(5),
            category: Some(Some(SetCategory {
                name: "People".to_owned(),
                sort: None,
            })),
        };
        assert_eq!(read(full), Some(expected));
        assert_eq!(read("{}"), Some(SetTag::default()));
        assert_eq!(read(r#"{"category":null}"#).unwrap().category, Some(None));
        for bad in [
            r#"{"name":7}"#,
            r#"{"sort":"x"}"#,
            r#"{"category":{}}"#,
            r#"{"category":5}"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn tags_are_added_one_by_one_or_together() {
        let read = |text| {
            serde_json::from_str::<AddTags>(text)
                .map(|it| it.ids().into_owned())
                .ok()
        };
        assert_eq!(read(r#"{"tagId":29}"#), Some(vec![29]));
        assert_eq!(read(r#"{"tagIds":[29,30]}"#), Some(vec![29, 30]));
        for bad in [
            "{}",
            r#"{"tagId":"29"}"#,
            r#"{"tagIds":29}"#,
            r#"{"tagId":null}"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
