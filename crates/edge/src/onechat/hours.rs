//! The hours in which somebody answers in an inbox.

use domain::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use wire::onechat::{errors::Refusal, rest::WorkingHours};

/// From nine to five on weekdays: what an inbox has before somebody says otherwise.
pub(super) fn usual() -> Vec<WorkingHours> {
    (0..7)
        .map(|day_of_week| {
            let works = (1..=5).contains(&day_of_week);
            numbered(WorkingHours {
                day_of_week,
                closed_all_day: !works,
                open_hour: None,
                open_minutes: None,
                close_hour: None,
                close_minutes: None,
                open_all_day: false,
            })
        })
        .collect()
}

/// With hours and minutes even where they say nothing: clients' descriptions promise numbers.
fn numbered(day: WorkingHours) -> WorkingHours {
    WorkingHours {
        open_hour: day.open_hour.or(Some(9)),
        open_minutes: day.open_minutes.or(Some(0)),
        close_hour: day.close_hour.or(Some(17)),
        close_minutes: day.close_minutes.or(Some(0)),
        ..day
    }
}

/// Whether a time is within the hours. A day that nothing is said of is closed.
pub(super) fn are_now(days: &[WorkingHours], timezone: &str, now: Timestamp) -> bool {
    let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
    let here = now.to_zoned(zone);
    let weekday = here.weekday().to_sunday_zero_offset();
    let Some(day) = days
        .iter()
        .find(|it| i8::try_from(it.day_of_week) == Ok(weekday))
    else {
        return false;
    };
    if day.closed_all_day || day.open_all_day {
        return day.open_all_day && !day.closed_all_day;
    }
    let minute = i32::from(here.hour()) * 60 + i32::from(here.minute());
    let at = |hour: Option<u8>, minutes: Option<u8>| {
        i32::from(hour.unwrap_or(0)) * 60 + i32::from(minutes.unwrap_or(0))
    };
    (at(day.open_hour, day.open_minutes)..at(day.close_hour, day.close_minutes)).contains(&minute)
}

/// The days that somebody sent, over those that were kept.
pub(super) fn read(sent: &Value, kept: &[WorkingHours]) -> Result<Vec<WorkingHours>, Refusal> {
    let bad = || Refusal::invalid("Working hours are invalid", &["working_hours"]);
    let sent: Vec<WorkingHours> = serde_json::from_value(sent.clone()).map_err(|_| bad())?;
    let mut all = kept.to_vec();
    for day in sent {
        let limits = [
            (day.open_hour, 23),
            (day.close_hour, 24),
            (day.open_minutes, 59),
            (day.close_minutes, 59),
        ];
        let fits = |(it, limit): (Option<u8>, u8)| it.is_none_or(|it| it <= limit);
        let whole = day.closed_all_day || day.open_all_day;
        let opens = (day.open_hour, day.open_minutes) < (day.close_hour, day.close_minutes);
        let said = whole || (day.open_hour.is_some() && opens);
        if day.day_of_week > 6 || !limits.into_iter().all(fits) || !said {
            return Err(bad());
        }
        all.retain(|it| it.day_of_week != day.day_of_week);
        all.push(numbered(day));
    }
    all.sort_unstable_by_key(|it| it.day_of_week);
    Ok(all)
}

/// Whether a zone of this name exists.
pub(super) fn is_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn hours_are_those_of_the_place() {
        let days = usual();
        // A Friday: nine in Prague is eight in Greenwich.
        for (when, zone, open) in [
            ("2026-11-20T08:00:00Z", "Europe/Prague", true),
            ("2026-11-20T07:59:59Z", "Europe/Prague", false),
            ("2026-11-20T08:00:00Z", "UTC", false),
            ("2026-11-20T16:59:00Z", "UTC", true),
            ("2026-11-20T17:00:00Z", "UTC", false),
            ("2026-11-21T12:00:00Z", "UTC", false),
            ("2026-11-23T00:30:00Z", "Asia/Tokyo", true),
        ] {
            assert_eq!(are_now(&days, zone, at(when)), open, "{when} {zone}");
        }
    }

    #[test]
    fn days_that_are_sent_replace_those_that_are_kept() {
        let sent = serde_json::json!([
            { "day_of_week": 6, "open_all_day": true },
            { "day_of_week": 1, "open_hour": 8, "open_minutes": 30, "close_hour": 12, "close_minutes": 0, "closed_all_day": false },
        ]);
        let days = read(&sent, &usual()).unwrap();
        assert_eq!(days.len(), 7);
        assert!(are_now(&days, "UTC", at("2026-11-21T03:00:00Z")));
        assert!(are_now(&days, "UTC", at("2026-11-23T08:30:00Z")));
        assert!(!are_now(&days, "UTC", at("2026-11-23T12:00:00Z")));
        for bad in [
            r#"[{"day_of_week":7,"open_all_day":true}]"#,
            r#"[{"day_of_week":1}]"#,
            r#"[{"day_of_week":1,"open_hour":9,"open_minutes":0,"close_hour":8,"close_minutes":0}]"#,
            r#"[{"day_of_week":1,"open_hour":9,"open_minutes":60,"close_hour":18,"close_minutes":0}]"#,
            r#"{"day_of_week":1}"#,
            r#""always""#,
        ] {
            let bad: Value = serde_json::from_str(bad).unwrap();
            assert!(read(&bad, &usual()).is_err(), "{bad}");
        }
    }
}
