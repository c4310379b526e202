//! What a request says, refused as a problem when it cannot be read.

use axum::extract::FromRequestParts;

use super::errors::Problem;

/// The variable parts of the route, in order.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub(super) struct Path<T>(pub(super) T);

/// The pairs after the question mark.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub(super) struct Query<T>(pub(super) T);
