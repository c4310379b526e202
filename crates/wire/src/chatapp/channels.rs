//! The names of the two channels a client may listen to.
//!
//! Section "We connect to a private channel": one messenger in one license is one channel, one company is one channel.
//! Who may listen is decided elsewhere; a name that is not one of these two is simply none.

use std::fmt;

/// The longest messenger name, in bytes; the longest in the document is `grWhatsApp`.
pub const MESSENGER_BYTES_MAX: usize = 32;

/// What a channel name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel<'a> {
    /// `private-v1.licenses.{L}.messengers.{M}`.
    Messenger {
        /// Positive.
        license_id: i64,
        /// As [`is_messenger`] allows; case counts (`WhatsApp` and `grWhatsApp` are different messengers).
        messenger: &'a str,
    },
    /// `private-v1.companies.{C}`.
    Company {
        /// Positive.
        company_id: i64,
    },
}

impl<'a> Channel<'a> {
    /// Reads a name; none unless it prints back exactly the same.
    #[must_use]
    pub fn parse(name: &'a str) -> Option<Self> {
        let rest = name.strip_prefix("private-v1.")?;
        if let Some(company) = rest.strip_prefix("companies.") {
            return Some(Self::Company {
                company_id: number(company)?,
            });
        }
        let (license, messenger) = rest.strip_prefix("licenses.")?.split_once(".messengers.")?;
        let license_id = number(license)?;
        is_messenger(messenger).then_some(Self::Messenger {
            license_id,
            messenger,
        })
    }
}

impl fmt::Display for Channel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Messenger {
                license_id,
                messenger,
            } => {
                write!(f, "private-v1.licenses.{license_id}.messengers.{messenger}")
            }
            Self::Company { company_id } => write!(f, "private-v1.companies.{company_id}"),
        }
    }
}

/// Whether a text can be a messenger's name: ASCII letters, digits, `_` and `-`, from 1 to [`MESSENGER_BYTES_MAX`].
///
/// The vendor keeps adding messengers, so the list is left open.
#[must_use]
pub fn is_messenger(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=MESSENGER_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_allowed)
}

fn number(text: &str) -> Option<i64> {
    // One way to write a number, so that one thing has one channel.
    let is_canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    is_canonical.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_names_are_read_and_printed() {
        for (name, channel) in [
            (
                "private-v1.licenses.31.messengers.grWhatsApp",
                Channel::Messenger {
                    license_id: 31,
                    messenger: "grWhatsApp",
                },
            ),
            (
                "private-v1.licenses.9223372036854775807.messengers.telegram",
                Channel::Messenger {
                    license_id: i64::MAX,
                    messenger: "telegram",
                },
            ),
            ("private-v1.companies.7", Channel::Company { company_id: 7 }),
        ] {
            assert_eq!(Channel::parse(name), Some(channel));
            assert_eq!(channel.to_string(), name);
        }
    }

    #[test]
    fn malformed_names_are_no_channel() {
        let long = format!("private-v1.licenses.1.messengers.{}", "m".repeat(33));
        for name in [
            "",
            "private-v1.",
            "private-v1.companies.",
            "private-v1.companies.0",
            "private-v1.companies.07",
            "private-v1.companies.+7",
            "private-v1.companies.-7",
            "private-v1.companies.7.users.1",
            "private-v1.companies.9223372036854775808",
            "private-v1.companies.٧",
            "private-v2.companies.7",
            "Private-v1.companies.7",
            "v1.companies.7",
            "private-v1.users.7",
            "private-v1.licenses.1",
            "private-v1.licenses.1.messengers.",
            "private-v1.licenses..messengers.telegram",
            "private-v1.licenses.x.messengers.telegram",
            "private-v1.licenses.1.messengers.tele.gram",
            "private-v1.licenses.1.messengers.tele gram",
            "private-v1.licenses.1.messengers.télégram",
            " private-v1.companies.7",
            &long,
        ] {
            assert_eq!(Channel::parse(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_prints_back(
            name in r"private-v1\.(companies\.[0-9+]{1,3}|licenses\.[0-9]{0,3}\.messengers\.[a-zA-Z_.-]{0,5})",
        ) {
            if let Some(channel) = Channel::parse(&name) {
                prop_assert_eq!(channel.to_string(), name);
            }
        }
    }
}
