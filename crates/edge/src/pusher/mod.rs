//! The Pusher protocol's door: the socket at `/app/{key}`, and the HTTP API that publishes into it.

mod applications;
mod connect;
mod publish;

use axum::{
    Router,
    routing::{get, post},
};

pub(crate) use applications::Applications;

use crate::Edge;

pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .route("/app/{key}", get(connect::connect))
        .route("/apps/{id}/events", post(publish::event))
        .route("/apps/{id}/batch_events", post(publish::batch))
}
