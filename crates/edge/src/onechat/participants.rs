//! Who takes part in a conversation: `…/conversations/{n}/participants` (onechat.md, 4.3).

use app::conversations;
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{AccountId, AgentId};
use wire::onechat::errors::Refusal;

use super::{caller::Caller, errors::Answer, given::Given, path::Path, to_wire::rest};
use crate::{Edge, http::json};

/// `GET`: a bare array of agents.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let load = |view: &dyn app::ports::View| conversations::load(view, &scope, number);
    let row = edge.core.store.view(load)?;
    Ok(people(&edge, account, &row.conversation.participants))
}

/// `POST {user_ids}`: these as well, who are answered if they are new.
pub(super) async fn add(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let load = |view: &dyn app::ports::View| conversations::load(view, &scope, number);
    let before = edge.core.store.view(load)?.conversation.participants;
    let add = |all: &mut Vec<AgentId>, named: &[AgentId]| all.extend(named);
    let mut all = set(&edge, &caller, (account, number), request, add).await?;
    all.retain(|id| !before.contains(id));
    Ok(people(&edge, account, &all))
}

/// `PATCH {user_ids}`: these and no others, who are answered.
pub(super) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let set_all = |all: &mut Vec<AgentId>, named: &[AgentId]| named.clone_into(all);
    let all = set(&edge, &caller, (account, number), request, set_all).await?;
    Ok(people(&edge, account, &all))
}

/// `DELETE {user_ids}`: an empty 200.
pub(super) async fn remove(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let leave = |all: &mut Vec<AgentId>, named: &[AgentId]| all.retain(|id| !named.contains(id));
    set(&edge, &caller, (account, number), request, leave).await?;
    Ok(StatusCode::OK.into_response())
}

async fn set(
    edge: &Edge,
    caller: &Caller,
    (account, number): (i64, i64),
    request: Request,
    alter: fn(&mut Vec<AgentId>, &[AgentId]),
) -> Answer<Vec<AgentId>> {
    let scope = caller.within(account)?;
    let params = Given::read(edge, request).await?.params;
    if !params.has("user_ids") {
        return Err(Refusal::missing_param("user_ids").into());
    }
    let named = params.numbers("user_ids")?.into_iter();
    let named: Vec<AgentId> = named.map(AgentId).collect();
    let directory = edge.core.directory.clone();
    let set = move |tx: &mut dyn app::ports::Tx| {
        conversations::set_participants(tx, &directory, &scope, number, |all| alter(all, &named))
    };
    let thread = edge.core.store.transact(set).await?;
    Ok(thread.conversation.participants)
}

fn people(edge: &Edge, account: i64, ids: &[AgentId]) -> Response {
    let tables = edge.core.directory.tables();
    let all = ids.iter();
    let all = all.filter_map(|id| tables.seat(AccountId(account), *id));
    let all: Vec<_> = all.map(|it| rest::agent(&edge.core, it)).collect();
    json(StatusCode::OK, &all)
}
