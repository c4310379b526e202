//! What a WhatsApp message has that other networks' messages have not: kept beside it as a small JSON object, written by
//! carriers and read by the door.

use serde::{Deserialize, Serialize};

use super::product::Product;

/// Everything is absent in an ordinary message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extra {
    /// Who wrote it, in a group; on networks that tell it, everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// Numbers named in it, in digits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
    /// It is nothing but an emoji beside another message: that one's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaction_to: Option<String>,
    /// It tells what happened in a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub info: Option<Info>,
    /// It shows a product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    /// It was passed on from another chat.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub forwarded: bool,
}

/// Who wrote a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// In digits: their telephone number, or what their network counts them by.
    pub number: String,
    /// What they call themselves.
    pub name: String,
    /// The name by which their network finds them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

/// What happened in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// `group/add`, `group/remove`, `group/promote`, `group/demote`, `group/invite` or `group/leave`.
    pub subtype: String,
    /// To whom, in digits.
    pub participant: String,
}

impl Extra {
    /// Reads what is kept beside a message; of what is not ours, nothing.
    pub fn read(text: Option<&str>) -> Self {
        text.and_then(|it| serde_json::from_str(it).ok())
            .unwrap_or_default()
    }

    /// What to keep; nothing for an ordinary message.
    pub fn write(&self) -> Option<String> {
        if *self == Self::default() {
            return None;
        }
        serde_json::to_string(self).ok()
    }
}

/// What is kept beside a message, of whatever kind, with the emoji that we put beside it; without, if it is empty.
pub fn with_reaction(kept: Option<&str>, emoji: &str) -> Option<String> {
    let mut fields: serde_json::Map<String, serde_json::Value> = kept
        .and_then(|it| serde_json::from_str(it).ok())
        .unwrap_or_default();
    if emoji.is_empty() {
        fields.remove("our_reaction");
    } else {
        fields.insert("our_reaction".to_owned(), emoji.into());
    }
    if fields.is_empty() {
        return None;
    }
    serde_json::to_string(&fields).ok()
}

/// The numbers that a text names, as `@447700900123`.
pub fn mentions(text: &str) -> Vec<String> {
    let words = text.split('@').skip(1);
    let digits = words.map(|it| {
        let end = it.find(|c: char| !c.is_ascii_digit()).unwrap_or(it.len());
        &it[..end]
    });
    digits.filter_map(super::chat::number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_is_put_beside_what_is_there_and_taken_away() {
        let kept = with_reaction(Some(r#"{"cc":"x"}"#), "😀");
        assert_eq!(kept.as_deref(), Some(r#"{"cc":"x","our_reaction":"😀"}"#));
        let kept = with_reaction(kept.as_deref(), "");
        assert_eq!(kept.as_deref(), Some(r#"{"cc":"x"}"#));
        assert_eq!(with_reaction(with_reaction(None, "a").as_deref(), ""), None);
    }

    #[test]
    fn what_is_kept_comes_back_and_what_is_not_ours_is_nothing() {
        let extra = Extra {
            mentions: mentions("@447700900123 and @447700900777, not a@b.example"),
            reaction_to: Some("3EB0".into()),
            ..Extra::default()
        };
        assert_eq!(extra.mentions, ["447700900123", "447700900777"]);
        assert_eq!(Extra::read(extra.write().as_deref()), extra);
        assert_eq!(Extra::default().write(), None);
        assert_eq!(Extra::read(Some("[1]")), Extra::default());
        assert_eq!(Extra::read(Some(r#"{"cc":"x"}"#)), Extra::default());
    }
}
