//! What was done, added up.

use app::{
    Result,
    reports::{Bucket, Measure, QUARTER, Scoped, Tally},
};
use domain::{AccountId, Timestamp};

use super::{Writing, all, codes, directory::micros, timings};
use crate::engine::{Columns, Engine, Value};

/// Nobody, no team and no label are no number of anybody's.
pub(super) const NONE: i64 = 0;

/// Adds one more; the newest quarter is that of now.
pub(super) fn add<E: Engine>(
    tx: &mut Writing<'_, E>,
    account: AccountId,
    tally: &Tally,
) -> Result<()> {
    if tally.measure.takes_time() {
        timings::insert(tx, account, tally)?;
    }
    let quarter = quarter(tx.now);
    let labels = tally.labels.iter().map(|it| it.0);
    for label in std::iter::once(NONE).chain(labels) {
        tx.put(
            "INSERT INTO tallies (account_id, label_id, measure, quarter, inbox_id, agent_id, \
             team_id, n, seconds) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8) \
             ON CONFLICT (account_id, label_id, measure, quarter, inbox_id, agent_id, team_id) \
             DO UPDATE SET n = tallies.n + 1, seconds = tallies.seconds + excluded.seconds",
            &[
                account.0.into(),
                label.into(),
                codes::MEASURES.code(tally.measure).into(),
                quarter.into(),
                tally.inbox_id.0.into(),
                tally.agent_id.map_or(NONE, |it| it.0).into(),
                tally.team_id.map_or(NONE, |it| it.0).into(),
                tally.seconds.into(),
            ],
        )?;
    }
    Ok(())
}

/// The quarter of an hour of a time.
pub(super) fn quarter(time: Timestamp) -> i64 {
    time.as_second().div_euclid(QUARTER)
}

/// The quarter before which a report ends: one that has begun counts.
pub(super) fn quarters_end(time: Timestamp) -> i64 {
    quarter(time) + i64::from(time.as_second().rem_euclid(QUARTER) > 0)
}

/// The quarters of an hour in which there is anything, in order.
pub(super) fn list(
    engine: &impl Engine,
    account: AccountId,
    measure: Measure,
    of: &Scoped,
) -> Result<Vec<Bucket>> {
    const SQL: &str = "SELECT quarter, CAST(sum(n) AS BIGINT), CAST(sum(seconds) AS BIGINT) \
         FROM tallies WHERE account_id = ?1 AND label_id = ?2 AND measure = ?3 \
         AND quarter >= ?4 AND quarter < ?5 \
         AND (CAST(?6 AS BIGINT) IS NULL OR inbox_id = ?6) \
         AND (CAST(?7 AS BIGINT) IS NULL OR agent_id = ?7) \
         AND (CAST(?8 AS BIGINT) IS NULL OR team_id = ?8) GROUP BY quarter ORDER BY quarter";
    let values = [
        account.0.into(),
        of.label_id.map_or(NONE, |it| it.0).into(),
        codes::MEASURES.code(measure).into(),
        quarter(of.since).into(),
        quarters_end(of.until).into(),
        of.inbox_id.map(|it| it.0).into(),
        of.agent_id.map(|it| it.0).into(),
        of.team_id.map(|it| it.0).into(),
    ];
    all(engine, SQL, &values, bucket)
}

fn bucket(row: &mut Columns<'_>) -> Result<Bucket> {
    Ok(Bucket {
        start: row.int()? * QUARTER,
        count: row.int()?,
        seconds: row.int()?,
    })
}

/// The same for the conversations that began, by who has them now: along the index of lists.
pub(super) fn begun(engine: &impl Engine, account: AccountId, of: &Scoped) -> Result<Vec<Bucket>> {
    macro_rules! begun {
        ($labeled:literal) => {
            concat!(
                "SELECT CAST(f.created_at / 900000000 AS BIGINT), count(*), 0 FROM conversations f \
                 WHERE f.account_id = ?1 AND f.created_at >= ?2 AND f.created_at < ?3 \
                 AND (CAST(?4 AS BIGINT) IS NULL OR f.inbox_id = ?4) \
                 AND (CAST(?5 AS BIGINT) IS NULL OR f.assignee_id = ?5) \
                 AND (CAST(?6 AS BIGINT) IS NULL OR f.team_id = ?6)",
                $labeled,
                " GROUP BY 1 ORDER BY 1"
            )
        };
    }
    const ALL: &str = begun!("");
    const LABELED: &str = begun!(
        " AND +f.id IN (SELECT w.conversation_id FROM conversation_labels w WHERE w.label_id = ?7)"
    );
    let mut values: Vec<Value<'_>> = vec![
        account.0.into(),
        micros(of.since),
        micros(of.until),
        of.inbox_id.map(|it| it.0).into(),
        of.agent_id.map(|it| it.0).into(),
        of.team_id.map(|it| it.0).into(),
    ];
    let sql = match of.label_id {
        None => ALL,
        Some(label) => {
            values.push(label.0.into());
            LABELED
        }
    };
    all(engine, sql, &values, bucket)
}
