//! Message ids as WhatsApp's own programs make them: `3EB0` and sixteen hexadecimal digits.
//!
//! A number and its place in a message go in, and come out again: the id is known before the message is sent, is
//! final, and is found without an index. A client may also use the long form, `true_<chat>_<id>` or
//! `false_<chat>_<id>`, true if the message is our own (OpenAPI file, "Forward Message").

const PREFIX: &str = "3EB0";
/// The number has 53 bits; the place is above them.
const NUMBER_BITS: u32 = 56;

/// The id of a message's part: its number, below 2^56, and which of its parts it is.
pub fn of(number: i64, part: u8) -> String {
    let number = number.unsigned_abs() & ((1 << NUMBER_BITS) - 1);
    format!("{PREFIX}{:016X}", number | (u64::from(part) << NUMBER_BITS))
}

/// The number and the part in an id of ours; `None` for an id that somebody else made.
pub fn number(id: &str) -> Option<(i64, u8)> {
    let digits = id.strip_prefix(PREFIX).filter(|it| it.len() == 16)?;
    if !digits
        .bytes()
        .all(|it| matches!(it, b'0'..=b'9' | b'A'..=b'F'))
    {
        return None;
    }
    let both = u64::from_str_radix(digits, 16).ok()?;
    let number = i64::try_from(both & ((1 << NUMBER_BITS) - 1)).ok()?;
    Some((number, u8::try_from(both >> NUMBER_BITS).ok()?))
}

/// The short id in either form.
pub fn short(id: &str) -> &str {
    let id = id.trim();
    let long = id.starts_with("true_") || id.starts_with("false_");
    match id.splitn(3, '_').nth(2) {
        // In a group, the author follows.
        Some(rest) if long => rest.split('_').next().unwrap_or(rest),
        _ => id,
    }
}

/// The long form of an id.
pub fn long(from_me: bool, chat: &str, id: &str) -> String {
    format!("{from_me}_{chat}_{id}")
}
