//! Reporting events: what took time, case by case (swagger, `reporting_event`).

use app::{
    conversations,
    limits::TIMINGS,
    reports::{Measure, Timing, TimingPage},
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use domain::{AccountId, AgentId, InboxId};
use serde_json::{Value, json as value};
use wire::onechat::errors::Refusal;

use super::{asked, time};
use crate::{
    Edge,
    http::json,
    onechat::{caller::Caller, errors::Answer, path::Path, to_wire::iso},
};

/// Events on a page.
const PAGE: i64 = 25;
/// What the events are called. The original calls the second one by another name in places.
const NAMES: [(&str, Measure); 4] = [
    ("first_response", Measure::FirstResponse),
    ("resolution", Measure::Resolution),
    ("reply_time", Measure::Reply),
    ("conversation_resolved", Measure::Resolution),
];

fn shown(account: AccountId, it: &Timing) -> Value {
    let name = NAMES.iter().find(|(_, measure)| *measure == it.measure);
    let took = it.ended_at.duration_since(it.started_at).as_secs_f64();
    value!({
        "id": it.id,
        "name": name.map(|it| it.0),
        "value": took,
        // Inboxes keep no hours here.
        "value_in_business_hours": took,
        "event_start_time": iso(it.started_at),
        "event_end_time": iso(it.ended_at),
        "account_id": account.0,
        "conversation_id": it.number,
        "inbox_id": it.inbox_id.0,
        "user_id": it.agent_id.map(|it| it.0),
        "created_at": iso(it.ended_at),
        "updated_at": iso(it.ended_at),
    })
}

/// `GET /api/v1/accounts/{a}/reporting_events?page=&since=&until=&inbox_id=&user_id=&name=`: the latest first.
pub(in crate::onechat) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let (scope, params) = asked(&edge, &caller, account, request).await?;
    let page = params.number("page")?.unwrap_or(1).clamp(1, TIMINGS / PAGE);
    let measure = match params.text("name")?.filter(|it| !it.is_empty()) {
        None => None,
        Some(name) => {
            let found = NAMES.iter().find(|it| it.0 == name);
            let found = found.ok_or_else(|| Refusal::unprocessable("name: not an event"))?;
            Some(found.1)
        }
    };
    let wanted = TimingPage {
        measure,
        inbox_id: params.number("inbox_id")?.map(InboxId),
        agent_id: params.number("user_id")?.map(AgentId),
        since: time(&params, "since")?,
        until: time(&params, "until")?,
        limit: PAGE,
        offset: (page - 1) * PAGE,
    };
    let (count, found) = edge.core.store.view(|view| {
        let count = view.count_timings(scope.account_id, &wanted)?;
        Ok((count, view.list_timings(scope.account_id, &wanted)?))
    })?;
    let payload = found.iter().map(|it| shown(scope.account_id, it));
    let body = value!({
        "meta": { "count": count, "current_page": page, "total_pages": (count + PAGE - 1) / PAGE },
        "payload": payload.collect::<Vec<_>>(),
    });
    Ok(json(StatusCode::OK, &body))
}

/// `GET …/conversations/{n}/reporting_events`: a bare array, the oldest first.
pub(in crate::onechat) async fn of_conversation(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let found = edge.core.store.view(|view| {
        conversations::load(view, &scope, number)?;
        view.list_timings_of(scope.account_id, number)
    })?;
    let all = found.iter().map(|it| shown(scope.account_id, it));
    Ok(json(StatusCode::OK, &all.collect::<Vec<_>>()))
}
