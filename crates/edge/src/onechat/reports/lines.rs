//! Reports with a line for each agent, team, inbox or label.

use std::collections::HashMap;

use app::{
    Scope,
    reports::{Group, Line, Measure},
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use serde_json::{Value, json as value};
use wire::onechat::errors::Refusal;

use super::{asked, span};
use crate::{
    Edge,
    http::json,
    onechat::{caller::Caller, errors::Answer, path::Path},
};

/// Whom or what there is a line for: number and name.
fn named(edge: &Edge, scope: &Scope, by: Group) -> Vec<(i64, String)> {
    let tables = edge.core.directory.tables();
    let account = scope.account_id;
    match by {
        Group::Agent => {
            let people = tables.agents_of(account);
            people.map(|it| (it.id.0, it.name.clone())).collect()
        }
        Group::Team => {
            let teams = tables.teams_of(account);
            teams.map(|it| (it.id.0, it.name.clone())).collect()
        }
        Group::Inbox => {
            let inboxes = tables.inboxes_of(account).map(|it| &it.inbox);
            inboxes.map(|it| (it.id.0, it.name.clone())).collect()
        }
        Group::Label => {
            let labels = tables.labels_of(account).into_iter();
            labels.map(|it| (it.id.0, it.title.clone())).collect()
        }
    }
}

fn by_id(lines: Vec<Line>) -> HashMap<i64, Line> {
    lines.into_iter().map(|it| (it.id, it)).collect()
}

/// Seconds; null where there is nothing to take an average of.
fn average(line: Option<&Line>) -> Value {
    let line = line.filter(|it| it.count > 0);
    #[expect(
        clippy::cast_precision_loss,
        reason = "an average of seconds is no exact thing"
    )]
    line.map_or(Value::Null, |it| {
        value!((it.seconds as f64 / it.count as f64 * 100.0).round() / 100.0)
    })
}

/// `GET …/summary_reports/{agent,team,inbox,label}?since=&until=`: everybody and everything there is, also what
/// nothing was done with.
pub(super) async fn show(
    edge: &Edge,
    caller: &Caller,
    account: i64,
    by: Group,
    request: Request,
) -> Answer {
    let (scope, params) = asked(edge, caller, account, request).await?;
    let span = span(edge, &params)?;
    let read = edge.core.store.view(|view| {
        let sum = |measure| {
            view.sum_tallies(scope.account_id, measure, by, span)
                .map(by_id)
        };
        Ok((
            by_id(view.sum_begun(scope.account_id, by, span)?),
            sum(Measure::Resolution)?,
            sum(Measure::FirstResponse)?,
            sum(Measure::Reply)?,
        ))
    });
    let (begun, resolutions, responses, replies) = read?;
    let count = |lines: &HashMap<i64, Line>, id| lines.get(&id).map_or(0, |it| it.count);
    let lines = named(edge, &scope, by).into_iter().map(|(id, name)| {
        let mut line = value!({
            "id": id,
            "conversations_count": count(&begun, id),
            "resolved_conversations_count": count(&resolutions, id),
            "avg_resolution_time": average(resolutions.get(&id)),
            "avg_first_response_time": average(responses.get(&id)),
            "avg_reply_time": average(replies.get(&id)),
        });
        if let (Group::Label, Some(all)) = (by, line.as_object_mut()) {
            all.insert("name".to_owned(), name.into());
        }
        line
    });
    Ok(json(StatusCode::OK, &lines.collect::<Vec<_>>()))
}

/// `GET …/reports/outgoing_messages_count?group_by=agent|team|inbox|label`: of whom or what there was any.
pub(super) async fn outgoing(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let (scope, params) = asked(&edge, &caller, account, request).await?;
    let by = match params.text("group_by")?.as_deref() {
        Some("agent") => Group::Agent,
        Some("team") => Group::Team,
        Some("inbox") => Group::Inbox,
        Some("label") => Group::Label,
        _ => return Err(Refusal::unprocessable("group_by: agent, team, inbox or label").into()),
    };
    let span = span(&edge, &params)?;
    let sums = edge
        .core
        .store
        .view(|view| view.sum_tallies(scope.account_id, Measure::Outgoing, by, span))?;
    let sums = by_id(sums);
    // Whoever is not listed is gone, or is a bot.
    let lines = named(&edge, &scope, by)
        .into_iter()
        .filter_map(|(id, name)| {
            let count = sums.get(&id)?.count;
            Some(value!({ "id": id, "name": name, "outgoing_messages_count": count }))
        });
    Ok(json(StatusCode::OK, &lines.collect::<Vec<_>>()))
}
