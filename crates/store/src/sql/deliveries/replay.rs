//! What is owed again.

use app::{
    Result,
    deliveries::{Delivery, DeliveryState, Receiver},
};
use domain::Timestamp;

use super::{
    super::{Writing, all, codes, directory::micros},
    code, lane_is_open, promote,
};
use crate::engine::Engine;

pub(in crate::sql) fn replay<E: Engine>(tx: &mut Writing<'_, E>, it: &Delivery) -> Result<()> {
    let state = match it.state {
        open if open.is_open() => open,
        _ if lane_is_open(tx, it.to, it.lane)? => DeliveryState::Behind,
        _ => DeliveryState::Pending,
    };
    let now = micros(tx.now);
    tx.put(
        "UPDATE deliveries SET state = ?2, tries = 0, next_at = ?3, settled_at = NULL, leased_until = 0 \
         WHERE id = ?1",
        &[
            it.id.0.into(),
            codes::DELIVERY_STATES.code(state).into(),
            now,
        ],
    )?;
    Ok(())
}

pub(in crate::sql) fn replay_dead<E: Engine>(
    tx: &mut Writing<'_, E>,
    to: Receiver,
    since: Timestamp,
) -> Result<usize> {
    let (receiver, since, now) = (code(to), micros(since), micros(tx.now));
    let lanes = "SELECT DISTINCT lane FROM deliveries WHERE receiver = ?1 AND state = 2 \
                 AND settled_at >= ?2 AND lane <> 0";
    let lanes = all(tx.reading.0, lanes, &[receiver, since], |row| row.int())?;
    let mut idle = Vec::new();
    for lane in lanes {
        if !lane_is_open(tx, to, lane)? {
            idle.push(lane);
        }
    }
    let count = tx.run(
        "UPDATE deliveries SET state = CASE WHEN lane = 0 THEN 0 ELSE 3 END, tries = 0, next_at = ?3, \
         settled_at = NULL, leased_until = 0 WHERE receiver = ?1 AND state = 2 AND settled_at >= ?2",
        &[receiver, since, now],
    )?;
    for lane in idle {
        promote(tx, to, lane)?;
    }
    Ok(count)
}
