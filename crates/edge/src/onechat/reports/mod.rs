//! Reports (onechat.md, 4.3, "reports"; swagger, "Reports"): what was done, and how it stands now. Administrators read
//! them.

pub(super) mod events;
mod grids;
mod lines;
mod now;
mod series;
mod summary;

use app::{
    Scope,
    ports::View,
    reports::{Bucket, Group, Measure, Scoped, Span},
};
use axum::{
    Router,
    extract::{Request, State},
    routing::{MethodRouter, get},
};
use domain::{AgentId, InboxId, LabelId, TeamId, Timestamp};
use jiff::{
    SignedDuration,
    tz::{Offset, TimeZone},
};
use serde_json::{Value, json as value};
use wire::onechat::{Params, errors::Refusal};

use super::{
    caller::Caller,
    errors::{Answer, no_route},
    given::Given,
    path::Path,
};
use crate::Edge;

/// Days before now that a report begins with if nobody says.
const DAYS: i64 = 7;
/// Seconds of the years that a report may be about, from 1970.
const SECONDS_MAX: i64 = 200 * 366 * 86_400;

/// A metric of the original's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Metric {
    /// Conversations that began.
    Begun,
    /// How many of a measure.
    Count(Measure),
    /// How long they took on average.
    Average(Measure),
}

const METRICS: [(&str, Metric); 7] = [
    ("conversations_count", Metric::Begun),
    ("incoming_messages_count", Metric::Count(Measure::Incoming)),
    ("outgoing_messages_count", Metric::Count(Measure::Outgoing)),
    (
        "avg_first_response_time",
        Metric::Average(Measure::FirstResponse),
    ),
    ("avg_resolution_time", Metric::Average(Measure::Resolution)),
    ("resolutions_count", Metric::Count(Measure::Resolution)),
    ("reply_time", Metric::Average(Measure::Reply)),
];

/// The addresses below `/api/v2/accounts/{account}`.
pub(super) fn routes() -> Router<Edge> {
    Router::new()
        .route("/reports", get(series::show))
        .route("/reports/summary", get(summary::show))
        .route("/reports/conversations", get(now::conversations))
        // Clients of the original write it with a slash at the end for agents.
        .route("/reports/conversations/", get(now::conversations))
        .route(
            "/reports/first_response_time_distribution",
            get(grids::first_responses),
        )
        .route("/reports/inbox_label_matrix", get(grids::labels))
        .route("/reports/outgoing_messages_count", get(lines::outgoing))
        .route(
            "/live_reports/conversation_metrics",
            get(now::conversation_metrics),
        )
        .route("/summary_reports/agent", lines_of(Group::Agent))
        .route("/summary_reports/team", lines_of(Group::Team))
        .route("/summary_reports/inbox", lines_of(Group::Inbox))
        .route("/summary_reports/label", lines_of(Group::Label))
        .route("/summary_reports/channel", get(grids::channels))
        .fallback(no_route)
}

fn lines_of(by: Group) -> MethodRouter<Edge> {
    get(
        move |State(edge): State<Edge>,
              caller: Caller,
              Path(account): Path<i64>,
              request: Request| async move {
            lines::show(&edge, &caller, account, by, request).await
        },
    )
}

/// What a report is asked for.
struct Asked {
    of: Scoped,
    zone: TimeZone,
}

impl Asked {
    fn read(edge: &Edge, scope: &Scope, params: &Params) -> Answer<Self> {
        let Span { since, until } = span(edge, params)?;
        let mut of = Scoped {
            inbox_id: None,
            agent_id: None,
            team_id: None,
            label_id: None,
            since,
            until,
        };
        let kind = params.text("type")?.unwrap_or_default();
        let id = || -> Answer<i64> {
            let id = params.number("id")?;
            Ok(id.ok_or_else(|| Refusal::missing_param("id"))?)
        };
        let tables = edge.core.directory.tables();
        let mine = match kind.as_str() {
            "" | "account" => true,
            "agent" => {
                of.agent_id = Some(AgentId(id()?));
                let found = of.agent_id.and_then(|id| tables.seat(scope.account_id, id));
                found.is_some()
            }
            "inbox" => {
                of.inbox_id = Some(InboxId(id()?));
                let found = of.inbox_id.and_then(|id| tables.inboxes.get(&id));
                found.is_some_and(|it| it.inbox.account_id == scope.account_id)
            }
            "label" => {
                of.label_id = Some(LabelId(id()?));
                let found = of.label_id.and_then(|id| tables.labels.get(&id));
                found.is_some_and(|it| it.account_id == scope.account_id)
            }
            "team" => {
                of.team_id = Some(TeamId(id()?));
                let found = of.team_id.and_then(|id| tables.teams.get(&id));
                found.is_some_and(|it| it.account_id == scope.account_id)
            }
            _ => return Err(Refusal::unprocessable("type: not a type of report").into()),
        };
        if !mine {
            return Err(Refusal::not_found().into());
        }
        Ok(Self {
            of,
            zone: zone(params)?,
        })
    }
}

