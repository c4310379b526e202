//! `GET /apps/{id}/channels` and below: an application asks who follows what.

use axum::{
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use wire::pusher::{
    api_answers::{self, Attributes, Cached},
    frames, queries, topic,
};

use super::signed::{self, Refused};
use crate::{Edge, http::json_text};

/// The channels that somebody follows.
pub(super) async fn channels(
    State(edge): State<Edge>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let signed = signed::read(&edge, Some(&id), request).await?;
    let asked = queries::parse_channels(&signed.query)?;
    let occupied = edge
        .pusher
        .register()
        .occupied(&signed.app.id, &asked.prefix);
    let facts = occupied.iter().map(|(name, followers)| {
        let presence = name.starts_with("presence-");
        let facts = asked
            .info
            .of(presence, followers.members, followers.connections);
        (name.as_str(), facts)
    });
    Ok(json_text(StatusCode::OK, api_answers::channels(facts)))
}

/// One channel. It need not exist: a channel is a name that somebody may follow.
pub(super) async fn channel(
    State(edge): State<Edge>,
    Path((id, name)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    let signed = signed::read(&edge, Some(&id), request).await?;
    let asked = queries::parse_channel(&name, &signed.query)?;
    let (register, topic) = (edge.pusher.register(), topic(&signed.app.id, &name));
    let followers = register.followers(&topic);
    let presence = asked.name.kind().presence;
    let facts = asked
        .info
        .of(presence, followers.members, followers.connections);
    let cached = asked.cache.then(|| {
        let (frame, left) = register.cached(&topic)?;
        let data = frames::data_of(&frame)?;
        Some(Cached {
            data,
            ttl_s: left.as_secs(),
        })
    });
    let answer = api_answers::channel(followers.connections > 0, facts, cached);
    Ok(json_text(StatusCode::OK, answer))
}

/// `GET /apps/{id}/channels/{name}/stats`, as old server libraries ask: everything that is known of one channel.
pub(super) async fn stats(
    State(edge): State<Edge>,
    Path((id, name)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    let signed = signed::read(&edge, Some(&id), request).await?;
    let presence = queries::parse_channel(&name, &[])?.name.kind().presence;
    let topic = topic(&signed.app.id, &name);
    let followers = edge.pusher.register().followers(&topic);
    let all = Attributes {
        user_count: true,
        subscription_count: true,
    };
    let facts = all.of(presence, followers.members, followers.connections);
    let answer = api_answers::channel(followers.connections > 0, facts, None);
    Ok(json_text(StatusCode::OK, answer))
}

/// The members of a presence channel.
pub(super) async fn users(
    State(edge): State<Edge>,
    Path((id, name)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    let signed = signed::read(&edge, Some(&id), request).await?;
    let name = queries::parse_users(&name)?;
    let members = edge
        .pusher
        .register()
        .members(&topic(&signed.app.id, name.as_str()));
    let ids = members.iter().map(|member| member.id());
    Ok(json_text(StatusCode::OK, api_answers::users(ids)))
}
