//! The id of a webhook, which stays the same however often it is tried.
//!
//! Receivers use it to drop what they have already seen. It is signed between dots, so it must not have any.

/// The most characters of an id.
pub const ID_CHARS_MAX: usize = 128;

/// An id that can be signed and stand in a header: visible ASCII without a dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Id<'a>(&'a str);

/// The text cannot be an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadId {
    /// It is empty, or longer than [`ID_CHARS_MAX`].
    #[error("a webhook's id has 1 to {ID_CHARS_MAX} characters")]
    Length,
    /// It has a dot, with which ids and times could be shifted into each other.
    #[error("a webhook's id has no dot")]
    Dot,
    /// It has a space, a control character or one beyond ASCII.
    #[error("a webhook's id is visible ASCII")]
    Character,
}

impl<'a> Id<'a> {
    /// Checks `text` once.
    pub fn parse(text: &'a str) -> Result<Self, BadId> {
        if text.is_empty() || text.len() > ID_CHARS_MAX {
            return Err(BadId::Length);
        }
        if text.contains('.') {
            return Err(BadId::Dot);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BadId::Character);
        }
        Ok(Self(text))
    }

    /// The id's text.
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_no_dot_and_fit_a_header() {
        let longest = "a".repeat(ID_CHARS_MAX);
        for good in ["msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", "0", &longest] {
            assert_eq!(Id::parse(good).map(Id::as_str), Ok(good));
        }
        let longer = "a".repeat(ID_CHARS_MAX + 1);
        for (bad, why) in [
            ("", BadId::Length),
            (longer.as_str(), BadId::Length),
            ("msg.1", BadId::Dot),
            (".", BadId::Dot),
            ("msg 1", BadId::Character),
            ("msg\n1", BadId::Character),
            ("žába", BadId::Character),
        ] {
            assert_eq!(Id::parse(bad), Err(why), "{bad:?}");
        }
    }
}
