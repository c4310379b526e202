//! Deliveries, and reports that came before we knew what they are about.

use app::{
    Result,
    limits::EARLY_REPORTS_PER_INBOX,
    ports::{Delivery, EarlyReport},
};
use domain::{ConversationId, DeliveryId, InboxId, MessageId, Timestamp};

use super::{Writing, all, codes, directory::micros, number};
use crate::engine::{Columns, Engine};

fn delivery(row: &mut Columns<'_>) -> Result<Delivery> {
    Ok(Delivery {
        id: DeliveryId(row.int()?),
        inbox_id: InboxId(row.int()?),
        conversation_id: ConversationId(row.int()?),
        message_id: MessageId(row.int()?),
        part: row.int()?,
        parts: row.int()?,
        attempts: row.int()?,
        next_at: codes::time(row.int()?)?,
        created_at: codes::time(row.int()?)?,
    })
}

pub(super) fn inboxes(engine: &impl Engine) -> Result<Vec<InboxId>> {
    // One step along the index for each inbox, not for each delivery.
    let sql = "WITH RECURSIVE found (inbox_id) AS (SELECT min(inbox_id) FROM deliveries UNION ALL \
               SELECT (SELECT min(d.inbox_id) FROM deliveries d WHERE d.inbox_id > found.inbox_id) \
               FROM found WHERE found.inbox_id IS NOT NULL) \
               SELECT inbox_id FROM found WHERE inbox_id IS NOT NULL";
    all(engine, sql, &[], |row| Ok(InboxId(row.int()?)))
}

pub(super) fn heads(engine: &impl Engine, inbox: InboxId, limit: i64) -> Result<Vec<Delivery>> {
    let sql = "SELECT d.id, d.inbox_id, d.conversation_id, d.message_id, d.part, d.parts, \
               d.attempts, d.next_at, d.created_at FROM deliveries d JOIN \
               (SELECT min(id) AS id FROM deliveries WHERE inbox_id = ?1 GROUP BY conversation_id) h \
               ON h.id = d.id ORDER BY d.next_at, d.id LIMIT ?2";
    all(engine, sql, &[inbox.0.into(), limit.into()], delivery)
}

pub(super) fn list(engine: &impl Engine, inbox: InboxId, limit: i64) -> Result<Vec<Delivery>> {
    let sql = "SELECT id, inbox_id, conversation_id, message_id, part, parts, attempts, next_at, \
               created_at FROM deliveries WHERE inbox_id = ?1 ORDER BY conversation_id, id LIMIT ?2";
    all(engine, sql, &[inbox.0.into(), limit.into()], delivery)
}

pub(super) fn count(engine: &impl Engine, inbox: InboxId) -> Result<i64> {
    let sql = "SELECT count(*) FROM deliveries WHERE inbox_id = ?1";
    number(engine, sql, &[inbox.0.into()])
}

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, it: &Delivery) -> Result<()> {
    tx.run(
        "INSERT INTO deliveries (id, inbox_id, conversation_id, message_id, part, parts, attempts, \
         next_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &[
            it.id.0.into(),
            it.inbox_id.0.into(),
            it.conversation_id.0.into(),
            it.message_id.0.into(),
            it.part.into(),
            it.parts.into(),
            it.attempts.into(),
            micros(it.next_at),
            micros(it.created_at),
        ],
    )?;
    Ok(())
}

pub(super) fn postpone<E: Engine>(
    tx: &mut Writing<'_, E>,
    id: DeliveryId,
    attempts: i64,
    next_at: Timestamp,
) -> Result<()> {
    tx.run(
        "UPDATE deliveries SET attempts = ?2, next_at = ?3 WHERE id = ?1",
        &[id.0.into(), attempts.into(), micros(next_at)],
    )?;
    Ok(())
}

pub(super) fn hasten<E: Engine>(tx: &mut Writing<'_, E>, inbox: InboxId) -> Result<()> {
    let now = micros(tx.now);
    tx.run(
        "UPDATE deliveries SET next_at = ?2 WHERE inbox_id = ?1",
        &[inbox.0.into(), now],
    )?;
    Ok(())
}

pub(super) fn delete<E: Engine>(tx: &mut Writing<'_, E>, id: DeliveryId) -> Result<bool> {
    Ok(tx.run("DELETE FROM deliveries WHERE id = ?1", &[id.0.into()])? > 0)
}

pub(super) fn delete_of<E: Engine>(tx: &mut Writing<'_, E>, message: MessageId) -> Result<()> {
    tx.run(
        "DELETE FROM deliveries WHERE message_id = ?1",
        &[message.0.into()],
    )?;
    Ok(())
}

pub(super) fn insert_early_report<E: Engine>(
    tx: &mut Writing<'_, E>,
    inbox: InboxId,
    external_id: &str,
    report: &EarlyReport,
) -> Result<()> {
    let id = tx.state.ids.next(tx.now);
    tx.run(
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
    tx.run(
        "DELETE FROM early_reports WHERE id IN (SELECT id FROM early_reports WHERE inbox_id = ?1 \
         ORDER BY id DESC LIMIT 100 OFFSET ?2)",
        &[inbox.0.into(), EARLY_REPORTS_PER_INBOX.into()],
    )?;
    Ok(())
}

pub(super) fn take_early_reports<E: Engine>(
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
