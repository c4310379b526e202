//! Series: a measure over time.

use std::collections::BTreeMap;

use app::reports::Bucket;
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use domain::Timestamp;
use jiff::{
    ToSpan as _,
    civil::{DateTime, Weekday},
};
use serde_json::json as value;
use wire::onechat::{Params, errors::Refusal};

use super::{Asked, METRICS, Metric, asked, buckets, sum, told};
use crate::{
    Edge,
    http::json,
    onechat::{caller::Caller, errors::Answer, path::Path},
};

/// Points of one series.
const POINTS: usize = 10_000;

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

/// `GET /api/v2/accounts/{a}/reports?metric=&type=&id=&since=&until=&group_by=&timezone_offset=`: a bare array with a
/// point for every period, also where nothing happened.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let (scope, params) = asked(&edge, &caller, account, request).await?;
    let name = params.text("metric")?.unwrap_or_default();
    let metric = METRICS.iter().find(|(known, _)| *known == name);
    let (_, metric) = *metric.ok_or_else(|| Refusal::unprocessable("metric: not a metric"))?;
    let wanted = Asked::read(&edge, &scope, &params)?;
    let period = Period::read(&params)?;
    let found = edge
        .core
        .store
        .view(|view| buckets(view, &scope, metric, &wanted.of))?;
    let mut points = points(&wanted, period)?;
    let local = |seconds: i64| {
        Timestamp::from_second(seconds).map(|it| it.to_zoned(wanted.zone.clone()).datetime())
    };
    for bucket in found {
        let began = local(bucket.start).map_or(None, |it| Some(period.floor(it)));
        if let Some(point) = began.and_then(|it| points.get_mut(&it)) {
            *point = sum(&[*point, bucket]);
        }
    }
    let shown = points.into_iter().filter_map(|(began, it)| {
        let at = began.to_zoned(wanted.zone.clone()).ok()?.timestamp();
        let mut point = value!({ "value": told(metric, &it), "timestamp": at.as_second() });
        if let (Metric::Average(_), Some(all)) = (metric, point.as_object_mut()) {
            all.insert("count".to_owned(), it.count.into());
        }
        Some(point)
    });
    Ok(json(StatusCode::OK, &shown.collect::<Vec<_>>()))
}

/// Every period of the time that is asked for.
fn points(wanted: &Asked, period: Period) -> Answer<BTreeMap<DateTime, Bucket>> {
    let local = |at: Timestamp| at.to_zoned(wanted.zone.clone()).datetime();
    let mut points = BTreeMap::new();
    let (mut at, until) = (period.floor(local(wanted.of.since)), local(wanted.of.until));
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
}
