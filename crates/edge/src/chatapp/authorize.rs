//! `POST /broadcasting/auth`: may this program follow that private channel?

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    response::Response,
};
use domain::{Agent, Kind};
use wire::{
    chatapp::{
        auth::{self, Granted},
        channels::Channel,
        errors::Refusal,
    },
    pusher::{signature::channel_auth, socket_id::is_well_formed},
};

use super::{
    SOCKET_KEY,
    errors::{refuse, tell},
    tokens::caller,
};
use crate::{
    Edge,
    http::{header, json, pairs, read_body},
};

const BODY_BYTES: usize = 16 * 1024;

/// Signs for whoever may follow the channel. Every refusal of a well-formed request is the same 403, so that no
/// answer tells a stranger which licences exist.
pub(super) async fn authorize(State(edge): State<Edge>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let agent = match caller(&edge, &parts.headers) {
        Ok(agent) => agent,
        Err(error) if error.kind() == Kind::Unauthenticated => return forbidden(),
        Err(error) => return tell(&error),
    };
    let Ok(body) = read_body(body, BODY_BYTES).await else {
        return refuse(Refusal::BadRequest, "the body is too large or broke off");
    };
    let json_body = header(&parts.headers, &header::CONTENT_TYPE)
        .is_some_and(|it| it.starts_with("application/json"));
    let Some((socket_id, name)) = read(&body, json_body) else {
        return refuse(
            Refusal::Validation,
            "socket_id and channel_name are required",
        );
    };
    if !is_well_formed(&socket_id) {
        return refuse(Refusal::Validation, "socket_id is not one");
    }
    let Some(channel) = Channel::parse(&name) else {
        return refuse(
            Refusal::Validation,
            "channel_name is not a channel of this server",
        );
    };
    let Some(app) = edge.pusher.find(SOCKET_KEY) else {
        return forbidden();
    };
    if !may_follow(&edge, &agent, channel) {
        return forbidden();
    }
    let auth = channel_auth(&app.key, &app.secret, &socket_id, &name, None);
    json(StatusCode::OK, &Granted { auth: auth.into() })
}

fn read(body: &[u8], is_json: bool) -> Option<(String, String)> {
    if is_json {
        let request: auth::Request<'_> = serde_json::from_slice(body).ok()?;
        return Some((
            request.socket_id.into_owned(),
            request.channel_name.into_owned(),
        ));
    }
    let pairs = pairs(body);
    let find = |key: &str| {
        pairs
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, it)| it.clone())
    };
    Some((find("socket_id")?, find("channel_name")?))
}

fn may_follow(edge: &Edge, agent: &Agent, channel: Channel<'_>) -> bool {
    match channel {
        Channel::Company { company_id } => company_id == agent.account_id.0,
        Channel::Messenger {
            license_id,
            messenger,
        } => {
            let tables = edge.core.directory.tables();
            tables
                .inboxes_of(agent.account_id)
                .any(|it| it.inbox.license_id == license_id && it.inbox.messenger == messenger)
        }
    }
}

fn forbidden() -> Response {
    refuse(Refusal::Forbidden, "this token may not follow this channel")
}
