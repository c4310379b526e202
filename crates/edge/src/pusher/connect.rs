//! `GET /app/{key}`: a Pusher client connects.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::HeaderValue,
    response::{IntoResponse, Response},
};
use wire::pusher::{App, Code, Handshake, Pusher, SocketId, subprotocol};

use super::{desk::NodeDesk, quota::Place};
use crate::{
    Edge,
    http::{pairs, status},
    socket::upgrade,
};

/// Upgrades whoever asks. Who may not connect is refused on the socket, because a browser shows its page nothing of a
/// refused handshake.
pub(super) async fn connect(
    State(edge): State<Edge>,
    Path(key): Path<String>,
    request: Request,
) -> Response {
    let mut random = [0_u8; 16];
    if getrandom::fill(&mut random).is_err() {
        return status(503).into_response();
    }
    let [first, second] = [0, 8].map(|from| {
        let half = random
            .get(from..from + 8)
            .and_then(|half| half.try_into().ok());
        u64::from_le_bytes(half.unwrap_or_default())
    });
    let socket_id = SocketId::from_random(first, second);
    let query = pairs(request.uri().query().unwrap_or_default().as_bytes());
    let protocol = query
        .iter()
        .find(|(name, _)| name == "protocol")
        .map(|(_, it)| it.as_str());
    let (app, place) = match admit(&edge, &key) {
        Ok((app, place)) => (Ok(app), Some(place)),
        Err(code) => (Err(code), None),
    };
    let settings = match &app {
        Ok(app) => app.settings.clone(),
        Err(_) => edge.pusher.settings().clone(),
    };
    let handshake = Handshake {
        app,
        protocol,
        socket_id,
    };
    let desk = NodeDesk::new(edge.pusher.register().clone(), edge.hub.clone(), place);
    let session = Pusher::new(handshake, settings, desk);
    let offered = upgrade::offered(request.headers())
        .collect::<Vec<_>>()
        .join(",");
    let chosen = subprotocol::choose(&offered).and_then(|name| HeaderValue::from_str(name).ok());
    let key = connection_key(socket_id);
    upgrade::accept(&edge.hub, request, chosen, key, Box::new(session)).unwrap_or_else(|refused| {
        (status(refused.status()), format!("{refused}\n")).into_response()
    })
}

/// The application with a key and a place in it, or why there is none.
fn admit(edge: &Edge, key: &str) -> Result<(Arc<App>, Place), Code> {
    let app = edge.pusher.find(key).ok_or(Code::UnknownApp)?;
    if edge.pusher.is_disabled(&app) {
        return Err(Code::AppDisabled);
    }
    if edge.hub.connections() >= edge.pusher.settings().connections_max {
        return Err(Code::OverCapacity);
    }
    let max = app.settings.app_connections_max;
    let place = edge.pusher.quotas().take(&app.id, max);
    Ok((app, place.ok_or(Code::OverQuota)?))
}

/// A connection's number in the hub.
pub(super) fn connection_key(id: SocketId) -> u128 {
    let (first, second) = id.halves();
    u128::from(first) << 64 | u128::from(second)
}
