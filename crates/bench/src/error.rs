//! What stops a measurement: one sentence that already holds its cause.
//!
//! A bench has no caller that could act on kinds of failure, so there are none.

use std::fmt::Display;

/// Why a measurement was given up.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Error(String);

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// Says what was being done when something failed.
pub(crate) trait During<T> {
    fn during(self, doing: &str) -> Result<T>;
}

impl<T, E: Display> During<T> for std::result::Result<T, E> {
    fn during(self, doing: &str) -> Result<T> {
        self.map_err(|cause| Error(format!("{doing}: {cause}")))
    }
}
