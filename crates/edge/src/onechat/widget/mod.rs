//! The website widget (digest, section 6): the script that a page includes, the page inside its frame, and the calls
//! that page makes. A visitor is known by a token that the page keeps; it stands for one address of the widget's inbox.

mod browser;
mod contact;
mod conversations;
mod labels;
mod messages;
mod newcomers;
mod page;
mod visitor;

pub(crate) use newcomers::Newcomers;
pub(super) use newcomers::address_of;
pub(super) use page::escaped;

use axum::{
    Router,
    routing::{delete, get, post},
};
use tower_http::cors::CorsLayer;

use crate::Edge;

pub(super) fn routes() -> Router<Edge> {
    let api = Router::new()
        .route("/config", post(page::config))
        .route("/contact", get(contact::show).patch(contact::update))
        .route(
            "/contact/set_user",
            post(contact::set_user).patch(contact::set_user),
        )
        .route(
            "/contact/destroy_custom_attributes",
            post(contact::destroy_custom_attributes),
        )
        .route(
            "/conversations",
            get(conversations::show).post(conversations::create),
        )
        .route(
            "/conversations/update_last_seen",
            post(conversations::update_last_seen),
        )
        .route(
            "/conversations/transcript",
            post(conversations::send_transcript),
        )
        .route(
            "/conversations/toggle_typing",
            post(conversations::toggle_typing),
        )
        .route("/conversations/toggle_status", get(conversations::resolve))
        .route(
            "/conversations/set_custom_attributes",
            post(conversations::set_custom_attributes),
        )
        .route(
            "/conversations/destroy_custom_attributes",
            post(conversations::destroy_custom_attributes),
        )
        .route("/messages", get(messages::list).post(messages::create))
        .route(
            "/messages/{message}",
            axum::routing::patch(messages::update).put(messages::update),
        )
        .route("/labels", post(labels::add))
        .route("/labels/{label}", delete(labels::remove))
        .route("/inbox_members", get(page::inbox_members))
        .route("/campaigns", get(page::campaigns))
        .route("/events", post(page::event))
        .fallback(super::errors::no_route);
    Router::new()
        .route("/widget", get(page::page))
        .route("/packs/js/sdk.js", get(page::sdk))
        .route("/packs/js/widget.js", get(page::script))
        .nest("/api/v1/widget", api.layer(CorsLayer::permissive()))
}
