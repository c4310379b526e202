//! Signing in and out.

use app::{
    Result,
    ports::TokenKind,
    tokens::{self, Secret},
};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Agent;
use serde_json::json as value;
use wire::onechat::{errors::Refusal, request::SignIn, rest::SignedIn as SignedInBody};

use super::{
    caller::{Caller, SignedIn},
    errors::Answer,
    profile,
};
use crate::{Edge, credentials, http::json};

/// `POST /auth/sign_in`: the profile, and the headers that sign every later call.
pub(super) async fn sign_in(
    State(edge): State<Edge>,
    body: Result<Json<SignIn>, axum::extract::rejection::JsonRejection>,
) -> Answer {
    let Ok(Json(body)) = body else {
        return Err(Refusal::bad_credentials().into());
    };
    let (Some(email), Some(password)) = (&body.email, &body.password) else {
        return Err(Refusal::bad_credentials().into());
    };
    let id = credentials::find_agent(&edge, email, password)
        .await
        .map_err(|_| Refusal::bad_credentials())?;
    let agent = edge
        .core
        .directory
        .agent(id)
        .ok_or_else(Refusal::bad_credentials)?;
    let client = tokens::random_text()?;
    let token = {
        let client = client.clone();
        edge.core
            .store
            .transact(move |tx| tokens::sign_in(tx, id, &client))
            .await?
    };
    let profile = profile::of(&edge.core, &agent)?;
    let mut response = json(StatusCode::OK, &SignedInBody { data: profile });
    sign(response.headers_mut(), &agent, &client, &token);
    Ok(response)
}

fn sign(headers: &mut HeaderMap, agent: &Agent, client: &str, token: &Secret) {
    let expiry = token.expires_at.as_second().to_string();
    let bearer = value!({
        "access-token": token.text, "token-type": "Bearer", "client": client,
        "expiry": expiry, "uid": agent.email,
    });
    let bearer = format!("Bearer {}", STANDARD.encode(bearer.to_string()));
    let all = [
        ("access-token", token.text.as_str()),
        ("token-type", "Bearer"),
        ("client", client),
        ("expiry", &expiry),
        ("uid", &agent.email),
        ("authorization", &bearer),
    ];
    for (name, value) in all {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// `GET /auth/validate_token`.
pub(super) async fn validate(
    State(edge): State<Edge>,
    caller: Result<Caller, super::errors::Refused>,
) -> Answer {
    let caller = caller.map_err(|_| Refusal::invalid_token())?;
    let profile = profile::of(&edge.core, &caller.agent)?;
    let body = value!({ "payload": { "success": true, "data": profile } });
    Ok(json(StatusCode::OK, &body))
}

/// `DELETE /auth/sign_out`.
pub(super) async fn sign_out(State(edge): State<Edge>, request: Request) -> Answer {
    let found = SignedIn::find(request.headers(), request.uri().query().unwrap_or_default());
    let Some(signed_in) = found.filter(|it| it.agent(&edge).is_some()) else {
        let body =
            value!({ "success": false, "errors": ["User was not found or was not logged in."] });
        return Ok(json(StatusCode::NOT_FOUND, &body));
    };
    let token = signed_in.access_token;
    edge.core
        .store
        .transact(move |tx| tokens::end(tx, TokenKind::SignIn, &token))
        .await?;
    Ok(json(StatusCode::OK, &value!({ "success": true })))
}
