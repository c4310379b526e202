//! The id of one connection, as clients and back ends repeat it.
//!
//! Every client and server library checks the form `digits.digits`. The id is part of what a back end signs
//! when it lets a connection into a private channel, so it must not be guessable: the caller brings the
//! randomness.

use std::fmt;

/// One past the largest half; the size that other servers use.
const HALF_LIMIT: u64 = 10_000_000_000;

/// A connection's id: two numbers below 10¹⁰ with a dot between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SocketId {
    first: u64,
    second: u64,
}

impl SocketId {
    /// An id from two random numbers, of which the lower 33 bits or so are kept.
    pub fn from_random(first: u64, second: u64) -> Self {
        Self {
            first: first % HALF_LIMIT,
            second: second % HALF_LIMIT,
        }
    }

    /// Reads an id as [`fmt::Display`] writes it. A well-formed text that this server never writes (leading
    /// zeros, larger numbers) is nobody's id and gives `None` as well.
    pub fn find(text: &str) -> Option<Self> {
        let (first, second) = text.split_once('.')?;
        Some(Self {
            first: half(first)?,
            second: half(second)?,
        })
    }

    /// The two numbers, each below ten thousand million.
    pub fn halves(self) -> (u64, u64) {
        (self.first, self.second)
    }
}

impl fmt::Display for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.first, self.second)
    }
}

/// Whether `text` has the form of an id, `\A\d+\.\d+\z`, whoever wrote it.
pub fn is_well_formed(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(first, second)| is_digits(first) && is_digits(second))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn half(text: &str) -> Option<u64> {
    let canonical = is_digits(text) && (text == "0" || !text.starts_with('0'));
    text.parse()
        .ok()
        .filter(|number| canonical && *number < HALF_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_is_well_formed() {
        for id in [
            SocketId::from_random(0, 7),
            SocketId::from_random(u64::MAX, u64::MAX),
        ] {
            assert!(is_well_formed(&id.to_string()));
            assert_eq!(SocketId::find(&id.to_string()), Some(id));
        }
    }

    #[test]
    fn the_form_is_digits_dot_digits_to_the_very_end() {
        for bad in [
            "", ".", "1.", ".1", "1", "1.2.3", "1.2\n", " 1.2", "-1.2", "1.a", "١.٢",
        ] {
            assert!(!is_well_formed(bad), "{bad:?}");
            assert_eq!(SocketId::find(bad), None, "{bad:?}");
        }
        let nobodys = "00123456789012345678901234567890.1";
        assert!(is_well_formed(nobodys));
        assert_eq!(SocketId::find(nobodys), None);
    }
}