/// `since` and `until`: a week up to now if nobody says.
fn span(edge: &Edge, params: &Params) -> Answer<Span> {
    let now = edge.core.clock.now();
    let until = time(params, "until")?.unwrap_or(now);
    let since = match time(params, "since")? {
        Some(since) => since,
        None => until
            .saturating_sub(SignedDuration::from_hours(24 * DAYS))
            .unwrap_or(until),
    };
    if since > until {
        return Err(Refusal::unprocessable("since: after until").into());
    }
    Ok(Span { since, until })
}

/// An administrator who asks for a report, and what they say of it.
async fn asked(
    edge: &Edge,
    caller: &Caller,
    account: i64,
    request: Request,
) -> Answer<(Scope, Params)> {
    let scope = caller.administers(account)?;
    Ok((scope, Given::read(edge, request).await?.params))
}

/// Seconds since the Unix epoch.
fn time(params: &Params, key: &str) -> Answer<Option<Timestamp>> {
    let text = params.text(key)?.unwrap_or_default();
    if text.trim().is_empty() {
        return Ok(None);
    }
    let seconds: Option<f64> = text.trim().parse().ok();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is too large is refused below"
    )]
    let seconds = seconds.map(|it| it as i64);
    let seconds = seconds.filter(|it| (0..SECONDS_MAX).contains(it));
    let time = seconds.and_then(|it| Timestamp::from_second(it).ok());
    let refused = || Refusal::unprocessable(&format!("{key}: not a time"));
    Ok(Some(time.ok_or_else(refused)?))
}

/// `timezone_offset`: hours, also parts of them.
fn zone(params: &Params) -> Answer<TimeZone> {
    let text = params.text("timezone_offset")?.unwrap_or_default();
    let hours: f64 = match text.trim() {
        "" => 0.0,
        text => text
            .parse()
            .map_err(|_| Refusal::unprocessable("timezone_offset: not a number"))?,
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is too large is refused"
    )]
    let seconds = (hours * 3600.0).round() as i32;
    let offset = Offset::from_seconds(seconds);
    let offset = offset.map_err(|_| Refusal::unprocessable("timezone_offset: no such offset"))?;
    Ok(TimeZone::fixed(offset))
}

fn buckets(
    view: &dyn View,
    scope: &Scope,
    metric: Metric,
    of: &Scoped,
) -> app::Result<Vec<Bucket>> {
    match metric {
        Metric::Begun => view.list_begun(scope.account_id, of),
        Metric::Count(measure) | Metric::Average(measure) => {
            view.list_tallies(scope.account_id, measure, of)
        }
    }
}

fn sum(buckets: &[Bucket]) -> Bucket {
    let add = |sum: Bucket, it: &Bucket| Bucket {
        start: sum.start,
        count: sum.count + it.count,
        seconds: sum.seconds + it.seconds,
    };
    buckets.iter().fold(Bucket::default(), add)
}

/// A count, or an average in the original's form: a text.
fn told(metric: Metric, it: &Bucket) -> Value {
    let Metric::Average(_) = metric else {
        return value!(it.count);
    };
    let hundredths = match it.count {
        0 => 0,
        count => it.seconds.saturating_mul(100) / count,
    };
    value!(format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_is_a_text_and_a_count_is_none() {
        let bucket = Bucket {
            start: 0,
            count: 3,
            seconds: 10,
        };
        assert_eq!(told(Metric::Average(Measure::Reply), &bucket), "3.33");
        assert_eq!(told(Metric::Begun, &bucket), 3);
        let none = Bucket::default();
        assert_eq!(told(Metric::Average(Measure::Reply), &none), "0.00");
    }
}
