//! Refusals: `{"success":false,"message":…}`, with a sentence that a person understands.

use std::borrow::Cow;

use serde::Serialize;

/// A request that cannot be understood or accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Bad(pub Cow<'static, str>);

impl Bad {
    /// This sentence.
    pub fn new(sentence: impl Into<Cow<'static, str>>) -> Self {
        Self(sentence.into())
    }
}

/// The body of a refusal.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Refused<'a> {
    success: bool,
    message: &'a str,
}

impl<'a> Refused<'a> {
    /// A refusal with its sentence.
    pub fn new(message: &'a str) -> Self {
        Self {
            success: false,
            message,
        }
    }
}
