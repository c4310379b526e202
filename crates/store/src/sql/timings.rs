//! What took time, case by case.

use app::{
    Result,
    limits::{TIMINGS, TIMINGS_OF_CONVERSATION},
    reports::{Tally, Timing, TimingPage},
};
use domain::{AccountId, AgentId, InboxId};
use jiff::SignedDuration;

use super::{Writing, all, codes, directory::micros, first};
use crate::engine::{Columns, Engine, Value};

macro_rules! chosen {
    ($columns:literal, $tail:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM timings WHERE account_id = ?1 \
             AND ended_at >= ?2 AND ended_at < ?3 \
             AND (CAST(?4 AS BIGINT) IS NULL OR measure = ?4) \
             AND (CAST(?5 AS BIGINT) IS NULL OR inbox_id = ?5) \
             AND (CAST(?6 AS BIGINT) IS NULL OR agent_id = ?6) ",
            $tail
        )
    };
}

/// One more, which ends now.
pub(super) fn insert<E: Engine>(
    tx: &mut Writing<'_, E>,
    account: AccountId,
    it: &Tally,
) -> Result<()> {
    let id = tx.state.ids.next(tx.now);
    let took = SignedDuration::from_secs(it.seconds);
    let started = tx.now.checked_sub(took).unwrap_or(tx.now);
    tx.put(
        "INSERT INTO timings (id, account_id, measure, number, inbox_id, agent_id, started_at, \
         ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        &[
            id.into(),
            account.0.into(),
            codes::MEASURES.code(it.measure).into(),
            it.number.into(),
            it.inbox_id.0.into(),
            it.agent_id.map(|it| it.0).into(),
            micros(started),
            micros(tx.now),
        ],
    )
}

fn values(account: AccountId, page: &TimingPage) -> Vec<Value<'static>> {
    let or = |time: Option<_>, other: i64| time.map_or_else(|| other.into(), micros);
    vec![
        account.0.into(),
        or(page.since, i64::MIN),
        or(page.until, i64::MAX),
        page.measure.map(|it| codes::MEASURES.code(it)).into(),
        page.inbox_id.map(|it| it.0).into(),
        page.agent_id.map(|it| it.0).into(),
    ]
}

pub(super) fn list(
    engine: &impl Engine,
    account: AccountId,
    page: &TimingPage,
) -> Result<Vec<Timing>> {
    const SQL: &str = chosen!(
        "id, measure, number, inbox_id, agent_id, started_at, ended_at",
        "ORDER BY ended_at DESC, id DESC LIMIT ?7 OFFSET ?8"
    );
    let mut values = values(account, page);
    values.push(page.limit.into());
    values.push(page.offset.into());
    all(engine, SQL, &values, timing)
}

pub(super) fn count(engine: &impl Engine, account: AccountId, page: &TimingPage) -> Result<i64> {
    const SQL: &str = concat!(
        "SELECT count(*) FROM (",
        chosen!("id", "LIMIT ?7"),
        ") counted"
    );
    let mut values = values(account, page);
    values.push(TIMINGS.into());
    let count = first(engine, SQL, &values, |row| row.int())?;
    Ok(count.unwrap_or_default())
}

pub(super) fn of(engine: &impl Engine, account: AccountId, number: i64) -> Result<Vec<Timing>> {
    const SQL: &str = "SELECT id, measure, number, inbox_id, agent_id, started_at, ended_at \
         FROM timings WHERE account_id = ?1 AND number = ?2 ORDER BY id LIMIT ?3";
    let values = [
        account.0.into(),
        number.into(),
        TIMINGS_OF_CONVERSATION.into(),
    ];
    all(engine, SQL, &values, timing)
}

fn timing(row: &mut Columns<'_>) -> Result<Timing> {
    Ok(Timing {
        id: row.int()?,
        measure: codes::MEASURES.value(row.int()?)?,
        number: row.int()?,
        inbox_id: InboxId(row.int()?),
        agent_id: row.maybe_int()?.map(AgentId),
        started_at: codes::time(row.int()?)?,
        ended_at: codes::time(row.int()?)?,
    })
}
