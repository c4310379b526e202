//! `GET /cable`: an Action Cable client connects.

use std::time::Instant;

use app::tokens;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use wire::cable::{Cable, Extended, Settings, Subprotocol, limits::PING_PERIOD_MS, negotiate};

use super::room::RoomDesk;
use crate::{Edge, http::pairs, socket::upgrade};

/// Upgrades whoever asks, from any page: the token in a subscription is the only credential. A plain request
/// gets what Rails answers, with the cause after it.
pub(super) async fn connect(State(edge): State<Edge>, request: Request) -> Response {
    let mut random = [0_u8; 16];
    if getrandom::fill(&mut random).is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let key = u128::from_le_bytes(random);
    let chosen = negotiate(upgrade::offered(request.headers()));
    let subprotocol = chosen.map(|chosen| HeaderValue::from_static(chosen.name()));
    // The first pings of many clients that came together are spread over the period.
    let phase = u64::try_from(key % u128::from(PING_PERIOD_MS)).unwrap_or(0);
    let extended = match chosen {
        Some(Subprotocol::V1ExtJson) => match extended(&edge, &request) {
            Ok(extended) => Some(Box::new(extended)),
            Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        },
        Some(Subprotocol::V1Json | Subprotocol::Unsupported) | None => None,
    };
    let settings = Settings {
        extended,
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

/// What a client of the extended protocol gets: a name of its own, and what it had under the name it shows.
fn extended(edge: &Edge, request: &Request) -> app::Result<Extended> {
    let query = pairs(request.uri().query().unwrap_or_default().as_bytes());
    let shown = query.iter().find(|(key, _)| key == "sid");
    let restored = match shown {
        Some((_, sid)) => edge.parked.take(sid, Instant::now()),
        None => Vec::new(),
    };
    Ok(Extended {
        sid: tokens::random_text()?,
        epoch: edge.epoch.to_string(),
        restored,
    })
}
