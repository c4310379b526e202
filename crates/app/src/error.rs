//! How a use case fails: a refusal that the asker may read, or a store that cannot.

use domain::{Kind, Refusal};

/// What a use case answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not happen. Nothing was changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The business says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a store could not, in words that fit every engine.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A row with this unique key exists already.
    #[error("conflict: {0}")]
    Conflict(String),
    /// Too much is waiting already.
    #[error("the store is busy")]
    Busy,
    /// The engine cannot be reached or is stopping.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The engine answered with something that cannot be.
    #[error("the store is corrupt: {0}")]
    Corrupt(String),
}

impl Error {
    /// A refusal.
    pub fn refused(kind: Kind, text: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::Refused(Refusal::new(kind, text))
    }

    /// There is no such thing.
    pub fn not_found(what: &'static str) -> Self {
        Self::refused(Kind::NotFound, format!("no such {what}"))
    }

    /// The kind, for machines.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Refused(refusal) => refusal.kind,
            Self::Store(StoreError::Busy | StoreError::Unavailable(_)) => Kind::Unavailable,
            Self::Store(StoreError::Conflict(_)) => Kind::Conflict,
            Self::Store(StoreError::Corrupt(_)) => Kind::Broken,
        }
    }

    /// The sentence for the asker. A store's own words stay in the log.
    pub fn public(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.text.to_string(),
            Self::Store(StoreError::Busy) => {
                "too much is waiting to be written, try again".to_owned()
            }
            Self::Store(StoreError::Conflict(_)) => "this exists already".to_owned(),
            Self::Store(StoreError::Unavailable(_)) => {
                "the store is unavailable, try again".to_owned()
            }
            Self::Store(StoreError::Corrupt(_)) => "internal error".to_owned(),
        }
    }

    /// The field at fault, if one is.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => refusal.field.as_deref(),
            Self::Store(_) => None,
        }
    }
}
