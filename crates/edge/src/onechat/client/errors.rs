//! Refusals in the public API's words: what is missing is missing in Rails' own form.

use app::Error;
use axum::{
    extract::rejection::PathRejection,
    response::{IntoResponse, Response},
};
use domain::Kind;
use wire::onechat::{errors::Refusal, params::BadParam};

use crate::onechat::errors::Refused as Inner;

/// A refusal as an answer.
pub(super) struct Refused(Inner);

/// What a handler answers.
pub(super) type Answer<T = Response> = Result<T, Refused>;

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal.into())
    }
}

impl From<Inner> for Refused {
    fn from(inner: Inner) -> Self {
        Self(inner)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match error.kind() {
            Kind::NotFound => Refusal::no_such_thing().into(),
            _ => Self(error.into()),
        }
    }
}

impl From<BadParam> for Refused {
    fn from(bad: BadParam) -> Self {
        Refusal::unprocessable(&bad.to_string()).into()
    }
}

impl From<PathRejection> for Refused {
    fn from(_: PathRejection) -> Self {
        Refusal::no_such_thing().into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// The answer where there is no route.
pub(super) async fn no_route() -> Refused {
    Refusal::no_such_thing().into()
}
