//! What a chat is called in an address: by its id, or by a telephone number in any of the spellings that clients
//! use (digest 3.3).

use app::contacts::Told;
use domain::Inbox;

use crate::{ctlive, maytapi, whatsapp_cloud};

/// Digits of a telephone number, at least and at most (E.164).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A chat as an address names it.
pub(super) struct Name {
    /// The addresses it may have, the likeliest first.
    pub(super) source_ids: Vec<String>,
    /// The number, in digits, if it is one.
    phone: Option<String>,
}

impl Name {
    /// Reads a name.
    pub(super) fn of(text: &str) -> Self {
        let phone = phone(text);
        let mut source_ids = vec![text.to_owned()];
        if let Some(digits) = &phone {
            for other in [
                digits.clone(),
                format!("+{digits}"),
                format!("{digits}@c.us"),
            ] {
                if other != text {
                    source_ids.push(other);
                }
            }
        }
        Self { source_ids, phone }
    }

    /// Who is written to if nobody of this name has a chat: a number, where the network names people by theirs.
    pub(super) fn told(&self, inbox: &Inbox) -> Option<Told> {
        let digits = self.phone.as_deref()?;
        let source_id = match inbox.carrier.as_str() {
            ctlive::CARRIER | whatsapp_cloud::CARRIER => digits.to_owned(),
            _ if maytapi::is_phone(inbox) => format!("{digits}@c.us"),
            _ => return None,
        };
        Some(Told {
            source_id,
            name: None,
            phone: Some(format!("+{digits}")),
        })
    }
}

/// The digits of a telephone number, with or without a plus, or as WhatsApp's address of one.
pub(in crate::chatapp) fn phone(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_suffix("@c.us").unwrap_or(text);
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_phone = PHONE_DIGITS.contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    is_phone.then(|| digits.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_looked_for_in_every_spelling() {
        for text in ["12025550101", "+12025550101", "12025550101@c.us"] {
            let mut all = Name::of(text).source_ids;
            assert_eq!(all[0], text);
            all.sort_unstable();
            assert_eq!(all, ["+12025550101", "12025550101", "12025550101@c.us"]);
        }
        for text in [
            "private-90001h5",
            "1202555",
            "group-9",
            "0123456789",
            "+",
            "",
        ] {
            let is_number = text == "1202555";
            assert_eq!(Name::of(text).phone.is_some(), is_number, "{text}");
            assert_eq!(Name::of(text).source_ids[0], text);
        }
        assert_eq!(Name::of("1234567890123456").phone, None);
    }
}
