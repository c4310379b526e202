//! The account's teams and who is in them (onechat.md, 4.3). Administrators make them; every agent sees them.

use app::{
    Scope,
    teams::{self, NewTeam},
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{AccountId, AgentId, Team, TeamId};
use wire::onechat::{Params, errors::Refusal};

use super::{caller::Caller, errors::Answer, given::Given, path::Path, to_wire::rest};
use crate::{Edge, http::json};

/// `GET …/teams`: a bare array.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    let tables = edge.core.directory.tables();
    let all = tables.teams_of(scope.account_id);
    let all: Vec<_> = all.map(|it| rest::team(it, caller.agent.id)).collect();
    Ok(json(StatusCode::OK, &all))
}

/// `GET …/teams/{id}`: bare.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, team)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let team = teams::find(&edge.core.directory, &scope, TeamId(team))?;
    Ok(shown(&caller, &team))
}

/// `POST …/teams {name, description, allow_auto_assign}`: bare.
pub(super) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let new = wanted(&Given::read(&edge, request).await?.params)?;
    let store = &edge.core.store;
    let made = store.transact(move |tx| teams::create(tx, &scope, &new));
    Ok(shown(&caller, &*made.await?))
}

/// `PATCH …/teams/{id}`: bare. What is not sent stays.
pub(super) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, team)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let new = wanted(&Given::read(&edge, request).await?.params)?;
    let store = &edge.core.store;
    let changed = store.transact(move |tx| teams::change(tx, &scope, TeamId(team), &new));
    Ok(shown(&caller, &*changed.await?))
}

/// `DELETE …/teams/{id}`: an empty 200.
pub(super) async fn delete(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, team)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    let directory = edge.core.directory.clone();
    let remove =
        move |tx: &mut dyn app::ports::Tx| teams::remove(tx, &directory, &scope, TeamId(team));
    edge.core.store.transact(remove).await?;
    Ok(StatusCode::OK.into_response())
}

fn shown(caller: &Caller, team: &Team) -> Response {
    json(StatusCode::OK, &rest::team(team, caller.agent.id))
}

fn wanted(params: &Params) -> Answer<NewTeam> {
    let params = params.unwrapped("team");
    let description = params.has("description");
    Ok(NewTeam {
        name: params.text("name")?,
        description: match description {
            true => Some(params.text("description")?),
            false => None,
        },
        assigns: params.flag("allow_auto_assign")?,
    })
}

/// `GET …/teams/{id}/team_members`: a bare array of agents.
pub(super) async fn members(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, team)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let team = teams::find(&edge.core.directory, &scope, TeamId(team))?;
    Ok(people(&edge, account, &team.members))
}

/// `POST …/teams/{id}/team_members {user_ids}`: those who were not in it come in, and are answered.
pub(super) async fn add_members(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, team)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let before = teams::find(&edge.core.directory, &scope, TeamId(team))?;
    let wanted = named(&edge, &scope, request).await?;
    let mut new = wanted.clone();
    new.retain(|id| !before.members.contains(id));
    set(&edge, scope, team, move |all| all.extend(&wanted)).await?;
    Ok(people(&edge, account, &new))
}

/// `PATCH …/teams/{id}/team_members {user_ids}`: these and no others are in it.
pub(super) async fn set_members(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, team)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let wanted = named(&edge, &scope, request).await?;
    let team = set(&edge, scope, team, move |all| all.clone_from(&wanted)).await?;
    Ok(people(&edge, account, &team.members))
}

/// `DELETE …/teams/{id}/team_members {user_ids}`: an empty 200.
pub(super) async fn remove_members(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, team)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let gone = named(&edge, &scope, request).await?;
    let leave = move |all: &mut Vec<AgentId>| all.retain(|id| !gone.contains(id));
    set(&edge, scope, team, leave).await?;
    Ok(StatusCode::OK.into_response())
}

/// The agents whom a request names. All must work for the account.
async fn named(edge: &Edge, scope: &Scope, request: Request) -> Answer<Vec<AgentId>> {
    let params = Given::read(edge, request).await?.params;
    if !params.has("user_ids") {
        return Err(Refusal::missing_param("user_ids").into());
    }
    let mut ids: Vec<_> = params
        .numbers("user_ids")?
        .into_iter()
        .map(AgentId)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let tables = edge.core.directory.tables();
    let strange = |id: &AgentId| tables.colleague(scope.account_id, *id).is_none();
    if ids.iter().any(strange) {
        return Err(Refusal::not_our_users().into());
    }
    Ok(ids)
}

async fn set(
    edge: &Edge,
    scope: Scope,
    team: i64,
    alter: impl Fn(&mut Vec<AgentId>) + Send + 'static,
) -> Answer<std::sync::Arc<Team>> {
    let directory = edge.core.directory.clone();
    let set = move |tx: &mut dyn app::ports::Tx| {
        teams::set_members(tx, &directory, &scope, TeamId(team), &alter)
    };
    Ok(edge.core.store.transact(set).await?)
}

fn people(edge: &Edge, account: i64, ids: &[AgentId]) -> Response {
    let tables = edge.core.directory.tables();
    let all = ids.iter();
    let all = all.filter_map(|id| tables.seat(AccountId(account), *id));
    let all: Vec<_> = all.map(|it| rest::agent(&edge.core, it)).collect();
    json(StatusCode::OK, &all)
}
