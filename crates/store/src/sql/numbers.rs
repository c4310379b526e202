//! How far the program may have numbered things.
//!
//! The greatest number that is there does not tell: things go, and some numbers are inside others. So numbers are
//! reserved ahead of their use, and a store that is opened starts after all that were reserved.

use app::Result;

use super::{Writing, number};
use crate::{engine::Engine, ids::Ids};

pub(super) fn reserved(engine: &impl Engine) -> Result<i64> {
    number(engine, "SELECT reserved FROM numbers", &[])
}

/// Reserves what this transaction has used and some to come, unless they are already.
pub(super) fn reserve<E: Engine>(tx: &mut Writing<'_, E>) -> Result<()> {
    if tx.state.ids.last() > tx.state.reserved {
        let reserved = tx.state.ids.last() + Ids::AHEAD;
        tx.run("UPDATE numbers SET reserved = ?1", &[reserved.into()])?;
        tx.state.reserved = reserved;
    }
    Ok(())
}
