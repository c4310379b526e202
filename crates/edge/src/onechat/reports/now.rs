//! How it stands now: read from what is counted anyway.

use app::{Scope, ports::ConversationFilter};
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use domain::{AgentId, ConversationStatus, TeamId};
use serde_json::{Value, json as value};
use wire::onechat::errors::Refusal;

use super::asked;
use crate::{
    Edge,
    http::json,
    onechat::{
        caller::Caller,
        errors::Answer,
        path::Path,
        to_wire::{agent_availability, agent_picture},
    },
};

/// Open conversations, all or those that nobody attends, or pending ones.
fn filter(
    status: ConversationStatus,
    unattended: bool,
    team: Option<TeamId>,
) -> ConversationFilter {
    ConversationFilter {
        status: Some(status),
        unattended,
        team_id: team,
        ..ConversationFilter::default()
    }
}

/// How many conversations wait for whom.
fn waiting(edge: &Edge, scope: &Scope, me: AgentId, team: Option<TeamId>) -> Answer<Value> {
    let counted = edge.core.store.view(|view| {
        let count = |status, unattended| {
            view.count_conversations(scope.account_id, &filter(status, unattended, team), me)
        };
        let (open, unattended) = (
            count(ConversationStatus::Open, false)?,
            count(ConversationStatus::Open, true)?,
        );
        let pending = count(ConversationStatus::Pending, false)?;
        Ok(value!({
            "open": open.all,
            "unattended": unattended.all,
            "unassigned": open.unassigned,
            "pending": pending.all,
        }))
    });
    Ok(counted?)
}

/// `GET …/live_reports/conversation_metrics?team_id=`.
pub(super) async fn conversation_metrics(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let (scope, params) = asked(&edge, &caller, account, request).await?;
    let team = params.number("team_id")?.map(TeamId);
    let tables = edge.core.directory.tables();
    let known = |id: TeamId| tables.teams_of(scope.account_id).any(|it| it.id == id);
    if team.is_some_and(|id| !known(id)) {
        return Err(Refusal::not_found().into());
    }
    let body = waiting(&edge, &scope, caller.agent.id, team)?;
    Ok(json(StatusCode::OK, &body))
}

/// `GET …/reports/conversations?type=account|agent`: of the account, or a line for each agent.
pub(super) async fn conversations(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let (scope, params) = asked(&edge, &caller, account, request).await?;
    match params.text("type")?.as_deref() {
        Some("account") => {
            let body = waiting(&edge, &scope, caller.agent.id, None)?;
            Ok(json(StatusCode::OK, &body))
        }
        Some("agent") => {
            let only = params.number("user_id")?.map(AgentId);
            Ok(json(StatusCode::OK, &of_agents(&edge, &scope, only)?))
        }
        _ => Err(Refusal::unprocessable("type: account or agent").into()),
    }
}

fn of_agents(edge: &Edge, scope: &Scope, only: Option<AgentId>) -> Answer<Vec<Value>> {
    let tables = edge.core.directory.tables();
    let agents = tables.agents_of(scope.account_id);
    let agents = agents.filter(|it| only.is_none_or(|id| it.id == id));
    let open = filter(ConversationStatus::Open, false, None);
    let unattended = filter(ConversationStatus::Open, true, None);
    let told = edge.core.store.view(|view| {
        let mut all = Vec::new();
        for agent in agents {
            let count = |filter| {
                let counts = view.count_conversations(scope.account_id, filter, agent.id)?;
                Ok::<_, app::Error>(counts.mine)
            };
            all.push(value!({
                "id": agent.id.0,
                "name": agent.name,
                "email": agent.email,
                "thumbnail": agent_picture(&edge.core, agent.id),
                "availability": agent_availability(&edge.core, agent),
                "metric": { "open": count(&open)?, "unattended": count(&unattended)? },
            }));
        }
        Ok(all)
    });
    Ok(told?)
}
