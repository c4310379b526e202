//! What the engines of phones' sessions must remember.

use app::{Result, ports::SessionKey};
use domain::InboxId;

use super::{Writing, all, first};
use crate::engine::Engine;

pub(super) fn find(
    engine: &impl Engine,
    inbox: InboxId,
    kind: &str,
    key: &str,
) -> Result<Option<String>> {
    let sql = "SELECT value FROM session_keys WHERE inbox_id = ?1 AND kind = ?2 AND key = ?3";
    let values = [inbox.0.into(), kind.into(), key.into()];
    first(engine, sql, &values, |row| row.text())
}

pub(super) fn list(
    engine: &impl Engine,
    inbox: InboxId,
    kind: &str,
    from: &str,
    limit: i64,
) -> Result<Vec<(String, String)>> {
    let sql = "SELECT key, value FROM session_keys \
               WHERE inbox_id = ?1 AND kind = ?2 AND key >= ?3 ORDER BY key LIMIT ?4";
    let values = [inbox.0.into(), kind.into(), from.into(), limit.into()];
    all(engine, sql, &values, |row| Ok((row.text()?, row.text()?)))
}

pub(super) fn put<E: Engine>(tx: &mut Writing<'_, E>, it: &SessionKey) -> Result<()> {
    tx.put(
        "INSERT INTO session_keys (inbox_id, kind, key, value, mark) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (inbox_id, kind, key) DO UPDATE SET \
         value = excluded.value, mark = excluded.mark",
        &[
            it.inbox_id.0.into(),
            (&it.kind).into(),
            (&it.key).into(),
            (&it.value).into(),
            it.mark.into(),
        ],
    )
}

pub(super) fn delete<E: Engine>(
    tx: &mut Writing<'_, E>,
    inbox: InboxId,
    kind: &str,
    key: &str,
) -> Result<()> {
    tx.put(
        "DELETE FROM session_keys WHERE inbox_id = ?1 AND kind = ?2 AND key = ?3",
        &[inbox.0.into(), kind.into(), key.into()],
    )
}

pub(super) fn expire<E: Engine>(
    tx: &mut Writing<'_, E>,
    inbox: InboxId,
    kind: &str,
    before: i64,
) -> Result<usize> {
    tx.run(
        "DELETE FROM session_keys WHERE inbox_id = ?1 AND kind = ?2 AND mark < ?3",
        &[inbox.0.into(), kind.into(), before.into()],
    )
}

pub(super) fn delete_all<E: Engine>(tx: &mut Writing<'_, E>, inbox: InboxId) -> Result<()> {
    tx.put(
        "DELETE FROM session_keys WHERE inbox_id = ?1",
        &[inbox.0.into()],
    )
}
