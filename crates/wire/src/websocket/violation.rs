//! How a client breaks the rules of RFC 6455, and the close code for it.

use super::close_code;

/// A broken rule: close the connection with this code. Nothing is decoded after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Violation {
    /// Close code: 1002, 1007 or 1009.
    pub code: u16,
    /// What was wrong, as a fragment of a sentence.
    pub reason: &'static str,
}

impl Violation {
    pub(super) const fn protocol(reason: &'static str) -> Self {
        Self {
            code: close_code::PROTOCOL_ERROR,
            reason,
        }
    }

    pub(super) const NOT_UTF8: Self = Self {
        code: close_code::INVALID_DATA,
        reason: "text is not UTF-8",
    };
    pub(super) const TOO_BIG: Self = Self {
        code: close_code::MESSAGE_TOO_BIG,
        reason: "a message is too big",
    };
}
