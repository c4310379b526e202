//! An answer: its status first, its body within the cap.
//!
//! A server has taken what we sent once it has answered a status, whatever becomes of the body afterwards; so the two fail
//! separately.

use std::time::Duration;

use bytes::Bytes;
use domain::Timestamp;
use reqwest::{Response, header};

use super::{GuardError, retry_after};

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its `Retry-After`, as told.
    pub retry_after: Option<String>,
    /// Its `Content-Type`, as told.
    pub content_type: Option<String>,
    /// The body, or why there is no whole one.
    pub body: Result<Bytes, GuardError>,
}

/// An answer whose body has yet to come.
#[derive(Debug)]
pub struct Incoming {
    response: Response,
    limit: u64,
    bytes: u64,
}

// === impl Answer ===

impl Answer {
    /// Whether the status says that it worked.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// How long the server asks us to wait; none when it does not say, or nothing sensible, or no time at all.
    #[must_use]
    pub fn wait(&self, now: Timestamp) -> Option<Duration> {
        retry_after(self.retry_after.as_deref()?, now)
    }
}

// === impl Incoming ===

impl Incoming {
    pub(super) fn new(response: Response, limit: u64) -> Self {
        let bytes = 0;
        Self {
            response,
            limit,
            bytes,
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// The answer's `Content-Type`, as told.
    #[must_use]
    pub fn content_type(&self) -> Option<String> {
        self.header(&header::CONTENT_TYPE)
    }

    /// The answer's `Content-Disposition`, as told.
    #[must_use]
    pub fn content_disposition(&self) -> Option<String> {
        self.header(&header::CONTENT_DISPOSITION)
    }

    /// The next piece of the body; none at its end.
    ///
    /// # Errors
    ///
    /// [`GuardError::TooLarge`] as soon as that is certain, which may be before the first piece;
    /// [`GuardError::Timeout`] and [`GuardError::Broken`] when the rest does not come.
    pub async fn next(&mut self) -> Result<Option<Bytes>, GuardError> {
        let limit = self.limit;
        let rest = self.response.content_length().unwrap_or(0);
        if self.bytes.saturating_add(rest) > limit {
            return Err(GuardError::TooLarge { limit });
        }
        let piece = self.response.chunk().await;
        let piece = piece.map_err(GuardError::from_client)?;
        let piece_bytes = piece.as_ref().map_or(0, Bytes::len);
        self.bytes += u64::try_from(piece_bytes).unwrap_or(u64::MAX);
        if self.bytes > limit {
            return Err(GuardError::TooLarge { limit });
        }
        Ok(piece)
    }

    /// How long the server asks us to wait; none as for [`Answer::wait`].
    #[must_use]
    pub fn wait(&self, now: Timestamp) -> Option<Duration> {
        retry_after(&self.header(&header::RETRY_AFTER)?, now)
    }

    pub(super) async fn into_answer(mut self) -> Answer {
        let body = self.body().await;
        Answer {
            status: self.status(),
            retry_after: self.header(&header::RETRY_AFTER),
            content_type: self.content_type(),
            body,
        }
    }

    async fn body(&mut self) -> Result<Bytes, GuardError> {
        // Copied together: pieces of one byte each, kept as they come, would weigh many times what they hold.
        let mut body = Vec::new();
        while let Some(piece) = self.next().await? {
            body.extend_from_slice(&piece);
        }
        Ok(body.into())
    }

    fn header(&self, name: &header::HeaderName) -> Option<String> {
        let value = self.response.headers().get(name)?.as_bytes();
        // Old servers write Latin-1, whose bytes are the first characters of Unicode.
        let latin = || value.iter().copied().map(char::from).collect();
        Some(std::str::from_utf8(value).map_or_else(|_| latin(), str::to_owned))
    }
}
