//! Chats as WhatsApp names them: `905001112233@c.us` for a person, `905001112233-1574072436@g.us` for a group.

use std::fmt;

use super::{Bad, limits::NUMBER_DIGITS};

/// A person or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chat {
    /// A person, by number: digits only.
    Person(String),
    /// A group, by what comes before `@g.us`.
    Group(String),
}

impl Chat {
    /// Reads a `to_number` or a conversation's id: digits with or without a plus, `…@c.us`, `…@g.us`.
    ///
    /// # Errors
    ///
    /// When it is none of these, with the sentence to answer.
    pub fn parse(text: &str) -> Result<Self, Bad> {
        let text = text.trim();
        if let Some(group) = text.strip_suffix("@g.us") {
            let fits = !group.is_empty()
                && group.len() <= 64
                && group.bytes().all(|it| it.is_ascii_digit() || it == b'-');
            return if fits {
                Ok(Self::Group(group.to_owned()))
            } else {
                Err(Bad::new(format!("{} is no group", shown(text))))
            };
        }
        number(text).map(Self::Person).ok_or_else(|| {
            Bad::new(format!(
                "{} is no telephone number: write it with its country code and digits only",
                shown(text)
            ))
        })
    }
}

/// The digits of a number, with or without a plus or `@c.us`; `None` if it is none.
pub fn number(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_suffix("@c.us").unwrap_or(text);
    let digits = text.strip_prefix('+').unwrap_or(text);
    let fits = NUMBER_DIGITS.contains(&digits.len())
        && digits.bytes().all(|it| it.is_ascii_digit())
        && !digits.starts_with('0');
    fits.then(|| digits.to_owned())
}

/// The beginning of what somebody wrote, for a sentence about it.
fn shown(text: &str) -> String {
    let mut head: String = text.chars().take(40).collect();
    if head.len() < text.len() {
        head.push('…');
    }
    format!("\"{head}\"")
}

impl fmt::Display for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(number) => write!(f, "{number}@c.us"),
            Self::Group(id) => write!(f, "{id}@g.us"),
        }
    }
}
