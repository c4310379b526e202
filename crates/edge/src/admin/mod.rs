//! For those who run the server or own an account: whether it lives, its figures, and our own interface.

mod endpoints;
mod errors;
mod extract;
mod figures;
mod pace;

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};

use crate::Edge;

pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures::metrics))
        .merge(endpoints::routes())
        .merge(pace::routes())
}

/// Ready once the store answers.
async fn ready(State(edge): State<Edge>) -> Response {
    match edge.core.store.view(|view| view.journal_head()) {
        Ok(_) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the store does not answer\n",
            )
                .into_response()
        }
    }
}
