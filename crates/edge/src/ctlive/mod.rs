//! CTLive's door, the platform's side: connectors bring messages, delivery reports and seen reports to one
//! address, and we tell them apart by their fields.

mod desk;
mod errors;
mod from_wire;
mod receive;
mod turns;

use axum::{Router, routing::post};

pub(crate) use desk::Desk;

use crate::Edge;

/// The carrier of inboxes that a connector serves.
pub const CARRIER: &str = "ctlive";

pub(crate) fn routes() -> Router<Edge> {
    // The first version of the page spells the path without its "l"; later ones with it (digest, 0.1).
    Router::new()
        .route(
            "/imchannel/message",
            post(receive::receive).fallback(errors::only_post),
        )
        .route(
            "/imchanne/message",
            post(receive::receive).fallback(errors::only_post),
        )
}
