//! Refusals in ChatApp's words.

use app::Error;
use axum::response::Response;
use domain::Kind;
use wire::chatapp::errors::Refusal;

use crate::http::{json, status};

/// The answer to a request that failed.
pub(super) fn tell(error: &Error) -> Response {
    let refusal = match error.kind() {
        Kind::Unauthenticated => Refusal::InvalidToken,
        Kind::Forbidden => Refusal::Forbidden,
        Kind::NotFound => Refusal::NotFound,
        Kind::Malformed => Refusal::BadRequest,
        Kind::Conflict | Kind::Invalid | Kind::Upstream => Refusal::Validation,
        Kind::TooLarge => Refusal::TooLarge,
        Kind::TooMuch => Refusal::TooManyRequests,
        Kind::Unavailable => Refusal::Unavailable,
        Kind::Broken => Refusal::Internal,
    };
    if matches!(error.kind(), Kind::Unavailable | Kind::Broken) {
        tracing::error!(%error, "a request failed");
    }
    refuse(refusal, &error.public())
}

/// A refusal with its sentence.
pub(super) fn refuse(refusal: Refusal, sentence: &str) -> Response {
    json(status(refusal.http_status()), &refusal.body(sentence))
}
