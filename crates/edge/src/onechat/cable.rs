//! `GET /cable`: an Action Cable client connects.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use wire::cable::{Cable, Settings, limits::PING_PERIOD_MS, negotiate};

use super::room::RoomDesk;
use crate::{Edge, socket::upgrade};

/// Upgrades whoever asks, from any page: the token in a subscription is the only credential. A plain request
/// gets what Rails answers, with the cause after it.
pub(super) async fn connect(State(edge): State<Edge>, request: Request) -> Response {
    let mut random = [0_u8; 16];
    if getrandom::fill(&mut random).is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let key = u128::from_le_bytes(random);
    let subprotocol = negotiate(upgrade::offered(request.headers()))
        .map(|chosen| HeaderValue::from_static(chosen.name()));
    // The first pings of many clients that came together are spread over the period.
    let phase = u64::try_from(key % u128::from(PING_PERIOD_MS)).unwrap_or(0);
    let settings = Settings {
        ping_phase_ms: phase,
        ..Settings::default()
    };
    let session = Cable::new(RoomDesk::new(edge.clone()), settings);
    upgrade::accept(&edge.hub, request, subprotocol, key, Box::new(session)).unwrap_or_else(
        |refused| {
            (
                StatusCode::NOT_FOUND,
                format!("Page not found: {refused}\n"),
            )
                .into_response()
        },
    )
}
