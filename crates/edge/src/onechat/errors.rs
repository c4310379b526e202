//! Refusals in OneChat's words.

use app::Error;
use axum::{
    extract::rejection::PathRejection,
    response::{IntoResponse, Response},
};
use domain::Kind;
use wire::onechat::{errors::Refusal, params::BadParam};

use crate::http::{json_text, status};

/// A refusal as an answer.
pub(super) struct Refused(Refusal);

/// What a handler answers.
pub(super) type Answer<T = Response> = Result<T, Refused>;

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl From<BadParam> for Refused {
    fn from(bad: BadParam) -> Self {
        Self(Refusal::unprocessable(&bad.to_string()))
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(tell(&error))
    }
}

impl From<PathRejection> for Refused {
    fn from(_: PathRejection) -> Self {
        Self(Refusal::not_found())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(refusal) = self;
        let mut response = json_text(status(refusal.status), refusal.body);
        if let Ok(value) = refusal.content_type.parse() {
            response
                .headers_mut()
                .insert(axum::http::header::CONTENT_TYPE, value);
        }
        response
    }
}

fn tell(error: &Error) -> Refusal {
    let text = error.public();
    match error.kind() {
        Kind::Unauthenticated => Refusal::not_signed_in(),
        Kind::Forbidden => Refusal::not_authorized(),
        Kind::NotFound => Refusal::not_found(),
        Kind::Malformed => Refusal {
            status: 400,
            ..Refusal::unprocessable(&text)
        },
        Kind::Invalid | Kind::Conflict => match error.field() {
            Some(field) => Refusal::invalid(&text, &[field]),
            None => Refusal::unprocessable(&text),
        },
        Kind::Upstream => Refusal::unprocessable(&text),
        Kind::TooLarge => Refusal {
            status: 413,
            ..Refusal::unprocessable(&text)
        },
        Kind::TooMuch => Refusal::too_many_requests(),
        Kind::Unavailable => {
            tracing::warn!(%error, "a request could not be served now");
            Refusal {
                status: 503,
                ..Refusal::unprocessable(&text)
            }
        }
        Kind::Broken => {
            tracing::error!(%error, "a request failed");
            Refusal::broken()
        }
    }
}

/// The answer where there is no route.
pub(super) async fn no_route() -> Refused {
    Refused(Refusal::not_found())
}
