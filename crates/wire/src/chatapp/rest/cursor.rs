//! What `nextPage` says. Clients pass it back unread; it names a place rather than a count, so that what happens
//! meanwhile moves nothing into a page twice or out of it.

use std::fmt;

/// A place in a list of chats: everything after it was active before this moment, or then and under a lower number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatPlace {
    /// Microseconds since 1970.
    pub micros: i64,
    /// Tells apart the chats of one moment.
    pub id: i64,
}

impl ChatPlace {
    /// Reads one; none unless it prints back exactly the same.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (micros, id) = text.split_once('.')?;
        let place = Self {
            micros: micros.parse().ok()?,
            id: id.parse().ok()?,
        };
        (place.to_string() == text).then_some(place)
    }
}

impl fmt::Display for ChatPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.micros, self.id)
    }
}

/// Which way a history is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Direction {
    /// From new to old.
    #[default]
    Prev,
    /// From old to new.
    Next,
}

impl Direction {
    /// Reads the vendor's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "prev" => Some(Self::Prev),
            "next" => Some(Self::Next),
            _ => None,
        }
    }

    /// The vendor's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Prev => "prev",
            Self::Next => "next",
        }
    }
}

/// A place in a history, with the way that was being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessagePlace {
    /// The way.
    pub direction: Direction,
    /// The last message told.
    pub id: i64,
}

impl MessagePlace {
    /// Reads one; none unless it prints back exactly the same.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (direction, id) = text.split_once('.')?;
        let place = Self {
            direction: Direction::parse(direction)?,
            id: id.parse().ok()?,
        };
        (place.to_string() == text).then_some(place)
    }
}

impl fmt::Display for MessagePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.direction.word(), self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_print_and_read_back_and_nothing_else_does() {
        let chat = ChatPlace {
            micros: 1_767_268_800_000_001,
            id: 9,
        };
        assert_eq!(chat.to_string(), "1767268800000001.9");
        assert_eq!(ChatPlace::parse("1767268800000001.9"), Some(chat));
        let message = MessagePlace {
            direction: Direction::Next,
            id: 31,
        };
        assert_eq!(message.to_string(), "next.31");
        assert_eq!(MessagePlace::parse("next.31"), Some(message));
        for text in [
            "",
            ".",
            "1",
            "1.",
            "+1.9",
            "1.09",
            "1.9.9",
            "99999999999999999999.1",
        ] {
            assert_eq!(ChatPlace::parse(text), None, "{text}");
        }
        for text in ["", "next", "next.", "next.x", "Next.1", "back.1", "next.01"] {
            assert_eq!(MessagePlace::parse(text), None, "{text}");
        }
    }
}
