//! The variable parts of an address. What is no number is the number of nothing, and answered so.

use axum::extract::FromRequestParts;

use super::errors::Refused;

/// The variable parts of the route, in order.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Refused))]
pub(super) struct Path<T>(pub(super) T);
