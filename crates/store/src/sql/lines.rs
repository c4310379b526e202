//! Lines of reports: what was done, added up for each inbox, agent, team or label.

use app::{
    Result,
    reports::{Cell, FIRST_RESPONSE_HOURS, Group, Line, Measure, Span},
};
use domain::{AccountId, ConversationStatus, InboxId, LabelId};

use super::{
    all, codes,
    directory::micros,
    tallies::{NONE, quarter, quarters_end},
};
use crate::engine::{Columns, Engine};

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

pub(super) fn of_tallies(
    engine: &impl Engine,
    account: AccountId,
    measure: Measure,
    by: Group,
    span: Span,
) -> Result<Vec<Line>> {
    macro_rules! summed {
        ($column:literal, $labeled:literal) => {
            concat!(
                "SELECT ",
                $column,
                ", CAST(sum(n) AS BIGINT), CAST(sum(seconds) AS BIGINT) FROM tallies \
                 WHERE account_id = ?1 AND label_id ",
                $labeled,
                " ?5 AND measure = ?2 AND quarter >= ?3 AND quarter < ?4 AND ",
                $column,
                " <> ?5 GROUP BY 1 ORDER BY 1"
            )
        };
    }
    let sql = match by {
        Group::Inbox => summed!("inbox_id", "="),
        Group::Agent => summed!("agent_id", "="),
        Group::Team => summed!("team_id", "="),
        Group::Label => summed!("label_id", ">"),
    };
    let values = [
        account.0.into(),
        codes::MEASURES.code(measure).into(),
        quarter(span.since).into(),
        quarters_end(span.until).into(),
        NONE.into(),
    ];
    all(engine, sql, &values, line)
}

fn line(row: &mut Columns<'_>) -> Result<Line> {
    Ok(Line {
        id: row.int()?,
        count: row.int()?,
        seconds: row.int()?,
    })
}

/// The conversations that began, along the index of lists.
pub(super) fn of_begun(
    engine: &impl Engine,
    account: AccountId,
    by: Group,
    span: Span,
) -> Result<Vec<Line>> {
    macro_rules! counted {
        ($column:literal) => {
            concat!(
                "SELECT f.",
                $column,
                ", count(*), 0 FROM conversations f WHERE f.account_id = ?1 \
                 AND f.created_at >= ?2 AND f.created_at < ?3 AND f.",
                $column,
                " IS NOT NULL GROUP BY 1 ORDER BY 1"
            )
        };
    }
    let sql = match by {
        Group::Inbox => counted!("inbox_id"),
        Group::Agent => counted!("assignee_id"),
        Group::Team => counted!("team_id"),
        Group::Label => {
            "SELECT w.label_id, count(*), 0 FROM conversations f CROSS JOIN conversation_labels w \
             WHERE f.account_id = ?1 AND f.created_at >= ?2 AND f.created_at < ?3 \
             AND w.conversation_id = f.id GROUP BY 1 ORDER BY 1"
        }
    };
    let values = [account.0.into(), micros(span.since), micros(span.until)];
    all(engine, sql, &values, line)
}

pub(super) fn by_status(
    engine: &impl Engine,
    account: AccountId,
    span: Span,
) -> Result<Vec<Cell<ConversationStatus>>> {
    const SQL: &str = "SELECT f.inbox_id, f.status, count(*) FROM conversations f \
         WHERE f.account_id = ?1 AND f.created_at >= ?2 AND f.created_at < ?3 \
         GROUP BY 1, 2 ORDER BY 1, 2";
    let values = [account.0.into(), micros(span.since), micros(span.until)];
    let status = |code| codes::CONVERSATION_STATUSES.value(code);
    all(engine, SQL, &values, |row| cell(row, status))
}

pub(super) fn by_label(
    engine: &impl Engine,
    account: AccountId,
    span: Span,
) -> Result<Vec<Cell<LabelId>>> {
    const SQL: &str = "SELECT f.inbox_id, w.label_id, count(*) FROM conversations f \
         CROSS JOIN conversation_labels w \
         WHERE f.account_id = ?1 AND f.created_at >= ?2 AND f.created_at < ?3 \
         AND w.conversation_id = f.id GROUP BY 1, 2 ORDER BY 1, 2";
    let values = [account.0.into(), micros(span.since), micros(span.until)];
    all(engine, SQL, &values, |row| cell(row, |id| Ok(LabelId(id))))
}

/// The conversations that were first answered in this time.
pub(super) fn first_responses(
    engine: &impl Engine,
    account: AccountId,
    span: Span,
) -> Result<Vec<Cell<usize>>> {
    const SQL: &str = "SELECT f.inbox_id, CASE WHEN f.first_reply_at - f.created_at < ?4 THEN 0 \
         WHEN f.first_reply_at - f.created_at < ?5 THEN 1 \
         WHEN f.first_reply_at - f.created_at < ?6 THEN 2 \
         WHEN f.first_reply_at - f.created_at < ?7 THEN 3 ELSE 4 END, count(*) \
         FROM conversations f WHERE f.account_id = ?1 AND f.first_reply_at >= ?2 \
         AND f.first_reply_at < ?3 GROUP BY 1, 2 ORDER BY 1, 2";
    let [first, second, third, fourth] = FIRST_RESPONSE_HOURS.map(|it| (it * HOUR).into());
    let (since, until) = (micros(span.since), micros(span.until));
    let values = [account.0.into(), since, until, first, second, third, fourth];
    let place = |it| Ok(usize::try_from(it).unwrap_or_default());
    all(engine, SQL, &values, |row| cell(row, place))
}

fn cell<T>(row: &mut Columns<'_>, of: impl Fn(i64) -> Result<T>) -> Result<Cell<T>> {
    Ok(Cell {
        inbox_id: InboxId(row.int()?),
        of: of(row.int()?)?,
        count: row.int()?,
    })
}
