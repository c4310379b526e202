//! Bots that an operator's program puts into its accounts.

use app::{Actor, Scope, pictures::Owner, ports::Tx};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::IntoResponse as _,
};
use domain::{AccountId, AgentId};
use wire::onechat::errors::Refusal;

use super::desk::{Program, Thing};
use crate::{
    Edge,
    http::json,
    onechat::{
        bots,
        errors::Answer,
        given::Given,
        path::Path,
        pictures::{Brought, forget_of},
    },
};

fn scope(account_id: AccountId) -> Scope {
    Scope {
        account_id,
        actor: Actor::System,
    }
}

/// The account of a bot that the program made.
fn find(edge: &Edge, program: &Program, bot: i64) -> Answer<(Scope, AgentId)> {
    let found = edge.core.directory.agent(AgentId(bot));
    let found = found
        .filter(|it| it.is_bot())
        .ok_or_else(Refusal::not_found)?;
    program.must_own(edge, Thing::Bot(bot))?;
    Ok((scope(found.account_id), found.id))
}

fn shown(edge: &Edge, scope: &Scope, id: AgentId) -> Answer {
    Ok(json(StatusCode::OK, &bots::find(edge, scope, id, true)?))
}

/// `GET …/agent_bots`: a bare array of those that the program made.
pub(super) async fn list(State(edge): State<Edge>, program: Program) -> Answer {
    let mut all = Vec::new();
    for bot in program.bots(&edge)? {
        if let Some(found) = edge.core.directory.agent(AgentId(bot)) {
            all.push(bots::find(&edge, &scope(found.account_id), found.id, true)?);
        }
    }
    Ok(json(StatusCode::OK, &all))
}

/// `POST …/agent_bots {name, description, outgoing_url, account_id}`: bare. The account is one of the program's.
pub(super) async fn create(State(edge): State<Edge>, program: Program, request: Request) -> Answer {
    let given = Given::read(&edge, request).await?;
    let params = given.params.unwrapped("agent_bot");
    let picture = Brought::read(&given, &params)?;
    let account = params.number("account_id")?;
    let account = account.ok_or_else(|| Refusal::missing_param("account_id"))?;
    program.must_own(&edge, Thing::Account(account))?;
    let scope = scope(AccountId(account));
    let made = move |tx: &mut dyn Tx, id: AgentId| program.made(tx, Thing::Bot(id.0));
    let id = bots::make(&edge, &scope, &params, made).await?;
    picture.give(&edge, &scope, Owner::Agent(id)).await?;
    shown(&edge, &scope, id)
}

/// `GET …/agent_bots/{id}`: bare.
pub(super) async fn show(
    State(edge): State<Edge>,
    program: Program,
    Path(bot): Path<i64>,
) -> Answer {
    let (scope, id) = find(&edge, &program, bot)?;
    shown(&edge, &scope, id)
}

/// `PATCH …/agent_bots/{id}`: bare.
pub(super) async fn update(
    State(edge): State<Edge>,
    program: Program,
    Path(bot): Path<i64>,
    request: Request,
) -> Answer {
    let (scope, id) = find(&edge, &program, bot)?;
    let given = Given::read(&edge, request).await?;
    let picture = Brought::read(&given, &given.params.unwrapped("agent_bot"))?;
    bots::change(&edge, &scope, id, &given.params).await?;
    picture.give(&edge, &scope, Owner::Agent(id)).await?;
    shown(&edge, &scope, id)
}

/// `DELETE …/agent_bots/{id}`: an empty 200.
pub(super) async fn delete(
    State(edge): State<Edge>,
    program: Program,
    Path(bot): Path<i64>,
) -> Answer {
    let (scope, id) = find(&edge, &program, bot)?;
    let directory = edge.core.directory.clone();
    let remove = move |tx: &mut dyn Tx| {
        bots::throw_away(tx, &directory, &scope, id)?;
        program.forget(tx, Thing::Bot(id.0))
    };
    edge.core.store.transact(remove).await?;
    forget_of(&edge, Owner::Agent(id)).await?;
    Ok(StatusCode::OK.into_response())
}
