//! What clients ask before anything else: whether this is a server they can speak to.

use axum::{extract::State, http::StatusCode};
use serde_json::json as value;

use crate::{Edge, http::json};

/// The version of the original whose clients find what they look for here.
const SPOKEN: &str = "4.14.2";

/// `GET /health`.
pub(super) async fn health() -> axum::response::Response {
    json(StatusCode::OK, &value!({ "status": "woot" }))
}

/// `GET /api`: asked by apps and installers. What they call queues and data is one store here.
pub(super) async fn version(State(edge): State<Edge>) -> axum::response::Response {
    let now = edge.core.clock.now();
    let works = edge.core.store.view(|view| view.journal_head()).is_ok();
    let state = if works { "ok" } else { "failing" };
    let body = value!({
        "version": SPOKEN,
        "timestamp": now.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "queue_services": state,
        "data_services": state,
    });
    json(StatusCode::OK, &body)
}
