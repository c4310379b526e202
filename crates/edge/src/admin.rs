//! For those who run the server: whether it lives and whether it is ready.

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
        .route("/metrics", get(metrics))
}

/// Ready once the store answers.
async fn ready(State(edge): State<Edge>) -> Response {
    match edge.core.store.view(|view| view.journal_head()) {
        Ok(_) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response()
        }
    }
}

/// Figures in Prometheus' text format.
async fn metrics(State(edge): State<Edge>) -> String {
    let figures = [
        ("switchboard_socket_connections", "gauge", edge.hub.connections() as i128),
        ("switchboard_journal_head", "counter", i128::from(edge.core.feed.head())),
        ("switchboard_uptime_seconds", "counter", i128::from(edge.started.elapsed().as_secs())),
    ];
    figures
        .map(|(name, kind, value)| format!("# TYPE {name} {kind}\n{name} {value}\n"))
        .concat()
}
