//! ChatApp's door: tokens, the authorization of private channels, and what its channels are told.

mod authorize;
mod callbacks;
mod errors;
mod hooks;
mod tell;
mod to_wire;
mod tokens;

use axum::{
    Router,
    routing::{get, post, put},
};
use tower_http::cors::CorsLayer;

pub(crate) use hooks::ChatAppHooks;
pub(crate) use tell::tell;

use crate::Edge;

/// The key of the socket application in which ChatApp's channels live: the one its documentation tells every
/// client to connect with (ChatApp events, "Set up the connection settings").
pub const SOCKET_KEY: &str = "ChatsAppApiProdKey";

pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .route("/v1/tokens", post(tokens::make))
        .route("/v1/tokens/check", get(tokens::check))
        .route("/v1/tokens/refresh", post(tokens::refresh))
        .route("/v1/callbackUrls", get(callbacks::list))
        .route(
            "/v1/licenses/{license}/messengers/{messenger}/callbackUrl",
            put(callbacks::put).delete(callbacks::delete),
        )
        .route("/broadcasting/auth", post(authorize::authorize))
        // Pages of other origins authorize their channels here, with their token in a header.
        .layer(CorsLayer::very_permissive().allow_credentials(false))
}
