//! Channel names and what they say about a channel ("Channels", "Naming conventions" and "Channel types").
//!
//! The kind is four independent bits, read once from the start of the name: a name that merely contains
//! `cache-` somewhere is no cache channel.

use super::settings::CHANNEL_NAME_CHARS_MAX;

/// What a channel's prefix says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kind {
    /// A subscription needs the back end's signature.
    pub signed: bool,
    /// Members are known to one another; implies `signed`.
    pub presence: bool,
    /// The last event is replayed to newcomers.
    pub cache: bool,
    /// Payloads are sealed between publisher and subscribers; implies `signed`. The server only relays.
    pub encrypted: bool,
}

/// A valid channel name with its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'a> {
    text: &'a str,
    kind: Kind,
}

/// Why a text is no channel name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Nothing, or nothing behind `#`.
    #[error("the channel name is empty")]
    Empty,
    /// Over [`CHANNEL_NAME_CHARS_MAX`].
    #[error("the channel name is longer than {CHANNEL_NAME_CHARS_MAX} characters")]
    TooLong,
    /// A character outside letters, digits and `_-=@,.;`, or `#` after the start.
    #[error("the channel name has a character that is not allowed")]
    Character,
}

impl<'a> Name<'a> {
    /// Checks a name and reads its kind.
    pub fn parse(text: &'a str) -> Result<Self, Invalid> {
        let body = text.strip_prefix('#').unwrap_or(text);
        if body.is_empty() {
            return Err(Invalid::Empty);
        }
        // Every allowed character is one byte, so a name that is too long in bytes has too many characters
        // or a forbidden one; counting keeps the two apart.
        if text.len() > CHANNEL_NAME_CHARS_MAX && text.chars().count() > CHANNEL_NAME_CHARS_MAX {
            return Err(Invalid::TooLong);
        }
        if !body.bytes().all(is_allowed) {
            return Err(Invalid::Character);
        }
        Ok(Self {
            text,
            kind: Kind::of(text),
        })
    }

    /// The name as it was given.
    pub fn as_str(self) -> &'a str {
        self.text
    }

    /// What its prefix says.
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// Whether only the server gives out such a name: `#server-to-user-ID` follows a sign-in.
    pub fn is_reserved(self) -> bool {
        self.text.starts_with('#')
    }

    /// The user whose own channel this is: the only one who may follow it.
    pub fn user(self) -> Option<&'a str> {
        self.text.strip_prefix("#server-to-user-")
    }
}

impl Kind {
    fn of(text: &str) -> Self {
        let mut kind = Self::default();
        let mut rest = text;
        let mut take = |prefix: &str| match rest.strip_prefix(prefix) {
            Some(after) => {
                rest = after;
                true
            }
            None => false,
        };
        if take("presence-") {
            kind.presence = true;
            kind.signed = true;
        } else if take("private-") {
            kind.signed = true;
            kind.encrypted = take("encrypted-");
        }
        kind.cache = take("cache-");
        kind
    }

    /// Whether a newcomer is told what happened before: who is there, or what was said last. Publications of
    /// such a channel are numbered, so that nobody is told the same thing twice.
    pub fn is_remembered(self) -> bool {
        self.presence || self.cache
    }

    /// Whether clients may send events to such a channel ("Client events": private and presence; a sealed
    /// payload is refused by the libraries already).
    pub fn takes_client_events(self) -> bool {
        self.signed && !self.encrypted
    }
}

/// Whether a byte may be in a channel's name, and in the id of a user who signs in.
pub(super) fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'=' | b'@' | b',' | b'.' | b';')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signed, presence, cache, encrypted.
    fn bits(text: &str) -> [bool; 4] {
        let kind = Name::parse(text).unwrap().kind();
        [kind.signed, kind.presence, kind.cache, kind.encrypted]
    }

    #[test]
    fn the_kind_is_read_from_the_start_only() {
        let table = [
            ("news", [false, false, false, false]),
            (
                "private-v1.licenses.1229.messengers.grWhatsApp",
                [true, false, false, false],
            ),
            ("private-encrypted-x", [true, false, false, true]),
            ("presence-x", [true, true, false, false]),
            ("cache-x", [false, false, true, false]),
            ("private-cache-x", [true, false, true, false]),
            ("private-encrypted-cache-x", [true, false, true, true]),
            ("presence-cache-x", [true, true, true, false]),
            ("#server-to-user-1", [false, false, false, false]),
            ("my-cache-x", [false, false, false, false]),
            ("private-my-cache-x", [true, false, false, false]),
            ("private-presence-x", [true, false, false, false]),
            ("presence-encrypted-x", [true, true, false, false]),
            ("private-cache-encrypted-x", [true, false, true, false]),
            ("Private-x", [false, false, false, false]),
            ("xprivate-x", [false, false, false, false]),
            ("#private-x", [false, false, false, false]),
        ];
        for (text, expected) in table {
            assert_eq!(bits(text), expected, "{text}");
        }
    }

    #[test]
    fn a_users_own_channel_names_the_user() {
        let user = |text| Name::parse(text).unwrap().user();
        assert_eq!(user("#server-to-user-a-1"), Some("a-1"));
        assert_eq!(user("#server-to-user-"), Some(""));
        assert_eq!(user("server-to-user-1"), None);
        assert!(Name::parse("#x").unwrap().is_reserved());
    }

    #[test]
    fn a_name_is_at_most_200_of_the_allowed_characters() {
        assert!(Name::parse(&"x".repeat(200)).is_ok());
        assert!(Name::parse("aZ09_-=@,.;").is_ok());
        let table = [
            (String::new(), Invalid::Empty),
            ("#".into(), Invalid::Empty),
            ("x".repeat(201), Invalid::TooLong),
            ("é".repeat(150), Invalid::Character),
            ("a b".into(), Invalid::Character),
            ("a#b".into(), Invalid::Character),
            ("##a".into(), Invalid::Character),
            ("a/b".into(), Invalid::Character),
            ("a:b".into(), Invalid::Character),
            ("a\n".into(), Invalid::Character),
        ];
        for (text, expected) in table {
            assert_eq!(Name::parse(&text), Err(expected), "{text:?}");
        }
    }
}
