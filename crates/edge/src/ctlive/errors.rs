//! Refusals in CTLive's words.

use app::Error;
use axum::response::Response;
use domain::Kind;
use wire::ctlive::errors::{ErrorBody, Refusal};

use crate::http::{json_text, status};

/// The answer to a post that was not taken.
pub(super) fn tell(error: &Error) -> Response {
    let refusal = match error.kind() {
        Kind::Unauthenticated => Refusal::Unauthorized,
        Kind::Forbidden => Refusal::Forbidden,
        Kind::NotFound => Refusal::NotFound,
        Kind::Malformed => Refusal::BadRequest,
        Kind::Conflict | Kind::Invalid => Refusal::Unprocessable,
        Kind::TooLarge => Refusal::TooLarge,
        Kind::TooMuch => Refusal::TooManyRequests,
        // A sender repeats a post that was answered so, and the address may answer by then.
        Kind::Upstream | Kind::Unavailable => Refusal::ServiceUnavailable,
        Kind::Broken => Refusal::GeneralError,
    };
    if matches!(error.kind(), Kind::Unavailable | Kind::Broken) {
        tracing::error!(%error, "a post could not be taken");
    }
    let mut body = refusal.body(error.public());
    if let Some(field) = error.field() {
        body = body.with_field(field, error.public());
    }
    answer(refusal, &body)
}

/// A refusal with its body.
pub(super) fn answer(refusal: Refusal, body: &ErrorBody) -> Response {
    let mut response = json_text(status(refusal.http_status()), body.to_json());
    if refusal == Refusal::Unauthorized
        && let Ok(value) = "Basic realm=\"switchboard\"".parse()
    {
        response
            .headers_mut()
            .insert(axum::http::header::WWW_AUTHENTICATE, value);
    }
    response
}

/// The answer to anything but a POST.
pub(super) async fn only_post() -> Response {
    answer(
        Refusal::MethodNotAllowed,
        &Refusal::MethodNotAllowed.body("this address takes POST"),
    )
}
