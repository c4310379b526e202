//! Reading the JSON body of a call.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
};
use serde::de::{DeserializeOwned, IgnoredAny};
use wire::chatapp::errors::Refusal;

use super::errors::{Answer, Refused};
use crate::{
    Edge,
    http::{BadBody, read_body},
};

/// Bytes of a body: a text of the greatest length, with every character escaped.
const BODY_BYTES: usize = 2 * 1024 * 1024;

/// A JSON body, whatever type the client says it has.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Edge> for Json<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &Edge) -> Result<Self, Refused> {
        read(request.into_body()).await.map(Self)
    }
}

/// The body as this type. What is not JSON is malformed; what is JSON of another shape is invalid.
pub(super) async fn read<T: DeserializeOwned>(body: Body) -> Answer<T> {
    let bytes = read_body(body, BODY_BYTES).await.map_err(|bad| match bad {
        BadBody::TooLarge(_) => Refused::new(Refusal::TooLarge, "the body is too large"),
        BadBody::Broken => Refused::new(Refusal::BadRequest, "the body broke off"),
    })?;
    serde_json::from_slice(&bytes).map_err(|error| {
        // Some values that do not fit are told by the reader as bad syntax, so it is asked anew.
        let is_json = serde_json::from_slice::<IgnoredAny>(&bytes).is_ok();
        let refusal = if is_json {
            Refusal::Validation
        } else {
            Refusal::BadRequest
        };
        let text = format!("the body is not what this call takes: {error}");
        Refused::new(refusal, text)
    })
}
