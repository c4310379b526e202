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
use domain::{AccountId, Agent, AgentId};
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
    let client = tokens::random_text()?;
    let (id, token) = match (&body.email, &body.password, &body.sso_auth_token) {
        (Some(email), _, Some(link)) if !link.is_empty() => {
            by_link(&edge, email, link, &client).await?
        }
        (Some(email), Some(password), _) => by_password(&edge, email, password, &client).await?,
        _ => return Err(Refusal::bad_credentials().into()),
    };
    signed_in(&edge, id, &client, &token)
}

/// The answer to somebody who is signed in on this device from now on.
pub(super) fn signed_in(edge: &Edge, id: AgentId, client: &str, token: &Secret) -> Answer {
    let agent = edge
        .core
        .directory
        .agent(id)
        .ok_or_else(Refusal::bad_credentials)?;
    let profile = profile::of(&edge.core, &agent)?;
    let mut response = json(StatusCode::OK, &SignedInBody { data: profile });
    sign(response.headers_mut(), &agent, client, token);
    Ok(response)
}

async fn by_password(
    edge: &Edge,
    email: &str,
    password: &str,
    client: &str,
) -> Answer<(AgentId, Secret)> {
    let id = credentials::find_agent(edge, email, password)
        .await
        .map_err(|_| Refusal::bad_credentials())?;
    let client = client.to_owned();
    let token = edge
        .core
        .store
        .transact(move |tx| tokens::sign_in(tx, id, &client))
        .await?;
    Ok((id, token))
}

/// A link signs in whom it was made for, once.
async fn by_link(edge: &Edge, email: &str, link: &str, client: &str) -> Answer<(AgentId, Secret)> {
    let now = edge.core.clock.now();
    let find = |view: &dyn app::ports::View| tokens::find(view, TokenKind::Link, link, now);
    let found = edge.core.store.view(find);
    let id = found.map_err(|_| Refusal::bad_credentials())?.agent_id;
    let agent = edge.core.directory.agent(id);
    let email = email.trim().to_lowercase();
    let fits = |it: &Agent| it.email == email && it.account_id != AccountId::NOBODYS;
    if !agent.is_some_and(|it| fits(&it)) {
        return Err(Refusal::bad_credentials().into());
    }
    let (link, client) = (link.to_owned(), client.to_owned());
    let follow = edge
        .core
        .store
        .transact(move |tx| tokens::follow_link(tx, &link, &client));
    Ok(follow.await.map_err(|_| Refusal::bad_credentials())?)
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
