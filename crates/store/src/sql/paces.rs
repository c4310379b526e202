//! How fast inboxes send, and what has left them.

use app::{Result, StoreError, pacing::Paced};
use domain::{
    InboxId, Pace,
    pace::{Quiet, Spent, zone},
};

use super::{
    Writing, codes,
    directory::{maybe_micros, micros},
    first,
};
use crate::engine::{Columns, Engine};

fn corrupt(inbox: InboxId) -> app::Error {
    StoreError::Corrupt(format!("the pace of inbox {inbox} cannot be read")).into()
}

/// What the owner has said, in the six columns after the inbox.
fn own(row: &mut Columns<'_>, inbox: InboxId) -> Result<Option<Pace>> {
    let numbers = [row.maybe_int()?, row.maybe_int()?, row.maybe_int()?];
    let texts = [row.maybe_text()?, row.maybe_text()?, row.maybe_text()?];
    let ([Some(per_minute), Some(jitter), Some(per_day)], [Some(warm_up), quiet, Some(name)]) =
        (numbers, texts)
    else {
        return Ok(None);
    };
    let small = |it: i64| u32::try_from(it).map_err(|_| corrupt(inbox));
    let day = |it: &str| it.parse().map_err(|_| corrupt(inbox));
    let warm_up: Result<Vec<u32>> = warm_up.split_terminator(' ').map(day).collect();
    let quiet = quiet.map(|it| {
        let (from, until) = it.split_once(' ')?;
        Some(Quiet {
            from: from.parse().ok()?,
            until: until.parse().ok()?,
        })
    });
    Ok(Some(Pace {
        per_minute: small(per_minute)?,
        jitter_percent: small(jitter)?,
        per_day: small(per_day)?,
        warm_up: warm_up?,
        quiet: match quiet {
            Some(quiet) => Some(quiet.ok_or_else(|| corrupt(inbox))?),
            None => None,
        },
        zone: zone(&name).map_err(|_| corrupt(inbox))?,
    }))
}

pub(super) fn find(engine: &impl Engine, inbox: InboxId) -> Result<Option<Paced>> {
    let sql = "SELECT per_minute, jitter_percent, per_day, warm_up, quiet, zone, number, first_day, day, today, \
               last_at, spread, free_at, held_since, stale_before FROM paces WHERE inbox_id = ?1";
    first(engine, sql, &[inbox.0.into()], |row| {
        Ok(Paced {
            inbox_id: inbox,
            own: own(row, inbox)?,
            spent: Spent {
                number: row.text()?,
                first_day: row.maybe_int()?,
                day: row.int()?,
                today: row.int()?,
                last_at: row.maybe_int()?.map(codes::time).transpose()?,
                spread: u8::try_from(row.int()?).unwrap_or(u8::MAX),
            },
            free_at: codes::time(row.int()?)?,
            held_since: row.maybe_int()?.map(codes::time).transpose()?,
            stale_before: row.maybe_int()?.map(codes::time).transpose()?,
        })
    })
}

pub(super) fn put<E: Engine>(tx: &mut Writing<'_, E>, it: &Paced) -> Result<()> {
    let own = it.own.as_ref();
    let number = |of: fn(&Pace) -> u32| own.map(|it| i64::from(of(it)));
    let warm_up = own.map(|it| {
        let days: Vec<String> = it.warm_up.iter().map(u32::to_string).collect();
        days.join(" ")
    });
    let quiet = own.and_then(|it| it.quiet);
    let quiet = quiet.map(|it| format!("{} {}", it.from, it.until));
    let zone = own.map(|it| it.zone.iana_name().unwrap_or("UTC").to_owned());
    tx.put(
        "INSERT INTO paces (inbox_id, per_minute, jitter_percent, per_day, warm_up, quiet, zone, number, first_day, \
         day, today, last_at, spread, free_at, held_since, stale_before) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) \
         ON CONFLICT (inbox_id) DO UPDATE SET per_minute = excluded.per_minute, \
         jitter_percent = excluded.jitter_percent, per_day = excluded.per_day, warm_up = excluded.warm_up, \
         quiet = excluded.quiet, zone = excluded.zone, number = excluded.number, first_day = excluded.first_day, \
         day = excluded.day, today = excluded.today, last_at = excluded.last_at, spread = excluded.spread, \
         free_at = excluded.free_at, held_since = excluded.held_since, stale_before = excluded.stale_before",
        &[
            it.inbox_id.0.into(),
            number(|it| it.per_minute).into(),
            number(|it| it.jitter_percent).into(),
            number(|it| it.per_day).into(),
            warm_up.as_ref().into(),
            quiet.as_ref().into(),
            zone.as_ref().into(),
            (&it.spent.number).into(),
            it.spent.first_day.into(),
            it.spent.day.into(),
            it.spent.today.into(),
            maybe_micros(it.spent.last_at),
            i64::from(it.spent.spread).into(),
            micros(it.free_at),
            maybe_micros(it.held_since),
            maybe_micros(it.stale_before),
        ],
    )
}
