//! Accounts, and who works for them.

use app::{
    Actor, Scope, accounts,
    agents::{self, Leaving},
    limits::NAME_CHARS,
    ports::Tx,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{Account, AccountId, Agent, AgentId, Role};
use serde_json::{Value, json as value};
use wire::onechat::errors::Refusal;

use super::desk::{Program, Thing};
use crate::{
    Edge,
    http::json,
    onechat::{agents::release_all, errors::Answer, given::Given, path::Path, to_wire::iso},
};

/// `POST …/accounts {name}`: bare.
pub(super) async fn create(State(edge): State<Edge>, program: Program, request: Request) -> Answer {
    let params = Given::read(&edge, request).await?.params;
    let name = params.text("name")?.unwrap_or_default();
    check(&name)?;
    let make = move |tx: &mut dyn Tx| {
        let account = accounts::create(tx, &name)?;
        program.made(tx, Thing::Account(account.id.0))?;
        Ok(account)
    };
    Ok(shown(&edge.core.store.transact(make).await?))
}

/// `GET …/accounts/{id}`: bare.
pub(super) async fn show(
    State(edge): State<Edge>,
    program: Program,
    Path(account): Path<i64>,
) -> Answer {
    Ok(shown(&*find(&edge, &program, account)?))
}

/// `PATCH …/accounts/{id} {name}`: bare.
pub(super) async fn update(
    State(edge): State<Edge>,
    program: Program,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let found = find(&edge, &program, account)?;
    let params = Given::read(&edge, request).await?.params;
    let Some(name) = params.text("name")? else {
        return Ok(shown(&found));
    };
    check(&name)?;
    let id = AccountId(account);
    let renamed = edge
        .core
        .store
        .transact(move |tx| accounts::rename(tx, id, &name));
    Ok(shown(&renamed.await?))
}

/// `DELETE …/accounts/{id}`: an empty 200. Nobody reaches the account from then on; what is kept of it goes in the
/// background.
pub(super) async fn delete(
    State(edge): State<Edge>,
    program: Program,
    Path(account): Path<i64>,
) -> Answer {
    find(&edge, &program, account)?;
    let remove = move |tx: &mut dyn Tx| {
        accounts::remove(tx, AccountId(account))?;
        program.forget(tx, Thing::Account(account))
    };
    edge.core.store.transact(remove).await?;
    Ok(StatusCode::OK.into_response())
}

/// `GET …/accounts/{id}/account_users`: a bare array.
pub(super) async fn users(
    State(edge): State<Edge>,
    program: Program,
    Path(account): Path<i64>,
) -> Answer {
    find(&edge, &program, account)?;
    let tables = edge.core.directory.tables();
    let all: Vec<_> = tables
        .agents_of(AccountId(account))
        .map(|it| seat(it))
        .collect();
    Ok(json(StatusCode::OK, &all))
}

/// `POST …/accounts/{id}/account_users {user_id, role}`: bare. A user may work for several accounts.
pub(super) async fn add_user(
    State(edge): State<Edge>,
    program: Program,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    find(&edge, &program, account)?;
    let params = Given::read(&edge, request).await?.params;
    let user = params.number("user_id")?;
    let user = user.ok_or_else(|| Refusal::missing_param("user_id"))?;
    program.must_own(&edge, Thing::User(user))?;
    let role = match params.text("role")?.as_deref() {
        None | Some("" | "agent") => Role::Agent,
        Some("administrator") => Role::Administrator,
        Some(_) => return Err(Refusal::unprocessable("role: not a role").into()),
    };
    let (account, user) = (AccountId(account), AgentId(user));
    let directory = edge.core.directory.clone();
    let join = move |tx: &mut dyn Tx| agents::join(tx, &directory, account, user, role);
    let joined = edge.core.store.transact(join).await?;
    Ok(json(StatusCode::OK, &seat(&joined)))
}

/// `DELETE …/accounts/{id}/account_users {user_id}`: an empty 200. The user stays, and works for others, or for nobody.
pub(super) async fn remove_user(
    State(edge): State<Edge>,
    program: Program,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    find(&edge, &program, account)?;
    let params = Given::read(&edge, request).await?.params;
    let user = params.number("user_id")?;
    let user = AgentId(user.ok_or_else(|| Refusal::missing_param("user_id"))?);
    let scope = Scope {
        account_id: AccountId(account),
        actor: Actor::System,
    };
    release_all(&edge, &scope, user, Leaving::Account).await?;
    let directory = edge.core.directory.clone();
    let left = edge
        .core
        .store
        .transact(move |tx| agents::leave(tx, &directory, &scope, user));
    left.await?;
    Ok(StatusCode::OK.into_response())
}

/// Refuses what is no name.
fn check(name: &str) -> Answer<()> {
    if name.trim().is_empty() {
        return Err(Refusal::invalid("Name can't be blank", &["name"]).into());
    }
    if name.chars().count() > NAME_CHARS {
        return Err(Refusal::invalid("Name is too long", &["name"]).into());
    }
    Ok(())
}

/// An account that the program made.
fn find(edge: &Edge, program: &Program, account: i64) -> Answer<std::sync::Arc<Account>> {
    let tables = edge.core.directory.tables();
    let found = tables.accounts.get(&AccountId(account)).cloned();
    let found = found.ok_or_else(Refusal::not_found)?;
    program.must_own(edge, Thing::Account(account))?;
    Ok(found)
}

fn shown(it: &Account) -> Response {
    let body = value!({ "id": it.id.0, "name": it.name, "locale": "en", "status": "active" });
    json(StatusCode::OK, &body)
}

/// Who works for an account, as the stored row.
fn seat(it: &Agent) -> Value {
    value!({
        "id": it.id.0,
        "account_id": it.account_id.0,
        "user_id": it.id.0,
        "role": if it.role == Role::Administrator { "administrator" } else { "agent" },
        "inviter_id": null,
        "auto_offline": it.auto_offline,
        "created_at": iso(it.created_at),
    })
}
