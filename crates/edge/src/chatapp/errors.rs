//! Refusals in ChatApp's words, and the envelope of what is not refused.

use std::borrow::Cow;

use app::Error;
use axum::{
    extract::rejection::PathRejection,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::Kind;
use serde::Serialize;
use wire::chatapp::{
    errors::{Refusal, Success},
    rest::query::BadQuery,
};

use crate::http::{json, status};

/// What a handler answers.
pub(super) type Answer<T = Response> = Result<T, Refused>;

/// A refusal on its way out.
pub(super) enum Refused {
    /// By a use case.
    Error(Error),
    /// Here, with its sentence.
    Here(Refusal, Cow<'static, str>),
}

impl Refused {
    /// A refusal of the door's own.
    pub(super) fn new(refusal: Refusal, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::Here(refusal, sentence.into())
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<BadQuery> for Refused {
    fn from(bad: BadQuery) -> Self {
        Self::new(Refusal::Validation, bad.to_string())
    }
}

impl From<PathRejection> for Refused {
    fn from(_: PathRejection) -> Self {
        Self::new(Refusal::NotFound, "there is nothing at this address")
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Error(error) => tell(&error),
            Self::Here(refusal, sentence) => refuse(refusal, &sentence),
        }
    }
}

/// An answer with its data.
pub(super) fn ok(data: impl Serialize) -> Response {
    json(StatusCode::OK, &Success::new(data))
}

/// The answer to what has nothing to tell.
pub(super) fn done() -> Response {
    ok(serde_json::json!({}))
}

/// The answer where there is no route.
pub(super) async fn no_route() -> Refused {
    Refused::new(Refusal::NotFound, "there is nothing at this address")
}

/// The answer where there is a route for another method.
pub(super) async fn wrong_method() -> Refused {
    Refused::new(
        Refusal::MethodNotAllowed,
        "this address takes another method",
    )
}

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
