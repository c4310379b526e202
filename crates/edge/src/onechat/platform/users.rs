//! Users: people who may work for an account.

use app::{
    Actor, Scope,
    agents::{self, AgentChange, Leaving, NewAgent},
    ports::Tx,
    tokens,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{AccountId, Agent, AgentId, Role};
use serde_json::json as value;
use wire::onechat::{Params, errors::Refusal};

use super::desk::{Program, Thing};
use crate::{
    Edge,
    http::json,
    onechat::{
        agents::{hashed, name_for, release_all},
        errors::Answer,
        given::Given,
        path::Path,
        profile,
    },
};

/// `POST …/users {name, display_name, email, password, custom_attributes}`: bare, with the user's tokens. They
/// are good for nothing until the user works for an account.
pub(super) async fn create(State(edge): State<Edge>, program: Program, request: Request) -> Answer {
    let params = Given::read(&edge, request).await?.params;
    let email = params.text("email")?.unwrap_or_default();
    let password = params.text("password")?.filter(|it| !it.is_empty());
    let new = NewAgent {
        account_id: AccountId::NOBODYS,
        name: name_for(params.text("name")?.as_deref(), &email),
        email,
        password_hash: hashed(password).await?,
        role: Role::Agent,
    };
    let (change, attributes) = (wanted(&params)?, params.object("custom_attributes")?);
    let directory = edge.core.directory.clone();
    let make = move |tx: &mut dyn Tx| {
        let made = agents::create(tx, &new)?;
        let agent = agents::change(tx, &directory, &scope_of(&made), made.id, &change)?;
        profile::describe(tx, agent.id, attributes.as_deref())?;
        program.made(tx, Thing::User(agent.id.0))?;
        Ok(agent)
    };
    let agent = edge.core.store.transact(make).await?;
    shown(&edge, &agent)
}

/// `GET …/users/{id}`: bare.
pub(super) async fn show(
    State(edge): State<Edge>,
    program: Program,
    Path(user): Path<i64>,
) -> Answer {
    shown(&edge, &*find(&edge, &program, user)?)
}

/// `PATCH …/users/{id}`: bare. What is sent changes; a new password ends what was shown before.
pub(super) async fn update(
    State(edge): State<Edge>,
    program: Program,
    Path(user): Path<i64>,
    request: Request,
) -> Answer {
    let found = find(&edge, &program, user)?;
    let params = Given::read(&edge, request).await?.params;
    let password = params.text("password")?.filter(|it| !it.is_empty());
    let mut change = wanted(&params)?;
    change.name = params.text("name")?;
    change.email = params.text("email")?;
    if password.is_some() {
        change.password_hash = Some(hashed(password).await?);
    }
    let attributes = params.object("custom_attributes")?;
    let scope = scope_of(&found);
    let directory = edge.core.directory.clone();
    let change = move |tx: &mut dyn Tx| {
        profile::describe(tx, AgentId(user), attributes.as_deref())?;
        agents::change(tx, &directory, &scope, AgentId(user), &change)
    };
    let agent = edge.core.store.transact(change).await?;
    shown(&edge, &agent)
}

/// `DELETE …/users/{id}`: an empty 200. What they had is nobody's.
pub(super) async fn delete(
    State(edge): State<Edge>,
    program: Program,
    Path(user): Path<i64>,
) -> Answer {
    let id = find(&edge, &program, user)?.id;
    let directory = edge.core.directory.clone();
    let seats: Vec<Scope> = directory
        .tables()
        .seats_of(id)
        .map(|it| scope_of(it))
        .collect();
    let all = seats.clone();
    let may_leave = move |tx: &mut dyn Tx| {
        let mut all = all.iter();
        all.try_for_each(|it| agents::may_leave(tx, it, id))
    };
    edge.core.store.transact(may_leave).await?;
    for scope in &seats {
        release_all(&edge, scope, id, Leaving::Account).await?;
    }
    let remove = move |tx: &mut dyn Tx| {
        agents::remove_person(tx, &directory, id)?;
        program.forget(tx, Thing::User(user))
    };
    edge.core.store.transact(remove).await?;
    Ok(StatusCode::OK.into_response())
}

/// `GET …/users/{id}/login`: an address that signs the user in once, within five minutes: its `sso_auth_token` goes
/// to `POST /auth/sign_in` with the e-mail address.
pub(super) async fn login(
    State(edge): State<Edge>,
    program: Program,
    Path(user): Path<i64>,
) -> Answer {
    let agent = find(&edge, &program, user)?;
    let id = agent.id;
    let link = edge
        .core
        .store
        .transact(move |tx| tokens::make_link(tx, id))
        .await?;
    let email: String = form_urlencoded(&agent.email);
    let base = &edge.core.public_url;
    let url = format!(
        "{base}/app/login?email={email}&sso_auth_token={}",
        link.text
    );
    Ok(json(StatusCode::OK, &value!({ "url": url })))
}

/// `POST …/users/{id}/token`.
pub(super) async fn token(
    State(edge): State<Edge>,
    program: Program,
    Path(user): Path<i64>,
) -> Answer {
    let agent = find(&edge, &program, user)?;
    let profile = profile::of(&edge.core, &agent)?;
    let body = value!({ "access_token": profile.access_token, "expiry": null, "user": profile });
    Ok(json(StatusCode::OK, &body))
}

/// What stands in an address as it is, and everything else by its bytes.
fn form_urlencoded(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                all.push(char::from(byte));
            }
            _ => all.push_str(&format!("%{byte:02X}")),
        }
    }
    all
}

/// A user that the program made.
fn find(edge: &Edge, program: &Program, user: i64) -> Answer<std::sync::Arc<Agent>> {
    let found = edge.core.directory.agent(AgentId(user));
    let found = found.ok_or_else(Refusal::not_found)?;
    program.must_own(edge, Thing::User(user))?;
    Ok(found)
}

fn scope_of(agent: &Agent) -> Scope {
    Scope {
        account_id: agent.account_id,
        actor: Actor::System,
    }
}

fn wanted(params: &Params) -> Answer<AgentChange> {
    let display_name = params.has("display_name");
    Ok(AgentChange {
        display_name: match display_name {
            true => Some(params.text("display_name")?),
            false => None,
        },
        ..AgentChange::default()
    })
}

fn shown(edge: &Edge, agent: &Agent) -> Answer<Response> {
    Ok(json(StatusCode::OK, &profile::of(&edge.core, agent)?))
}
