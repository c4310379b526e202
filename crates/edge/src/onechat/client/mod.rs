//! The public Client API (digest, section 3): what the programs of contacts call, in API inboxes only.
//!
//! No header says who calls: an inbox's identifier and the name under which it knows the contact are the whole
//! credential, and where the inbox wants it a hash that proves the identity. Pages of any origin may call.

mod contacts;
mod conversations;
mod errors;
mod messages;
mod seat;
mod to_wire;

pub(super) use messages::submitted;
pub(super) use seat::{identify, told};
pub(super) use to_wire::{contact_row, is_for_contact, message};

use axum::{
    Router,
    routing::{get, post},
};
use tower_http::cors::CorsLayer;

use crate::Edge;

pub(super) fn routes() -> Router<Edge> {
    let conversation = Router::new()
        .route("/", get(conversations::show))
        .route("/toggle_status", post(conversations::resolve))
        .route("/toggle_typing", post(conversations::toggle_typing))
        .route("/update_last_seen", post(conversations::update_last_seen))
        .route("/messages", get(messages::list).post(messages::create))
        .route(
            "/messages/{message}",
            axum::routing::patch(messages::update).put(messages::update),
        );
    let contact = Router::new()
        .route(
            "/",
            get(contacts::show)
                .patch(contacts::update)
                .put(contacts::update),
        )
        .route(
            "/conversations",
            get(conversations::list).post(conversations::create),
        )
        .nest("/conversations/{conversation}", conversation);
    let inbox = Router::new()
        .route("/", get(contacts::inbox))
        .route("/contacts", post(contacts::create))
        .nest("/contacts/{source_id}", contact)
        .fallback(errors::no_route);
    Router::new()
        .nest("/public/api/v1/inboxes/{identifier}", inbox)
        .layer(CorsLayer::permissive())
}
