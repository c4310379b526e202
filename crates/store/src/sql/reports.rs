//! Reports that came before we knew what they are about.

use app::{Result, limits::EARLY_REPORTS_PER_INBOX, ports::EarlyReport};
use domain::InboxId;

use super::{Writing, all, codes};
use crate::engine::Engine;

/// The oldest give way each time about so many were added: to count past all that are kept is no work for every one.
/// A prime, so that it does not matter how numbers are made.
const BETWEEN_SWEEPS: i64 = 97;

pub(super) fn insert<E: Engine>(
    tx: &mut Writing<'_, E>,
    inbox: InboxId,
    external_id: &str,
    report: &EarlyReport,
) -> Result<()> {
    let id = tx.state.ids.next(tx.now);
    tx.put(
        "INSERT INTO early_reports (id, inbox_id, external_id, status, error) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
        &[
            id.into(),
            inbox.0.into(),
            external_id.into(),
            codes::MESSAGE_STATUSES.code(report.status).into(),
            report.error.as_ref().into(),
        ],
    )?;
    if id % BETWEEN_SWEEPS == 0 {
        tx.put(
            "DELETE FROM early_reports WHERE id IN (SELECT id FROM early_reports WHERE inbox_id = ?1 \
             ORDER BY id DESC LIMIT 1000 OFFSET ?2)",
            &[inbox.0.into(), EARLY_REPORTS_PER_INBOX.into()],
        )?;
    }
    Ok(())
}

pub(super) fn take<E: Engine>(
    tx: &mut Writing<'_, E>,
    inbox: InboxId,
    external_id: &str,
) -> Result<Vec<EarlyReport>> {
    tx.changes += 1;
    let sql = "DELETE FROM early_reports WHERE inbox_id = ?1 AND external_id = ?2 \
               RETURNING id, status, error";
    let mut found = all(
        tx.reading.0,
        sql,
        &[inbox.0.into(), external_id.into()],
        |row| {
            let (id, status) = (row.int()?, codes::MESSAGE_STATUSES.value(row.int()?)?);
            Ok((
                id,
                EarlyReport {
                    status,
                    error: row.maybe_text()?,
                },
            ))
        },
    )?;
    found.sort_by_key(|(id, _)| *id);
    Ok(found.into_iter().map(|(_, report)| report).collect())
}
