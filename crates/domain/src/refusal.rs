//! What the business refuses, and the kinds that every door must be able to tell.

use std::borrow::Cow;

/// What sort of refusal it is. Each dialect has one answer for each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nobody knows who is asking.
    Unauthenticated,
    /// The asker is known and may not.
    Forbidden,
    /// There is no such thing, or the asker may not know that there is.
    NotFound,
    /// It contradicts what is there already.
    Conflict,
    /// The request cannot be understood.
    Malformed,
    /// A value is understood and not acceptable.
    Invalid,
    /// It is larger than its limit.
    TooLarge,
    /// Too often; come back later.
    TooMuch,
    /// Something outside that the request depends on did not answer well; the same request may succeed later.
    Upstream,
    /// We cannot do it now; the same request may succeed later.
    Unavailable,
    /// We are broken. The cause goes to the log, never to the asker.
    Broken,
}

/// A refusal: a kind for machines and a sentence for the asker.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refusal {
    /// What sort.
    pub kind: Kind,
    /// Lower-case fragment without a full stop, safe to show.
    pub text: Cow<'static, str>,
    /// The field at fault, if one is.
    pub field: Option<Cow<'static, str>>,
}

impl Refusal {
    /// A refusal of this kind with this sentence.
    pub fn new(kind: Kind, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            text: text.into(),
            field: None,
        }
    }

    /// The same, blaming one field.
    pub fn of_field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(field.into());
        self
    }
}
