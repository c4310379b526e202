//! The Pusher protocol's door: the socket at `/app/{key}`, and the HTTP API that publishes into it and asks of it.

mod applications;
mod ask;
mod connect;
mod desk;
pub(crate) mod hooks;
mod publish;
mod register;
mod signed;
mod terminate;
#[cfg(test)]
mod tests;

use axum::{
    Router,
    routing::{get, post},
};

pub(crate) use applications::Applications;
pub use hooks::run as run_hooks;

use crate::Edge;

// Not nested: what is signed is the whole path, and a nested route sees only its own part.
pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .route("/app/{key}", get(connect::connect))
        .route("/apps/{id}/events", post(publish::event))
        .route("/apps/{id}/batch_events", post(publish::batch))
        .route("/apps/{id}/channels", get(ask::channels))
        .route("/apps/{id}/channels/{name}", get(ask::channel))
        .route("/apps/{id}/channels/{name}/users", get(ask::users))
        .route(
            "/apps/{id}/users/{user}/terminate_connections",
            post(terminate::of_app),
        )
        .route("/users/{user}/terminate_connections", post(terminate::bare))
}
