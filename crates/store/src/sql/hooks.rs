//! Hooks, their leases and their attempts.

use app::{
    Result,
    hooks::{Attempt, Hook, HookState},
    ports::Claim,
};
use domain::{EndpointId, HookId, Timestamp};

use super::{
    Writing, all, codes,
    directory::{maybe_micros, micros},
    first,
};
use crate::engine::{Columns, Engine};

macro_rules! hook_select {
    ($tail:literal) => {
        concat!(
            "SELECT id, endpoint_id, event, body, seq, state, attempts, next_at, happened_at, \
             settled_at FROM hooks ",
            $tail
        )
    };
}

fn hook(row: &mut Columns<'_>) -> Result<Hook> {
    Ok(Hook {
        id: HookId(row.int()?),
        endpoint_id: EndpointId(row.int()?),
        event: row.text()?,
        body: row.text()?,
        seq: row.int()?,
        state: codes::HOOK_STATES.value(row.int()?)?,
        attempts: row.int()?,
        next_at: codes::time(row.int()?)?,
        happened_at: codes::time(row.int()?)?,
        settled_at: row.maybe_int()?.map(codes::time).transpose()?,
    })
}

pub(super) fn find(engine: &impl Engine, id: HookId) -> Result<Option<Hook>> {
    first(engine, hook_select!("WHERE id = ?1"), &[id.0.into()], hook)
}

pub(super) fn list(
    engine: &impl Engine,
    endpoint: EndpointId,
    state: Option<HookState>,
    before: Option<HookId>,
    limit: i64,
) -> Result<Vec<Hook>> {
    const IN_STATE: &str =
        hook_select!("WHERE endpoint_id = ?1 AND id < ?2 AND state = ?4 ORDER BY id DESC LIMIT ?3");
    // One ordered walk for each state, merged: no walk over what is not on the page.
    const IN_ANY: &str = concat!(
        "SELECT * FROM (",
        hook_select!("WHERE endpoint_id = ?1 AND id < ?2 AND state = 0 ORDER BY id DESC LIMIT ?3"),
        ") UNION ALL SELECT * FROM (",
        hook_select!("WHERE endpoint_id = ?1 AND id < ?2 AND state = 1 ORDER BY id DESC LIMIT ?3"),
        ") UNION ALL SELECT * FROM (",
        hook_select!("WHERE endpoint_id = ?1 AND id < ?2 AND state = 2 ORDER BY id DESC LIMIT ?3"),
        ") ORDER BY 1 DESC LIMIT ?3"
    );
    let before = before.map_or(i64::MAX, |id| id.0);
    let (id, before, limit) = (endpoint.0.into(), before.into(), limit.into());
    match state {
        Some(state) => {
            let state = codes::HOOK_STATES.code(state).into();
            all(engine, IN_STATE, &[id, before, limit, state], hook)
        }
        None => all(engine, IN_ANY, &[id, before, limit], hook),
    }
}

pub(super) fn attempts(engine: &impl Engine, id: HookId) -> Result<Vec<Attempt>> {
    let sql = "SELECT hook_id, number, at, duration_ms, status, error, answer FROM attempts \
               WHERE hook_id = ?1 ORDER BY number";
    all(engine, sql, &[id.0.into()], |row| {
        Ok(Attempt {
            hook_id: HookId(row.int()?),
            number: row.int()?,
            at: codes::time(row.int()?)?,
            duration_ms: row.int()?,
            status: row.maybe_int()?,
            error: row.maybe_text()?,
            answer: row.text()?,
        })
    })
}

pub(super) fn endpoints_with_due(engine: &impl Engine, now: Timestamp) -> Result<Vec<EndpointId>> {
    let sql = "SELECT e.id FROM endpoints e WHERE e.state = 0 AND (EXISTS (SELECT 1 FROM hooks \
               WHERE endpoint_id = e.id AND state = 0 AND attempts = 0 AND next_at <= ?1 \
               AND leased_until <= ?1) OR EXISTS (SELECT 1 FROM hooks \
               WHERE endpoint_id = e.id AND state = 0 AND attempts > 0 AND next_at <= ?1 \
               AND leased_until <= ?1)) ORDER BY e.id";
    all(engine, sql, &[micros(now)], |row| {
        Ok(EndpointId(row.int()?))
    })
}

pub(super) fn next_at(engine: &impl Engine, now: Timestamp) -> Result<Option<Timestamp>> {
    let sql = "SELECT min(next_at) FROM hooks WHERE state = 0 AND next_at > ?1";
    first(engine, sql, &[micros(now)], |row| row.maybe_int())?
        .flatten()
        .map(codes::time)
        .transpose()
}

pub(super) fn count_pending(engine: &impl Engine) -> Result<(i64, Option<Timestamp>)> {
    // Counted in the index, and of each endpoint the first is its oldest: no hook is read to be counted.
    let sql = "SELECT CAST(coalesce(sum((SELECT count(*) FROM hooks \
               WHERE endpoint_id = e.id AND state = 0)), 0) AS BIGINT), \
               min((SELECT happened_at FROM hooks WHERE endpoint_id = e.id AND state = 0 \
               ORDER BY id LIMIT 1)) FROM endpoints e";
    let found = first(engine, sql, &[], |row| Ok((row.int()?, row.maybe_int()?)))?;
    let (count, oldest) = found.unwrap_or((0, None));
    Ok((count, oldest.map(codes::time).transpose()?))
}

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, it: &Hook) -> Result<()> {
    tx.run(
        "INSERT INTO hooks (id, endpoint_id, event, body, seq, state, attempts, next_at, \
         leased_until, lease_owner, happened_at, settled_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, ?9, ?10)",
        &[
            it.id.0.into(),
            it.endpoint_id.0.into(),
            (&it.event).into(),
            (&it.body).into(),
            it.seq.into(),
            codes::HOOK_STATES.code(it.state).into(),
            it.attempts.into(),
            micros(it.next_at),
            micros(it.happened_at),
            maybe_micros(it.settled_at),
        ],
    )?;
    Ok(())
}

