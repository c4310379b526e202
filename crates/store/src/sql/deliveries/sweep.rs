//! What is kept no longer.

use app::Result;
use domain::Timestamp;

use super::{
    super::{Writing, all, directory::micros},
    with_receivers_in,
};
use crate::engine::Engine;

/// The receivers that have deliveries in a state.
macro_rules! receivers_in {
    ($state:literal) => {
        concat!(
            with_receivers_in!($state),
            "SELECT receiver FROM found WHERE receiver IS NOT NULL"
        )
    };
}

/// Of the oldest in a state, those that are too old.
macro_rules! old_in {
    ($state:literal, $time:literal) => {
        concat!(
            "SELECT o.id FROM (SELECT id, ",
            $time,
            " AS at FROM deliveries WHERE state = ",
            $state,
            " AND receiver = ?1 ORDER BY id LIMIT ?3) o WHERE o.at < ?2"
        )
    };
}

pub(in crate::sql) fn sweep<E: Engine>(
    tx: &mut Writing<'_, E>,
    done: Timestamp,
    others: Timestamp,
    limit: i64,
) -> Result<usize> {
    // Behind goes before pending, so that nothing is left behind nothing. A message is never dropped unsent.
    let states = [
        (
            receivers_in!("1"),
            old_in!("1", "settled_at"),
            done,
            i64::MIN,
        ),
        (
            receivers_in!("2"),
            old_in!("2", "settled_at"),
            others,
            i64::MIN,
        ),
        (receivers_in!("3"), old_in!("3", "happened_at"), others, 0),
        (receivers_in!("0"), old_in!("0", "happened_at"), others, 0),
    ];
    let mut swept = 0;
    for (receivers, old, before, least) in states {
        for to in all(tx.reading.0, receivers, &[], |row| row.int())? {
            if to < least {
                continue;
            }
            let values = [to.into(), micros(before), limit.into()];
            for id in all(tx.reading.0, old, &values, |row| row.int())? {
                tx.put("DELETE FROM attempts WHERE delivery_id = ?1", &[id.into()])?;
                swept += tx.run("DELETE FROM deliveries WHERE id = ?1", &[id.into()])?;
            }
        }
    }
    Ok(swept)
}
