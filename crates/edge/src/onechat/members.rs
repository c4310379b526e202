//! Who answers in which inbox, and so sees what happens there (onechat.md, 4.3: role visibility). Administrators
//! say it; they see everything themselves.

use app::{agents::Leaving, inboxes};
use axum::{
    extract::{RawQuery, Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{AccountId, Agent, AgentId, InboxId, Role};
use wire::onechat::{errors::Refusal, rest::Payload};

use super::{
    agents::release_all, caller::Caller, contacts::own_inbox, errors::Answer, given::Given,
    path::Path, to_wire::rest,
};
use crate::{
    Edge,
    http::{json, pairs},
};

/// `GET …/inbox_members/{inbox}`.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, inbox)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let inbox = own_inbox(&edge, &scope, inbox)?;
    let tables = edge.core.directory.tables();
    Ok(people(&edge, account, tables.members_of(inbox.id)))
}

/// `POST …/inbox_members {inbox_id, user_ids}`: these as well.
pub(super) async fn add(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let add = |all: &mut Vec<AgentId>, named: &[AgentId]| all.extend(named);
    let members = set(&edge, &caller, account, request, add).await?;
    Ok(people(&edge, account, &members))
}

/// `PATCH …/inbox_members {inbox_id, user_ids}`: these and no others.
pub(super) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let set_all = |all: &mut Vec<AgentId>, named: &[AgentId]| named.clone_into(all);
    let members = set(&edge, &caller, account, request, set_all).await?;
    Ok(people(&edge, account, &members))
}

/// `DELETE …/inbox_members {inbox_id, user_ids}`: an empty 200.
pub(super) async fn remove(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let leave = |all: &mut Vec<AgentId>, named: &[AgentId]| all.retain(|id| !named.contains(id));
    set(&edge, &caller, account, request, leave).await?;
    Ok(StatusCode::OK.into_response())
}

/// `DELETE …/inbox_members/{inbox} {inbox_id, user_ids[]}`: as libraries made from the description call it.
pub(super) async fn remove_here(
    edge: State<Edge>,
    caller: Caller,
    Path((account, _)): Path<(i64, i64)>,
    request: Request,
) -> Answer<Response> {
    remove(edge, caller, Path(account), request).await
}

/// Changes who answers in the inbox that a request names. Returns who does then.
async fn set(
    edge: &Edge,
    caller: &Caller,
    account: i64,
    request: Request,
    alter: fn(&mut Vec<AgentId>, &[AgentId]),
) -> Answer<Vec<AgentId>> {
    let scope = caller.administers(account)?;
    let params = Given::read(edge, request).await?.params;
    let inbox = params.number("inbox_id")?;
    let inbox = InboxId(inbox.ok_or_else(|| Refusal::missing_param("inbox_id"))?);
    if !params.has("user_ids") {
        return Err(Refusal::missing_param("user_ids").into());
    }
    let named = params.numbers("user_ids")?.into_iter();
    let named: Vec<AgentId> = named.map(AgentId).collect();
    let directory = edge.core.directory.clone();
    let tables = directory.tables();
    let before = tables.members_of(inbox).to_vec();
    let mut after = before.clone();
    alter(&mut after, &named);
    // What is refused must not take anything from anybody.
    if after
        .iter()
        .all(|id| tables.colleague(scope.account_id, *id).is_some())
    {
        for gone in before.into_iter().filter(|id| !after.contains(id)) {
            release_all(edge, &scope, gone, Leaving::Inbox(inbox)).await?;
        }
    }
    let set = move |tx: &mut dyn app::ports::Tx| {
        inboxes::change_members(tx, &directory, &scope, inbox, |all| alter(all, &named))
    };
    Ok(edge.core.store.transact(set).await?)
}

/// `GET …/assignable_agents?inbox_ids[]=`: who answers in all of these, and administrators.
pub(super) async fn assignable(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    RawQuery(query): RawQuery,
) -> Answer {
    let scope = caller.within(account)?;
    let mut named = Vec::new();
    for (key, id) in pairs(query.unwrap_or_default().as_bytes()) {
        if key == "inbox_ids[]" || key == "inbox_ids" {
            let id = id
                .parse()
                .map_err(|_| Refusal::unprocessable("inbox_ids: not a whole number"))?;
            named.push(own_inbox(&edge, &scope, id)?.id);
        }
    }
    if named.is_empty() {
        return Err(Refusal::missing_param("inbox_ids").into());
    }
    let tables = edge.core.directory.tables();
    let answers = |it: &&std::sync::Arc<Agent>| {
        let mut inboxes = named.iter();
        inboxes.all(|inbox| tables.members_of(*inbox).contains(&it.id))
    };
    let all = tables.agents_of(scope.account_id);
    let (members, others): (Vec<_>, Vec<_>) = all.partition(answers);
    let administrators = others
        .into_iter()
        .filter(|it| it.role == Role::Administrator);
    let all = members.into_iter().chain(administrators).map(|it| it.id);
    Ok(people(&edge, account, &all.collect::<Vec<_>>()))
}

fn people(edge: &Edge, account: i64, ids: &[AgentId]) -> Response {
    let tables = edge.core.directory.tables();
    let all = ids.iter();
    let all = all.filter_map(|id| tables.seat(AccountId(account), *id));
    let payload: Vec<_> = all.map(|it| rest::agent(&edge.core, it)).collect();
    json(StatusCode::OK, &Payload { payload })
}