pub(super) fn claim<E: Engine>(tx: &mut Writing<'_, E>, claim: &Claim) -> Result<Vec<Hook>> {
    const FIRST: &str = hook_select!(
        "WHERE endpoint_id = ?1 AND state = 0 AND attempts = 0 AND next_at <= ?2 \
         AND leased_until <= ?2 ORDER BY id LIMIT ?3"
    );
    const AGAIN: &str = hook_select!(
        "WHERE endpoint_id = ?1 AND state = 0 AND attempts > 0 AND next_at <= ?2 \
         AND leased_until <= ?2 ORDER BY next_at LIMIT ?3"
    );
    const OLDEST: &str = "SELECT * FROM (SELECT id, endpoint_id, event, body, seq, state, attempts, next_at, \
         happened_at, settled_at, leased_until FROM hooks WHERE endpoint_id = ?1 AND state = 0 \
         ORDER BY id LIMIT 1) WHERE next_at <= ?2 AND leased_until <= ?2";
    let (id, now) = (claim.endpoint_id.0.into(), micros(claim.now));
    let mut claimed = if claim.in_order {
        all(tx.reading.0, OLDEST, &[id, now], hook)?
    } else {
        all(tx.reading.0, FIRST, &[id, now, claim.first.into()], hook)?
    };
    let room = claim.first - i64::try_from(claimed.len()).unwrap_or(i64::MAX);
    // Retries have their own share, beside first attempts.
    let again = claim.again.min(room.max(1)).max(0);
    if !claim.in_order && again > 0 {
        claimed.extend(all(tx.reading.0, AGAIN, &[id, now, again.into()], hook)?);
    }
    for it in &claimed {
        tx.run(
            "UPDATE hooks SET leased_until = ?2, lease_owner = ?3 WHERE id = ?1",
            &[it.id.0.into(), micros(claim.until), claim.owner.into()],
        )?;
    }
    Ok(claimed)
}

pub(super) fn release<E: Engine>(tx: &mut Writing<'_, E>, owner: i64) -> Result<()> {
    let now = micros(tx.now);
    // What is leased was due: only that is looked at.
    tx.run(
        "UPDATE hooks SET leased_until = 0 WHERE state = 0 AND next_at <= ?2 \
         AND leased_until > ?2 AND lease_owner = ?1",
        &[owner.into(), now],
    )?;
    Ok(())
}

pub(super) fn settle<E: Engine>(tx: &mut Writing<'_, E>, it: &Hook) -> Result<()> {
    tx.run(
        "UPDATE hooks SET state = ?2, attempts = ?3, next_at = ?4, settled_at = ?5, \
         leased_until = 0 WHERE id = ?1",
        &[
            it.id.0.into(),
            codes::HOOK_STATES.code(it.state).into(),
            it.attempts.into(),
            micros(it.next_at),
            maybe_micros(it.settled_at),
        ],
    )?;
    Ok(())
}

pub(super) fn hasten<E: Engine>(tx: &mut Writing<'_, E>, endpoint: EndpointId) -> Result<()> {
    let now = micros(tx.now);
    tx.run(
        "UPDATE hooks SET next_at = ?2 WHERE endpoint_id = ?1 AND state = 0",
        &[endpoint.0.into(), now],
    )?;
    Ok(())
}

pub(super) fn replay<E: Engine>(tx: &mut Writing<'_, E>, id: HookId) -> Result<()> {
    let now = micros(tx.now);
    tx.run(
        "UPDATE hooks SET state = 0, next_at = ?2, settled_at = NULL, leased_until = 0 \
         WHERE id = ?1",
        &[id.0.into(), now],
    )?;
    Ok(())
}

pub(super) fn replay_dead<E: Engine>(
    tx: &mut Writing<'_, E>,
    endpoint: EndpointId,
    since: Timestamp,
) -> Result<usize> {
    let now = micros(tx.now);
    tx.run(
        "UPDATE hooks SET state = 0, next_at = ?3, settled_at = NULL, leased_until = 0 \
         WHERE endpoint_id = ?1 AND state = 2 AND settled_at >= ?2",
        &[endpoint.0.into(), micros(since), now],
    )
}

pub(super) fn insert_attempt<E: Engine>(tx: &mut Writing<'_, E>, it: &Attempt) -> Result<()> {
    tx.run(
        "INSERT INTO attempts (hook_id, number, at, duration_ms, status, error, answer) \
         SELECT ?1, 1 + coalesce(max(number), 0), ?2, ?3, ?4, ?5, ?6 \
         FROM attempts WHERE hook_id = ?1",
        &[
            it.hook_id.0.into(),
            micros(it.at),
            it.duration_ms.into(),
            it.status.into(),
            it.error.as_ref().into(),
            (&it.answer).into(),
        ],
    )?;
    Ok(())
}

pub(super) fn find_cursor(engine: &impl Engine, reader: &str) -> Result<Option<i64>> {
    first(
        engine,
        "SELECT seq FROM cursors WHERE reader = ?1",
        &[reader.into()],
        |row| row.int(),
    )
}

pub(super) fn set_cursor<E: Engine>(tx: &mut Writing<'_, E>, reader: &str, seq: i64) -> Result<()> {
    tx.run(
        "INSERT INTO cursors (reader, seq) VALUES (?1, ?2) \
         ON CONFLICT (reader) DO UPDATE SET seq = excluded.seq",
        &[reader.into(), seq.into()],
    )?;
    Ok(())
}
