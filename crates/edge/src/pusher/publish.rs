//! `POST /apps/{id}/events` and `/batch_events`: an application publishes to its own channels.
//!
//! These are the application's own events, which the protocol neither keeps nor repeats; what happens in an
//! account is told from the journal instead.

use axum::{
    extract::{Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use wire::pusher::{
    App, SocketId,
    api::{self, Event, Refused},
    api_answers, frames, request, topic,
};

use super::connect::connection_key;
use crate::{
    Edge,
    http::{BadBody, json_text, pairs, read_body, status},
};

/// Room for the JSON around the data, whose own limit the API checks.
const BODY_BYTES: usize = 10 * 1024 * 1024;

pub(super) async fn event(
    State(edge): State<Edge>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let parse = |body: &Bytes| Ok(vec![api::parse_event(body, edge.pusher.settings())?]);
    answer(publish(&edge, &id, request, parse).await)
}

pub(super) async fn batch(
    State(edge): State<Edge>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let parse = |body: &Bytes| api::parse_batch(body, edge.pusher.settings());
    answer(publish(&edge, &id, request, parse).await)
}

fn answer(published: Result<(), (StatusCode, String)>) -> Response {
    match published {
        Ok(()) => json_text(StatusCode::OK, api_answers::EMPTY),
        Err((status, text)) => {
            (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text + "\n")
                .into_response()
        }
    }
}

/// Checks the signature, then everything in the body, and only then publishes any of it.
async fn publish(
    edge: &Edge,
    id: &str,
    request: Request,
    parse: impl FnOnce(&Bytes) -> Result<Vec<Event>, Refused>,
) -> Result<(), (StatusCode, String)> {
    let app = edge
        .pusher
        .find_by_id(id)
        .ok_or_else(|| (StatusCode::NOT_FOUND, format!("No application with id {id}")))?;
    let (parts, body) = request.into_parts();
    let body = read_body(body, BODY_BYTES).await.map_err(|bad| match bad {
        BadBody::TooLarge(limit) => {
            (StatusCode::PAYLOAD_TOO_LARGE, format!("The body is over {limit} bytes"))
        }
        BadBody::Broken => (StatusCode::BAD_REQUEST, "The body broke off".to_owned()),
    })?;
    let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
    let signed = request::Request {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: &query,
        body: &body,
    };
    let now_s = u64::try_from(edge.core.clock.now().as_second()).unwrap_or(0);
    request::verify(&signed, &app, now_s)
        .map_err(|refused| (status(request::Refused::STATUS), refused.to_string()))?;
    let events = parse(&body).map_err(|refused| (status(refused.status), refused.text))?;
    for event in events {
        send(edge, &app, &event).await;
    }
    Ok(())
}

async fn send(edge: &Edge, app: &App, event: &Event) {
    let except = event.socket_id.as_deref().and_then(SocketId::find).map(connection_key);
    for channel in &event.channels {
        let topic = topic(&app.id, channel);
        if edge.hub.is_followed(&topic) {
            let frame = frames::event(&event.name, channel, &event.data);
            edge.hub.publish_except(&topic, frame, except).await;
        }
    }
}
