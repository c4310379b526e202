//! Sessions, and what carriers and doors keep for themselves.

use app::Result;
use domain::{InboxId, Session};

use super::{Writing, all, codes, directory::micros, first};
use crate::engine::{Columns, Engine};

fn session(row: &mut Columns<'_>) -> Result<Session> {
    Ok(Session {
        inbox_id: InboxId(row.int()?),
        state: codes::SESSION_STATES.value(row.int()?)?,
        number: row.maybe_text()?,
        note: row.maybe_text()?,
        changed_at: codes::time(row.int()?)?,
    })
}

pub(super) fn list(engine: &impl Engine) -> Result<Vec<Session>> {
    let sql = "SELECT inbox_id, state, number, note, changed_at FROM sessions ORDER BY inbox_id";
    all(engine, sql, &[], session)
}

pub(super) fn find(engine: &impl Engine, inbox: InboxId) -> Result<Option<Session>> {
    let sql = "SELECT inbox_id, state, number, note, changed_at FROM sessions WHERE inbox_id = ?1";
    first(engine, sql, &[inbox.0.into()], session)
}

pub(super) fn put<E: Engine>(tx: &mut Writing<'_, E>, it: &Session) -> Result<()> {
    tx.put(
        "INSERT INTO sessions (inbox_id, state, number, note, changed_at) \
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (inbox_id) DO UPDATE SET \
         state = excluded.state, number = excluded.number, note = excluded.note, \
         changed_at = excluded.changed_at",
        &[
            it.inbox_id.0.into(),
            codes::SESSION_STATES.code(it.state).into(),
            it.number.as_ref().into(),
            it.note.as_ref().into(),
            micros(it.changed_at),
        ],
    )?;
    Ok(())
}

pub(super) fn find_kept(engine: &impl Engine, keeper: &str, name: &str) -> Result<Option<String>> {
    let sql = "SELECT value FROM kept WHERE keeper = ?1 AND name = ?2";
    first(engine, sql, &[keeper.into(), name.into()], |row| row.text())
}

pub(super) fn list_kept(
    engine: &impl Engine,
    keeper: &str,
    limit: i64,
) -> Result<Vec<(String, String)>> {
    let sql = "SELECT name, value FROM kept WHERE keeper = ?1 ORDER BY name LIMIT ?2";
    all(engine, sql, &[keeper.into(), limit.into()], |row| {
        Ok((row.text()?, row.text()?))
    })
}

pub(super) fn keep<E: Engine>(
    tx: &mut Writing<'_, E>,
    keeper: &str,
    name: &str,
    value: Option<&str>,
) -> Result<()> {
    match value {
        Some(value) => tx.put(
            "INSERT INTO kept (keeper, name, value) VALUES (?1, ?2, ?3) \
             ON CONFLICT (keeper, name) DO UPDATE SET value = excluded.value",
            &[keeper.into(), name.into(), value.into()],
        ),
        None => tx.put(
            "DELETE FROM kept WHERE keeper = ?1 AND name = ?2",
            &[keeper.into(), name.into()],
        ),
    }
}

pub(super) fn forget_kept<E: Engine>(tx: &mut Writing<'_, E>, keeper: &str) -> Result<()> {
    tx.put("DELETE FROM kept WHERE keeper = ?1", &[keeper.into()])
}
