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
    pusher::{resume, signature::channel_auth, socket_id::is_well_formed},
};

use super::{
    SOCKET_KEY,
    errors::{refuse, tell},
    position,
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
    let fields = pairs(&body);
    let Some(asked) = read(&body, &fields, json_body) else {
        return refuse(
            Refusal::Validation,
            "socket_id and channel_name are required",
        );
    };
    if !is_well_formed(&asked.socket_id) {
        return refuse(Refusal::Validation, "socket_id is not one");
    }
    let Some(channel) = Channel::parse(&asked.channel_name) else {
        return refuse(
            Refusal::Validation,
            "channel_name is not a channel of this server",
        );
    };
    let after = asked.position.as_deref().map(str::parse).transpose();
    let Ok(after) = after else {
        return refuse(Refusal::Validation, "position is not one");
    };
    let Some(app) = edge.pusher.find(SOCKET_KEY) else {
        return forbidden();
    };
    if !may_follow(&edge, &agent, channel) {
        return forbidden();
    }
    // Whoever resumes for the first time begins here, and misses nothing from here on.
    let now = || position::end(edge.core.feed.head());
    let channel_data = asked
        .resume
        .then(|| resume::channel_data(after.unwrap_or_else(now)));
    let auth = channel_auth(
        &app.key,
        &app.secret,
        &asked.socket_id,
        &asked.channel_name,
        channel_data.as_deref(),
    );
    let granted = Granted {
        auth: auth.into(),
        channel_data: channel_data.map(Into::into),
    };
    json(StatusCode::OK, &granted)
}

fn read<'a>(
    body: &'a [u8],
    fields: &[(String, String)],
    is_json: bool,
) -> Option<auth::Request<'a>> {
    if is_json {
        serde_json::from_slice(body).ok()
    } else {
        auth::Request::from_form(fields)
    }
}

fn may_follow(edge: &Edge, agent: &Agent, channel: Channel<'_>) -> bool {
    let tables = edge.core.directory.tables();
    let mut companies = tables.seats_of(agent.id).map(|it| it.account_id);
    match channel {
        Channel::Company { company_id } => companies.any(|it| it.0 == company_id),
        Channel::Messenger {
            license_id,
            messenger,
        } => companies.any(|it| {
            tables
                .inboxes_of(it)
                .any(|it| it.inbox.license_id == license_id && it.inbox.messenger == messenger)
        }),
    }
}

fn forbidden() -> Response {
    refuse(Refusal::Forbidden, "this token may not follow this channel")
}
