//! `/v1/tokens`: making, checking and refreshing the pair that a program works with.

use std::sync::Arc;

use app::{
    Error, Result,
    ports::TokenKind,
    tokens::{self, Pair},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use domain::{Agent, AgentId, Kind};
use wire::chatapp::{
    errors::{Refusal, Success},
    tokens::{self as bodies, BadMake, Make},
};

use super::errors::{refuse, tell};
use crate::{
    Edge, credentials,
    http::{BadBody, header, json, named, read_body},
};

const BODY_BYTES: usize = 16 * 1024;

/// `POST /v1/tokens`.
pub(super) async fn make(State(edge): State<Edge>, request: Request) -> Response {
    let body = match read_body(request.into_body(), BODY_BYTES).await {
        Ok(body) => body,
        Err(BadBody::TooLarge(_)) => return refuse(Refusal::TooLarge, "the body is too large"),
        Err(BadBody::Broken) => return refuse(Refusal::BadRequest, "the body broke off"),
    };
    match Make::parse(&body) {
        Err(bad @ BadMake::Shape) => refuse(Refusal::BadRequest, &bad.to_string()),
        Err(bad @ BadMake::Field(_)) => refuse(Refusal::Validation, &bad.to_string()),
        Ok(wanted) => match sign_in(&edge, &wanted).await {
            Ok((agent, pair)) => answer(agent, &pair),
            Err(error) => tell(&error),
        },
    }
}

async fn sign_in(edge: &Edge, wanted: &Make<'_>) -> Result<(AgentId, Pair)> {
    let agent = credentials::find_agent(edge, &wanted.email, &wanted.password).await?;
    let client = wanted.app_id.to_string();
    let pair = edge
        .core
        .store
        .transact(move |tx| tokens::grant(tx, agent, &client))
        .await?;
    Ok((agent, pair))
}

fn answer(agent: AgentId, pair: &Pair) -> Response {
    let body = bodies::Pair {
        cabinet_user_id: agent.0,
        access_token: pair.access.text.as_str().into(),
        access_token_end_time: pair.access.expires_at.as_second(),
        refresh_token: pair.refresh.text.as_str().into(),
        refresh_token_end_time: pair.refresh.expires_at.as_second(),
    };
    json(StatusCode::OK, &Success::new(body))
}

/// `GET /v1/tokens/check`.
pub(super) async fn check(State(edge): State<Edge>, headers: HeaderMap) -> Response {
    let Some(text) = access_token(&headers) else {
        return no_token();
    };
    let now = edge.core.clock.now();
    match edge
        .core
        .store
        .view(|view| tokens::find(view, TokenKind::Access, text, now))
    {
        Ok(token) => {
            let body = bodies::Checked {
                cabinet_user_id: token.agent_id.0,
                access_token: text.into(),
                access_token_end_time: token.expires_at.as_second(),
            };
            json(StatusCode::OK, &Success::new(body))
        }
        Err(error) => tell(&error),
    }
}

/// `POST /v1/tokens/refresh`. A dead refresh token is 403, so that a client knows to sign in again.
pub(super) async fn refresh(State(edge): State<Edge>, headers: HeaderMap) -> Response {
    let Some(text) = named(&headers, bodies::REFRESH_HEADER).map(str::to_owned) else {
        return refuse(Refusal::Forbidden, "the Refresh header is missing");
    };
    match edge
        .core
        .store
        .transact(move |tx| tokens::refresh(tx, text.trim()))
        .await
    {
        Ok((agent, pair)) => answer(agent, &pair),
        Err(error) if error.kind() == Kind::Unauthenticated => {
            refuse(Refusal::Forbidden, &error.public())
        }
        Err(error) => tell(&error),
    }
}

fn no_token() -> Response {
    refuse(
        Refusal::InvalidToken,
        "the Authorization header has no access token",
    )
}

fn access_token(headers: &HeaderMap) -> Option<&str> {
    bodies::access_token(header(headers, &header::AUTHORIZATION)?)
}

/// The agent whose program calls.
pub(super) fn caller(edge: &Edge, headers: &HeaderMap) -> Result<Arc<Agent>> {
    program(edge, headers).map(|(agent, _)| agent)
}

/// The same, with the application that the token was made for.
pub(super) fn program(edge: &Edge, headers: &HeaderMap) -> Result<(Arc<Agent>, String)> {
    let unknown = || Error::refused(Kind::Unauthenticated, "the token is unknown or has ended");
    let text = access_token(headers).ok_or_else(unknown)?;
    let now = edge.core.clock.now();
    let token = edge
        .core
        .store
        .view(|view| tokens::find(view, TokenKind::Access, text, now))?;
    let agent = edge.core.directory.agent(token.agent_id);
    agent.map(|agent| (agent, token.client)).ok_or_else(unknown)
}
