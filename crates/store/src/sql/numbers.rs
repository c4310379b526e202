//! How far the program may have numbered things.
//!
//! The greatest number that is there does not tell: things go, and some numbers are inside others. So numbers are
//! reserved ahead of their use, and a store that is opened starts after all that were reserved.

use app::Result;

use super::{Writing, first};
use crate::engine::Engine;

/// The numbers that are reserved, the newest entry's, and how many accounts were closed.
pub(super) fn left_off(engine: &impl Engine) -> Result<(i64, i64, i64)> {
    let sql = "SELECT reserved, (SELECT max(seq) FROM journal), \
               (SELECT count(*) FROM accounts WHERE removed_at IS NOT NULL) FROM numbers";
    let found = first(engine, sql, &[], |row| {
        Ok((row.int()?, row.maybe_int()?.unwrap_or(0), row.int()?))
    })?;
    Ok(found.unwrap_or_default())
}

/// Reserves what this transaction has used and some to come, unless they are already.
pub(super) fn reserve<E: Engine>(tx: &mut Writing<'_, E>) -> Result<()> {
    if tx.state.ids.last() > tx.state.reserved {
        let reserved = tx.state.ids.last() + tx.state.ahead;
        tx.put("UPDATE numbers SET reserved = ?1", &[reserved.into()])?;
        tx.state.reserved = reserved;
    }
    Ok(())
}
