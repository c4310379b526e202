//! Refusals of our own interface: problem details (RFC 9457).

use app::Error;
use axum::{
    extract::rejection::{PathRejection, QueryRejection},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::Kind;
use serde_json::json;

use crate::http::{json as answer, status};

/// A refusal as an answer.
pub(super) struct Problem(Error);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// What is no number is the number of nothing.
impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Self(Error::not_found("address"))
    }
}

impl From<QueryRejection> for Problem {
    fn from(bad: QueryRejection) -> Self {
        Self(Error::refused(Kind::Malformed, bad.body_text()))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self(error) = self;
        let (number, title) = match error.kind() {
            Kind::Unauthenticated => (401, "not signed in"),
            Kind::Forbidden => (403, "not allowed"),
            Kind::NotFound => (404, "not found"),
            Kind::Conflict => (409, "conflict"),
            Kind::Malformed => (400, "malformed"),
            Kind::Invalid => (422, "not acceptable"),
            Kind::TooLarge => (413, "too large"),
            Kind::TooMuch => (429, "too often"),
            Kind::Upstream => (502, "bad gateway"),
            Kind::Unavailable => (503, "unavailable"),
            Kind::Broken => (500, "internal error"),
        };
        if matches!(error.kind(), Kind::Unavailable | Kind::Broken) {
            tracing::error!(%error, "a request failed");
        }
        let body = json!({
            "type": "about:blank", "title": title, "status": number, "detail": error.public(),
        });
        let mut response = answer(status(number), &body);
        let content_type = HeaderValue::from_static("application/problem+json");
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        response
    }
}
