//! Reports (onechat.md, 4.3, "reports"): series over time, sums, and how many conversations are open. Administrators
//! read them.

use std::collections::BTreeMap;

use app::{
    Scope,
    ports::{ConversationFilter, View},
    reports::{Bucket, Measure, Scoped},
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use domain::{AgentId, ConversationStatus, InboxId, LabelId, TeamId, Timestamp};
use jiff::{
    SignedDuration, ToSpan as _,
    civil::{DateTime, Weekday},
    tz::{Offset, TimeZone},
};
use serde_json::{Value, json as value};
use wire::onechat::{Params, errors::Refusal};

use super::{
    caller::Caller, errors::Answer, given::Given, path::Path, to_wire::agent_availability,
};
use crate::{Edge, http::json};

/// Points of one series.
const POINTS: usize = 10_000;
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

/// Times that are added up to one point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Period {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Period {
    fn read(params: &Params) -> Answer<Self> {
        Ok(match params.text("group_by")?.as_deref() {
            None | Some("" | "day") => Self::Day,
            Some("hour") => Self::Hour,
            Some("week") => Self::Week,
            Some("month") => Self::Month,
            Some("year") => Self::Year,
            Some(_) => return Err(Refusal::unprocessable("group_by: not a period").into()),
        })
    }

    /// When the period of this time began. Weeks begin on Sundays, as in the original.
    fn floor(self, at: DateTime) -> DateTime {
        let day = at.date();
        let first = |month: i8| day.with().month(month).day(1).build().unwrap_or(day);
        match self {
            Self::Hour => day.at(at.hour(), 0, 0, 0),
            Self::Day => day.at(0, 0, 0, 0),
            Self::Week => {
                let since = day.weekday().since(Weekday::Sunday);
                let sunday = day.checked_sub(i32::from(since).days()).unwrap_or(day);
                sunday.at(0, 0, 0, 0)
            }
            Self::Month => first(day.month()).at(0, 0, 0, 0),
            Self::Year => first(1).at(0, 0, 0, 0),
        }
    }

    /// When the next one begins.
    fn next(self, at: DateTime) -> Option<DateTime> {
        let span = match self {
            Self::Hour => 1.hour(),
            Self::Day => 1.day(),
            Self::Week => 1.week(),
            Self::Month => 1.month(),
            Self::Year => 1.year(),
        };
        at.checked_add(span).ok()
    }
}

/// What a report is asked for.
struct Asked {
    of: Scoped,
    zone: TimeZone,
}

