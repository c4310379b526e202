//! The door to the sandbox's world: for whoever develops against it, to scan codes and to write as people do.
//!
//! Whoever sees a code may scan it. Everything else shows the product's token, as a bot does, or an agent's. All
//! bodies are JSON; refusals are Maytapi's.

mod act;
mod scan;

use axum::{Router, routing::post};

use crate::Edge;

pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .route("/sandbox/scan", post(scan::scan))
        .route("/sandbox/{phone}/{act}", post(act::act))
}
