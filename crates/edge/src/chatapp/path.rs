//! The variable parts of an address. What is no number is the number of nothing, and answered so.

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;
use wire::chatapp::errors::Refusal;

use super::errors::Refused;

/// The variable parts of the route, in order.
pub(super) struct Path<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let found = axum::extract::Path::from_request_parts(parts, state).await;
        let nothing = |_| Refused::new(Refusal::NotFound, "there is nothing at this address");
        let axum::extract::Path(found) = found.map_err(nothing)?;
        Ok(Self(found))
    }
}
