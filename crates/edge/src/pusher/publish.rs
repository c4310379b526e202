//! `POST /apps/{id}/events` and `/batch_events`: an application publishes to its own channels.
//!
//! These are the application's own events, of which only cache channels keep the last; what happens in an account
//! is told from the journal instead. A request is checked whole before any of it is published.

use axum::{
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use bytes::Bytes;
use wire::pusher::{
    App, SocketId,
    api::{self, Event},
    api_answers::{self, Facts},
    channel::Name,
    frames, topic,
};

use super::{
    connect::connection_key,
    signed::{self, Refused},
};
use crate::{Edge, http::json_text};

pub(super) async fn event(
    State(edge): State<Edge>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let signed = signed::read(&edge, Some(&id), request).await?;
    let event = api::parse_event(&signed.body, &signed.app.settings)?;
    send(&edge, &signed.app, &event).await;
    if !event.info.any() {
        return Ok(json_text(StatusCode::OK, api_answers::EMPTY));
    }
    let named = event.channels.iter();
    let facts = named.map(|channel| (channel.as_str(), facts(&edge, &signed.app, &event, channel)));
    Ok(json_text(StatusCode::OK, api_answers::channels(facts)))
}

pub(super) async fn batch(
    State(edge): State<Edge>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let signed = signed::read(&edge, Some(&id), request).await?;
    let events = api::parse_batch(&signed.body, &signed.app.settings)?;
    for event in &events {
        send(&edge, &signed.app, event).await;
    }
    if !events.iter().any(|event| event.info.any()) {
        return Ok(json_text(StatusCode::OK, api_answers::EMPTY));
    }
    let facts = events.iter().map(|event| match event.channels.first() {
        Some(channel) => facts(&edge, &signed.app, event, channel),
        None => Facts::default(),
    });
    Ok(json_text(StatusCode::OK, api_answers::batch_facts(facts)))
}

/// `POST /apps/{id}/channels/{name}/events`, as old server libraries publish.
pub(super) async fn channel_event(
    State(edge): State<Edge>,
    Path((id, channel)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    let signed = signed::read(&edge, Some(&id), request).await?;
    let settings = &signed.app.settings;
    let event = api::parse_channel_event(&channel, &signed.query, &signed.body, settings)?;
    send(&edge, &signed.app, &event).await;
    Ok(json_text(StatusCode::ACCEPTED, api_answers::EMPTY))
}

async fn send(edge: &Edge, app: &App, event: &Event) {
    let except = event
        .socket_id
        .as_deref()
        .and_then(SocketId::find)
        .map(connection_key);
    for channel in &event.channels {
        let topic = topic(&app.id, channel);
        let frame = || -> Bytes { frames::event(&event.name, channel, &event.data) };
        if Name::parse(channel).is_ok_and(|name| name.kind().cache) {
            let register = edge.pusher.register();
            register
                .publish_cached(&edge.hub, &topic, frame(), except)
                .await;
        } else if edge.hub.is_followed(&topic) {
            edge.hub.publish_except(&topic, frame(), except).await;
        }
    }
}

/// What the publisher wants to know of a channel that it published to.
fn facts(edge: &Edge, app: &App, event: &Event, channel: &str) -> Facts {
    let followers = edge.pusher.register().followers(&topic(&app.id, channel));
    let presence = Name::parse(channel).is_ok_and(|name| name.kind().presence);
    event
        .info
        .of(presence, followers.members, followers.connections)
}
