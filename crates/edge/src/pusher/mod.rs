//! The Pusher protocol's door: the socket at `/app/{key}`, and the HTTP API that publishes into it and asks of it.

mod applications;
mod ask;
mod connect;
mod desk;
pub(crate) mod hooks;
mod publish;
mod quota;
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
pub use hooks::{is_endpoint_of, run as run_hooks, secret_of};

use wire::pusher::Settings;

use crate::Edge;

/// The routes, and the same again behind the prefix of the settings. Not nested: what is signed is the whole path, and
/// a nested route sees only its own part.
pub(crate) fn routes(settings: &Settings) -> Router<Edge> {
    let own = routes_behind("");
    match settings.path_prefix.as_str() {
        "" => own,
        prefix => own.merge(routes_behind(prefix)),
    }
}

fn routes_behind(prefix: &str) -> Router<Edge> {
    let at = |path: &str| [prefix, path].concat();
    Router::new()
        .route(&at("/app/{key}"), get(connect::connect))
        .route(&at("/apps/{id}/events"), post(publish::event))
        .route(&at("/apps/{id}/batch_events"), post(publish::batch))
        .route(&at("/apps/{id}/channels"), get(ask::channels))
        .route(&at("/apps/{id}/channels/{name}"), get(ask::channel))
        .route(&at("/apps/{id}/channels/{name}/users"), get(ask::users))
        .route(
            &at("/apps/{id}/channels/{name}/events"),
            post(publish::channel_event),
        )
        .route(&at("/apps/{id}/channels/{name}/stats"), get(ask::stats))
        .route(
            &at("/apps/{id}/users/{user}/terminate_connections"),
            post(terminate::of_app),
        )
        .route(
            &at("/users/{user}/terminate_connections"),
            post(terminate::bare),
        )
}
