//! The schema of a database that several programs may open at once.

use app::{Result, StoreError};

use super::session::Session;
use crate::{engine::Engine as _, migrations::MIGRATIONS};

/// The oldest server that is known to work, as it counts its versions.
const VERSION_MIN: i64 = 130_000;

/// Takes every step of the schema that has not been taken, one node after another.
pub(super) fn migrate(session: &Session) -> Result<()> {
    check(session)?;
    // As long as it takes: an index may be built.
    session.batch(
        "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0; \
         SELECT pg_advisory_lock(1398163266, 1); \
         CREATE TABLE IF NOT EXISTS schema_steps (number BIGINT NOT NULL PRIMARY KEY)",
    )?;
    let taken = number(session, "SELECT coalesce(max(number), 0) FROM schema_steps")?;
    let known = MIGRATIONS.last().map_or(0, |step| step.number);
    if taken > known {
        let text = format!("the database is of version {taken}, newer than this program");
        return Err(StoreError::Unavailable(text).into());
    }
    for step in MIGRATIONS.iter().filter(|step| step.number > taken) {
        let sql = step.sql.replace("{PK}", "BIGINT PRIMARY KEY");
        session.batch(&format!(
            "BEGIN;\n{sql}\n{}\nINSERT INTO schema_steps (number) VALUES ({});\nCOMMIT;",
            step.postgres, step.number
        ))?;
    }
    // The connection, and with it the lock, ends here.
    Ok(())
}

/// Refuses a server that cannot keep what it is given.
fn check(session: &Session) -> Result<()> {
    let version = number(
        session,
        "SELECT CAST(current_setting('server_version_num') AS BIGINT)",
    )?;
    if version < VERSION_MIN {
        return Err(StoreError::Unavailable("PostgreSQL 13 or newer is needed".into()).into());
    }
    let utf8 = "SELECT CAST(count(*) AS BIGINT) FROM pg_database \
                WHERE datname = current_database() AND pg_encoding_to_char(encoding) = 'UTF8'";
    if number(session, utf8)? == 0 {
        return Err(StoreError::Unavailable("the database's encoding must be UTF8".into()).into());
    }
    Ok(())
}

fn number(session: &Session, sql: &'static str) -> Result<i64> {
    let mut found = 0;
    session.rows(sql, &[], &mut |row| {
        found = row.int(0)?.unwrap_or(0);
        Ok(())
    })?;
    Ok(found)
}
