//! Tokens, by their hashes.

use app::{Result, StoreError, ports::Token};
use domain::AgentId;

use super::{Writing, codes, directory::micros, first, number};
use crate::engine::Engine;

pub(super) fn find(engine: &impl Engine, hash: &[u8; 32]) -> Result<Option<Token>> {
    let sql = "SELECT kind, agent_id, pair, client, expires_at FROM tokens WHERE hash = ?1";
    first(engine, sql, &[(&hex(hash)).into()], |row| {
        Ok(Token {
            hash: *hash,
            kind: codes::TOKEN_KINDS.value(row.int()?)?,
            agent_id: AgentId(row.int()?),
            pair: row.int()?,
            client: row.text()?,
            expires_at: codes::time(row.int()?)?,
        })
    })
}

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, token: &Token) -> Result<()> {
    let changed = tx.run(
        "INSERT INTO tokens (hash, kind, agent_id, pair, client, expires_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        &[
            (&hex(&token.hash)).into(),
            codes::TOKEN_KINDS.code(token.kind).into(),
            token.agent_id.0.into(),
            token.pair.into(),
            (&token.client).into(),
            micros(token.expires_at),
        ],
    )?;
    if changed == 0 {
        return Err(StoreError::Conflict("a token with this hash exists".into()).into());
    }
    Ok(())
}

pub(super) fn delete<E: Engine>(tx: &mut Writing<'_, E>, pair: i64) -> Result<bool> {
    Ok(tx.run("DELETE FROM tokens WHERE pair = ?1", &[pair.into()])? > 0)
}

pub(super) fn delete_of<E: Engine>(tx: &mut Writing<'_, E>, agent: AgentId) -> Result<()> {
    tx.put("DELETE FROM tokens WHERE agent_id = ?1", &[agent.0.into()])
}

pub(super) fn delete_expired<E: Engine>(tx: &mut Writing<'_, E>) -> Result<()> {
    let now = micros(tx.now);
    tx.put("DELETE FROM tokens WHERE expires_at <= ?1", &[now])?;
    Ok(())
}

pub(super) fn count_make<E: Engine>(
    tx: &mut Writing<'_, E>,
    agent: AgentId,
    client: &str,
    day: i64,
) -> Result<i64> {
    tx.put("DELETE FROM token_makes WHERE day < ?1", &[day.into()])?;
    tx.put(
        "INSERT INTO token_makes (agent_id, client, day, made) VALUES (?1, ?2, ?3, 1) \
         ON CONFLICT (agent_id, client) DO UPDATE SET made = token_makes.made + 1",
        &[agent.0.into(), client.into(), day.into()],
    )?;
    number(
        tx.reading.0,
        "SELECT made FROM token_makes WHERE agent_id = ?1 AND client = ?2",
        &[agent.0.into(), client.into()],
    )
}

fn hex(hash: &[u8; 32]) -> String {
    use std::fmt::Write as _;
    hash.iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string cannot fail.
            write!(text, "{byte:02x}").ok();
            text
        })
}
