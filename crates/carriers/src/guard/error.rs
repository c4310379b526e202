//! Why a call did not work, in words that may be shown to the account's people.
//!
//! The texts never hold the URL, which may hold secrets, nor the address behind a forbidden name.

use std::error::Error;

use super::{Forbidden, resolver::Unresolved};

/// Why there is no answer, or no whole one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// The address may not be called. Nothing was sent, unless only the connection gave it away.
    #[error("the address is not allowed ({reason})")]
    Forbidden {
        /// What sort of address it is.
        reason: &'static str,
    },
    /// The URL cannot be called. Nothing was sent.
    #[error("the URL cannot be used: {0}")]
    BadUrl(&'static str),
    /// The time was over. The server may have done what was asked.
    #[error("no complete answer in time")]
    Timeout,
    /// The server could not be reached. Nothing was sent.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The answer is larger than its cap.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The cap, in bytes.
        limit: u64,
    },
    /// The exchange broke off, or what came was not HTTP. The server may have done what was asked.
    #[error("the exchange broke off: {0}")]
    Broken(String),
}

impl From<Forbidden> for GuardError {
    fn from(Forbidden { reason }: Forbidden) -> Self {
        Self::Forbidden { reason }
    }
}

impl GuardError {
    /// Reads the client's error: what our own resolver said is somewhere below it.
    pub(super) fn from_client(error: reqwest::Error) -> Self {
        let mut root: &dyn Error = &error;
        while let Some(source) = root.source() {
            if let Some(forbidden) = source.downcast_ref::<Forbidden>() {
                return (*forbidden).into();
            }
            if let Some(unresolved) = source.downcast_ref::<Unresolved>() {
                return Self::Connect(unresolved.to_string());
            }
            root = source;
        }
        if error.is_timeout() {
            return Self::Timeout;
        }
        let said = if root.source().is_none() && root.is::<reqwest::Error>() {
            // The client's own words would repeat the URL.
            "the request could not be made".to_owned()
        } else {
            root.to_string()
        };
        if error.is_connect() {
            Self::Connect(said)
        } else {
            Self::Broken(said)
        }
    }
}
