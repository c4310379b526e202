//! The journal, and how far its durable readers have come.

use std::sync::Arc;

use app::{Error, Result};
use domain::{AccountId, Entry, Event};

use super::{Writing, all, codes, directory::micros, first, number};
use crate::{engine::Engine, record};

pub(super) fn head(engine: &impl Engine) -> Result<i64> {
    number(engine, "SELECT max(seq) FROM journal", &[])
}

pub(super) fn append<E: Engine>(
    tx: &mut Writing<'_, E>,
    account: AccountId,
    event: Event,
) -> Result<()> {
    if tx.state.gone.contains(&account) {
        return Err(Error::not_found("account"));
    }
    let seq = tx.state.seq + 1;
    let (kind, body) = record::encode(&event)?;
    let at = tx.now;
    tx.put(
        "INSERT INTO journal (seq, account_id, at, kind, version, body) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &[
            seq.into(),
            account.0.into(),
            micros(at),
            kind.into(),
            record::VERSION.into(),
            (&body).into(),
        ],
    )?;
    tx.state.seq = seq;
    tx.entries.push(Arc::new(Entry {
        seq,
        account_id: account,
        at,
        event,
    }));
    Ok(())
}

pub(super) fn read(engine: &impl Engine, after: i64, limit: i64) -> Result<Vec<Entry>> {
    let sql = "SELECT seq, account_id, at, kind, version, body FROM journal WHERE seq > ?1 \
               ORDER BY seq LIMIT ?2";
    all(engine, sql, &[after.into(), limit.into()], |row| {
        let (seq, account, at) = (row.int()?, row.int()?, row.int()?);
        let (kind, version, body) = (row.text()?, row.int()?, row.text()?);
        Ok(Entry {
            seq,
            account_id: AccountId(account),
            at: codes::time(at)?,
            event: record::decode(&kind, version, &body)?,
        })
    })
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
    tx.put(
        "INSERT INTO cursors (reader, seq) VALUES (?1, ?2) \
         ON CONFLICT (reader) DO UPDATE SET seq = excluded.seq",
        &[reader.into(), seq.into()],
    )?;
    Ok(())
}
