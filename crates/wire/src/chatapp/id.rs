//! Ids that are a number for one messenger and text for another.
//!
//! The document's samples have numbers for Telegram's messages and users; WhatsApp's are text. Neither is ever reckoned with.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// An id as its messenger writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum Id<'a> {
    /// Written as a number: Telegram.
    Number(i64),
    /// Written as text: WhatsApp and most others.
    Text(Cow<'a, str>),
}

impl Id<'_> {
    /// The same on its own.
    #[must_use]
    pub fn into_owned(self) -> Id<'static> {
        match self {
            Self::Number(number) => Id::Number(number),
            Self::Text(text) => Id::Text(Cow::Owned(text.into_owned())),
        }
    }

    /// The number if the text is one as a computer writes it (no sign but a minus, no zeros in front), else the text.
    #[must_use]
    pub fn from_text(text: &str) -> Id<'_> {
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Id::Number(number),
            _ => Id::Text(Cow::Borrowed(text)),
        }
    }
}

impl From<i64> for Id<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl<'a> From<&'a str> for Id<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Id<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// An object that is nothing but an id: an employee, a chat, an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ref<T> {
    /// The id.
    pub id: T,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_prints_back_the_same_is_a_number() {
        for (text, json) in [
            ("696", "696"),
            ("-5", "-5"),
            ("0", "0"),
            ("007", r#""007""#),
            ("+5", r#""+5""#),
            ("3EB0C1", r#""3EB0C1""#),
            ("99999999999999999999", r#""99999999999999999999""#),
            ("", r#""""#),
        ] {
            let id = Id::from_text(text);
            assert_eq!(serde_json::to_string(&id).unwrap(), json);
            assert_eq!(id.to_string(), text);
        }
    }
}
