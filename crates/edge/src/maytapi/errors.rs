//! Refusals in Maytapi's words: `{"success":false,"message":…}`.

use std::borrow::Cow;

use app::Error;
use axum::{
    extract::RawPathParams,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::Kind;
use wire::maytapi::{Bad, errors::Refused as Body};

use super::settings::looks_like_product;
use crate::http::{BadBody, json};

/// What a handler answers.
pub(crate) type Answer<T = Response> = Result<T, Refused>;

/// A refusal on its way out.
pub(crate) struct Refused {
    status: StatusCode,
    sentence: Cow<'static, str>,
}

impl Refused {
    /// With this status and sentence.
    pub(crate) fn new(status: StatusCode, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            sentence: sentence.into(),
        }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let status = match error.kind() {
            Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Malformed | Kind::Invalid | Kind::Upstream | Kind::TooLarge => {
                StatusCode::BAD_REQUEST
            }
            Kind::TooMuch => StatusCode::TOO_MANY_REQUESTS,
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if matches!(error.kind(), Kind::Unavailable | Kind::Broken) {
            tracing::error!(%error, "a request failed");
        }
        Self::new(status, error.public())
    }
}

impl From<Bad> for Refused {
    fn from(bad: Bad) -> Self {
        Self::new(StatusCode::BAD_REQUEST, bad.0)
    }
}

impl From<BadBody> for Refused {
    fn from(bad: BadBody) -> Self {
        match bad {
            BadBody::TooLarge(limit) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body has more than {limit} bytes: send a file by its web address"),
            ),
            BadBody::Broken => Self::new(StatusCode::BAD_REQUEST, "the body broke off"),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        json(self.status, &Body::new(&self.sentence))
    }
}

/// The answer where there is a route for another method.
pub(crate) async fn wrong_method() -> Refused {
    Refused::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "this address takes another method",
    )
}

/// The answer where a product's bot asks for an operation that there is none of. Whatever names no product is not for
/// us to answer.
pub(crate) async fn not_offered(path: RawPathParams) -> Response {
    let mut all = path.iter();
    let product = all.find(|(name, _)| *name == "pid");
    if product.is_some_and(|(_, id)| looks_like_product(id)) {
        let text = "there is no such operation: see docs/maytapi.md for those that there are";
        return Refused::new(StatusCode::NOT_FOUND, text).into_response();
    }
    StatusCode::NOT_FOUND.into_response()
}
