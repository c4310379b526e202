//! The journal, and how far its durable readers have come.

use std::sync::Arc;

use app::{Error, Result};
use domain::{AccountId, ConversationId, Entry, Event, Timestamp};

use super::{Writing, all, codes, directory::micros, first, number, removals};
use crate::{
    engine::{Columns, Engine},
    record,
};

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
    let at = tx.now;
    write(tx, seq, account, at, &event)?;
    tx.state.seq = seq;
    tx.entries.push(Arc::new(Entry {
        seq,
        account_id: account,
        at,
        event,
    }));
    Ok(())
}

/// The first entry that is not older than a time. Entries are in the order of their times, nearly.
pub(super) fn at(engine: &impl Engine, time: Timestamp) -> Result<i64> {
    let next = "SELECT at FROM journal WHERE seq >= ?1 ORDER BY seq LIMIT 1";
    let (mut low, mut high) = (1, head(engine)? + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let at = first(engine, next, &[middle.into()], |row| row.int())?;
        if at.is_some_and(|at| at < time.as_microsecond()) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn entry(row: &mut Columns<'_>) -> Result<Entry> {
    let (seq, account, at) = (row.int()?, row.int()?, row.int()?);
    let (kind, version, body) = (row.text()?, row.int()?, row.text()?);
    Ok(Entry {
        seq,
        account_id: AccountId(account),
        at: codes::time(at)?,
        event: record::decode(&kind, version, &body)?,
    })
}

pub(super) fn read(engine: &impl Engine, after: i64, limit: i64) -> Result<Vec<Entry>> {
    let sql = "SELECT seq, account_id, at, kind, version, body FROM journal WHERE seq > ?1 \
               ORDER BY seq LIMIT ?2";
    let mut found = all(engine, sql, &[after.into(), limit.into()], entry)?;
    if removals::is_any(engine)? {
        for it in &mut found {
            if let Some(conversation_id) = it.event.conversation_id()
                && removals::is_removed(engine, conversation_id)?
            {
                it.event = Event::ConversationRemoved { conversation_id };
            }
        }
    }
    Ok(found)
}

/// No entry is changed: another is put where it was.
pub(super) fn replace<E: Engine>(
    tx: &mut Writing<'_, E>,
    of: &[ConversationId],
    after: i64,
    until: i64,
) -> Result<()> {
    let sql = "SELECT seq, account_id, at, kind, version, body FROM journal WHERE seq > ?1 \
               AND seq <= ?2 ORDER BY seq";
    let entries = all(tx.reading.0, sql, &[after.into(), until.into()], entry)?;
    for it in entries {
        let Some(conversation_id) = it.event.conversation_id().filter(|id| of.contains(id)) else {
            continue;
        };
        let sql = "DELETE FROM journal WHERE seq = ?1";
        tx.put(sql, &[it.seq.into()])?;
        let event = Event::ConversationRemoved { conversation_id };
        write(tx, it.seq, it.account_id, it.at, &event)?;
    }
    Ok(())
}

fn write<E: Engine>(
    tx: &mut Writing<'_, E>,
    seq: i64,
    account: AccountId,
    at: Timestamp,
    event: &Event,
) -> Result<()> {
    let (kind, body) = record::encode(event)?;
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
    )
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
