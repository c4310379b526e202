//! What somebody said, without the editor's traces.
//!
//! The agents' editor writes a line break as a backslash and a newline, and often ends with empty lines. Receivers pass
//! the text on to people, who would see both. Other markdown is left as it is.

use serde::Serialize;

/// Text as webhooks show it. A survey's link must have been added before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PlainText(String);

impl PlainText {
    /// Takes the backslash away before each newline (CR LF becomes LF there), then all newlines at the end. Text that
    /// is blank stays as it is.
    pub fn from_markdown(text: &str) -> Self {
        if text.trim().is_empty() {
            return Self(text.to_owned());
        }
        let mut plain = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let hard = ["\\\r\n", "\\\n"]
                .into_iter()
                .find_map(|end| line.strip_suffix(end));
            match hard {
                Some(line) => plain.extend([line, "\n"]),
                None => plain.push_str(line),
            }
        }
        let mut kept = plain.as_str();
        while let Some(line) = kept.strip_suffix('\n') {
            kept = line.strip_suffix('\r').unwrap_or(line);
        }
        plain.truncate(kept.len());
        Self(plain)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, given away.
    pub fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hard_breaks_and_newlines_at_the_end_go() {
        for (given, expected) in [
            ("", ""),
            (" \n\n", " \n\n"),
            ("one", "one"),
            ("one\ntwo", "one\ntwo"),
            ("one\\\ntwo", "one\ntwo"),
            ("one\\\r\ntwo", "one\ntwo"),
            ("one\r\ntwo", "one\r\ntwo"),
            ("one\\\n\\\ntwo\\", "one\n\ntwo\\"),
            ("one\\\\\ntwo", "one\\\ntwo"),
            ("one\\\\\r\ntwo", "one\\\ntwo"),
            ("one\\ntwo", "one\\ntwo"),
            ("one\n\r\n\n", "one"),
            ("one\\\n", "one"),
            ("one\r\r\n", "one\r"),
            ("\\\n", ""),
            ("**one**\\\n_two_ ", "**one**\n_two_ "),
        ] {
            assert_eq!(
                PlainText::from_markdown(given).as_str(),
                expected,
                "{given:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn only_backslashes_and_line_ends_are_lost(text in "[a-ž\\\\\r\n ]{0,40}") {
            let bare = |text: &str| text.replace(['\\', '\r', '\n'], "");
            let plain = PlainText::from_markdown(&text).into_string();
            prop_assert_eq!(bare(&plain), bare(&text));
            prop_assert!(plain.len() <= text.len());
            prop_assert!(!plain.ends_with('\n') || text.trim().is_empty());
        }
    }
}
