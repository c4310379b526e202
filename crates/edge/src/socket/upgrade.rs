//! From an HTTP request to a connection that belongs to the [`Hub`].

use std::sync::Arc;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use wire::{
    session::Session,
    websocket::handshake::{self, Refused},
};

use super::{
    command::{Arrival, Key},
    hub::Hub,
    limits::CONNECTIONS,
};

/// The header as text, if it is there once and readable.
fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The values that the client offers as subprotocols, in its order.
pub(crate) fn offered(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|it| it.to_str().ok())
}

/// Accepts the upgrade and gives the connection to the hub with this session. A request that is no WebSocket
/// handshake gets the error that says why not.
pub(crate) fn accept(
    hub: &Arc<Hub>,
    request: Request,
    subprotocol: Option<HeaderValue>,
    key: Key,
    session: Box<dyn Session + Send>,
) -> Result<Response, Refused> {
    let headers = request.headers();
    let accept = handshake::accept(&handshake::Request {
        upgrade: text(headers, header::UPGRADE),
        connection: text(headers, header::CONNECTION),
        version: text(headers, header::SEC_WEBSOCKET_VERSION),
        key: text(headers, header::SEC_WEBSOCKET_KEY),
    })?;
    if hub.connections() >= CONNECTIONS {
        let later = [(header::RETRY_AFTER, "10")];
        return Ok((
            StatusCode::SERVICE_UNAVAILABLE,
            later,
            "too many connections\n",
        )
            .into_response());
    }
    let hub = hub.clone();
    tokio::spawn(async move {
        let upgraded = match hyper::upgrade::on(request).await {
            Ok(upgraded) => upgraded,
            Err(error) => {
                tracing::debug!(%error, "a client left during its handshake");
                return;
            }
        };
        let Ok(parts) = upgraded.downcast::<TokioIo<TcpStream>>() else {
            tracing::error!("an upgraded connection is no TCP stream");
            return;
        };
        match parts.io.into_inner().into_std() {
            Ok(stream) => {
                hub.adopt(Arrival {
                    stream,
                    early: parts.read_buf,
                    session,
                    key,
                })
                .await;
            }
            Err(error) => tracing::warn!(%error, "a connection could not be handed over"),
        }
    });
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    *response.body_mut() = Body::empty();
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(accept) = HeaderValue::from_str(&accept) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    if let Some(subprotocol) = subprotocol {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, subprotocol);
    }
    Ok(response)
}
