//! Every limit of this dialect, with its unit.

/// Bytes of an image that comes as base64 (source document, "sendMessage": "an image under 1MB").
pub const PICTURE_BYTES: usize = 1024 * 1024;
/// Bytes of any other file that comes as a data address in base64.
pub const INLINE_BYTES: usize = 5 * 1024 * 1024;
/// Digits of a telephone number, at least and at most (E.164).
pub const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Bytes of a reaction: an emoji may be a whole family.
pub const EMOJI_BYTES: usize = 64;
/// Buttons of one message.
pub const BUTTONS: usize = 10;
/// Numbers named when a group is made.
pub const GROUP_NUMBERS: usize = 256;
/// Characters of a group's name.
pub const GROUP_NAME_CHARS: usize = 100;
/// Acknowledgements gathered into one post.
pub const ACKS: usize = 1_000;
/// Bytes of one post of acknowledgements that another may be added to.
pub const ACKS_BYTES: usize = 128 * 1024;
