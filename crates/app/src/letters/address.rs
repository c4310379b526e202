//! What may stand in the head of a mail.

use domain::{Kind, Refusal};

use crate::{Error, Result};

/// Bytes of an address (RFC 5321, 4.5.3.1.3, without its angle brackets).
const ADDRESS_BYTES: usize = 254;
/// Bytes of what stands before its `@` (4.5.3.1.1).
const LOCAL_BYTES: usize = 64;
/// Bytes of one name of a host.
const LABEL_BYTES: usize = 63;
/// Characters of a line in a head.
const LINE_CHARS: usize = 200;

/// An e-mail address that can be written to, in lower case after its `@`. Refuses everything but a plain one: no quotes,
/// no comments, no list, no line's end.
pub fn check_address(text: &str) -> Result<String> {
    let text = text.trim();
    let parts = text.rsplit_once('@');
    match parts.filter(|(local, host)| is_local(local) && is_host(host)) {
        Some((local, host)) if text.len() <= ADDRESS_BYTES => {
            Ok(format!("{local}@{}", host.to_ascii_lowercase()))
        }
        Some(_) | None => Err(Error::Refused(
            Refusal::new(Kind::Invalid, "Email is invalid").of_field("email"),
        )),
    }
}

/// A dot-atom (RFC 5322, 3.2.3).
fn is_local(text: &str) -> bool {
    let letter = |it: u8| it.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&it);
    let atom = |it: &str| !it.is_empty() && it.bytes().all(letter);
    text.len() <= LOCAL_BYTES && text.split('.').all(atom)
}

fn is_host(text: &str) -> bool {
    let letter = |it: u8| it.is_ascii_alphanumeric() || it == b'-';
    let label = |it: &str| {
        (1..=LABEL_BYTES).contains(&it.len())
            && it.bytes().all(letter)
            && !it.starts_with('-')
            && !it.ends_with('-')
    };
    text.contains('.') && text.split('.').all(label)
}

/// A text as one line of a head: without line's ends and other control characters, and not too long.
pub fn one_line(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .take(LINE_CHARS)
        .collect();
    clean.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_address_is_one() {
        for (given, kept) in [
            ("jana@example.com", "jana@example.com"),
            (" Jana.N+x@Mail.Example.COM ", "Jana.N+x@mail.example.com"),
            ("o'brien@a-b.example", "o'brien@a-b.example"),
        ] {
            assert_eq!(check_address(given).unwrap(), kept);
        }
        let long = format!("{}@example.com", "a".repeat(65));
        let longer = format!("a@{}com", "abcdefghi.".repeat(26));
        for bad in [
            "",
            "@",
            "jana",
            "jana@",
            "@example.com",
            "jana@localhost",
            "jana@example..com",
            "jana@-example.com",
            ".jana@example.com",
            "ja na@example.com",
            "jana@example.com, bob@example.com",
            "jana@example.com\r\nBcc: bob@example.com",
            "jana@exam\nple.com",
            "\"jana\"@example.com",
            "Jana <jana@example.com>",
            "jana@bob@example.com",
            "jana@[127.0.0.1]",
            "jána@example.com",
            &long,
            &longer,
        ] {
            assert!(check_address(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_line_of_a_head_is_one_line() {
        assert_eq!(one_line(" a\r\nBcc: b\u{7}\u{85}c "), "a  Bcc: b  c");
        assert_eq!(one_line(&"ä".repeat(500)).chars().count(), LINE_CHARS);
    }
}
