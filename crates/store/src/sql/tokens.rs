//! Tokens, by their hashes.

use app::{Result, StoreError, ports::Token};
use domain::AgentId;

use super::{Writing, codes, directory::micros, first};
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

pub(super) fn delete_expired<E: Engine>(tx: &mut Writing<'_, E>) -> Result<()> {
    let now = micros(tx.now);
    tx.put("DELETE FROM tokens WHERE expires_at <= ?1", &[now])?;
    Ok(())
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