impl Asked {
    fn read(edge: &Edge, scope: &Scope, params: &Params) -> Answer<Self> {
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
                let found = of.agent_id.and_then(|id| tables.agents.get(&id).cloned());
                found.is_some_and(|it| it.account_id == scope.account_id)
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

/// `GET /api/v2/accounts/{a}/reports?metric=&type=&id=&since=&until=&group_by=&timezone_offset=`: a bare array with a
/// point for every period, also where nothing happened.
pub(super) async fn series(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let params = Given::read(&edge, request).await?.params;
    let name = params.text("metric")?.unwrap_or_default();
    let metric = METRICS.iter().find(|(known, _)| *known == name);
    let (_, metric) = *metric.ok_or_else(|| Refusal::unprocessable("metric: not a metric"))?;
    let asked = Asked::read(&edge, &scope, &params)?;
    let period = Period::read(&params)?;
    let found = edge
        .core
        .store
        .view(|view| buckets(view, &scope, metric, &asked.of))?;
    let mut points = points(&asked, period)?;
    let local = |seconds: i64| {
        Timestamp::from_second(seconds).map(|it| it.to_zoned(asked.zone.clone()).datetime())
    };
    for bucket in found {
        let began = local(bucket.start).map_or(None, |it| Some(period.floor(it)));
        if let Some(point) = began.and_then(|it| points.get_mut(&it)) {
            *point = sum(&[*point, bucket]);
        }
    }
    let shown = points.into_iter().filter_map(|(began, it)| {
        let at = began.to_zoned(asked.zone.clone()).ok()?.timestamp();
        let mut point = value!({ "value": told(metric, &it), "timestamp": at.as_second() });
        if let (Metric::Average(_), Some(all)) = (metric, point.as_object_mut()) {
            all.insert("count".to_owned(), it.count.into());
        }
        Some(point)
    });
    Ok(json(StatusCode::OK, &shown.collect::<Vec<_>>()))
}

/// Every period of the time that is asked for.
fn points(asked: &Asked, period: Period) -> Answer<BTreeMap<DateTime, Bucket>> {
    let local = |at: Timestamp| at.to_zoned(asked.zone.clone()).datetime();
    let mut points = BTreeMap::new();
    let (mut at, until) = (period.floor(local(asked.of.since)), local(asked.of.until));
    while at <= until {
        if points.len() == POINTS {
            return Err(Refusal::unprocessable("group_by: too many periods").into());
        }
        points.insert(at, Bucket::default());
        match period.next(at) {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(points)
}

/// `GET …/reports/summary`: every metric, and the same for as long a time before.
pub(super) async fn summary(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let params = Given::read(&edge, request).await?.params;
    let Asked { of, .. } = Asked::read(&edge, &scope, &params)?;
    let long = of.until.duration_since(of.since);
    let before = Scoped {
        since: of.since.saturating_sub(long).unwrap_or(of.since),
        until: of.since,
        ..of
    };
    let all = |of: &Scoped| {
        edge.core.store.view(|view| {
            let mut all = serde_json::Map::new();
            for (name, metric) in METRICS {
                let found = sum(&buckets(view, &scope, metric, of)?);
                all.insert(name.to_owned(), told(metric, &found));
            }
            Ok(all)
        })
    };
    let mut summary = all(&of)?;
    summary.insert("previous".to_owned(), Value::Object(all(&before)?));
    Ok(json(StatusCode::OK, &summary))
}

/// `GET …/reports/conversations?type=account|agent`: how many are open now; read from what is counted anyway.
pub(super) async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let params = Given::read(&edge, request).await?.params;
    let filter = |status, unattended| ConversationFilter {
        status: Some(status),
        unattended,
        ..ConversationFilter::default()
    };
    let (open, unattended) = (
        filter(ConversationStatus::Open, false),
        filter(ConversationStatus::Open, true),
    );
    let pending = filter(ConversationStatus::Pending, false);
    match params.text("type")?.as_deref() {
        Some("account") => {
            let body = edge.core.store.view(|view| {
                let me = caller.agent.id;
                let count = |filter| view.count_conversations(scope.account_id, filter, me);
                let pending = count(&pending)?;
                let (open, unattended) = (count(&open)?, count(&unattended)?);
                Ok(value!({
                    "open": open.all,
                    "unattended": unattended.all,
                    "unassigned": open.unassigned,
                    "pending": pending.all,
                }))
            })?;
            Ok(json(StatusCode::OK, &body))
        }
        Some("agent") => {
            let only = params.number("user_id")?.map(AgentId);
            let tables = edge.core.directory.tables();
            let agents = tables.agents_of(scope.account_id);
            let agents = agents.filter(|it| only.is_none_or(|id| it.id == id));
            let body = edge.core.store.view(|view| {
                let mut all = Vec::new();
                for agent in agents {
                    let count = |filter| {
                        let counts =
                            view.count_conversations(scope.account_id, filter, agent.id)?;
                        Ok::<_, app::Error>(counts.mine)
                    };
                    all.push(value!({
                        "id": agent.id.0,
                        "name": agent.name,
                        "email": agent.email,
                        "thumbnail": "",
                        "availability": agent_availability(&edge.core, agent),
                        "metric": { "open": count(&open)?, "unattended": count(&unattended)? },
                    }));
                }
                Ok(all)
            })?;
            Ok(json(StatusCode::OK, &body))
        }
        _ => Err(Refusal::unprocessable("type: account or agent").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_where_they_do_in_the_callers_time() {
        let at: DateTime = "2026-11-20T15:40:00".parse().unwrap();
        for (period, expected) in [
            (Period::Hour, "2026-11-20T15:00:00"),
            (Period::Day, "2026-11-20T00:00:00"),
            (Period::Week, "2026-11-15T00:00:00"),
            (Period::Month, "2026-11-01T00:00:00"),
            (Period::Year, "2026-01-01T00:00:00"),
        ] {
            assert_eq!(period.floor(at), expected.parse().unwrap());
        }
        let sunday: DateTime = "2026-11-15T00:00:00".parse().unwrap();
        assert_eq!(Period::Week.floor(sunday), sunday);
    }

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
