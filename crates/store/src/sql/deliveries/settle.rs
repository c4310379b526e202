//! What becomes of a delivery.

use app::{
    Result,
    deliveries::{Delivery, Receiver},
};
use domain::MessageId;

use super::{
    super::{
        Writing, all, codes,
        directory::{maybe_micros, micros},
    },
    code, promote, receiver,
};
use crate::engine::Engine;

pub(in crate::sql) fn settle<E: Engine>(tx: &mut Writing<'_, E>, it: &Delivery) -> Result<()> {
    tx.put(
        "UPDATE deliveries SET state = ?2, attempts = ?3, tries = ?4, next_at = ?5, settled_at = ?6, \
         leased_until = 0 WHERE id = ?1",
        &[
            it.id.0.into(),
            codes::DELIVERY_STATES.code(it.state).into(),
            it.attempts.into(),
            it.tries.into(),
            micros(it.next_at),
            maybe_micros(it.settled_at),
        ],
    )?;
    if it.state.is_open() {
        return Ok(());
    }
    promote(tx, it.to, it.lane)
}

pub(in crate::sql) fn end_of<E: Engine>(tx: &mut Writing<'_, E>, message: MessageId) -> Result<()> {
    let sql = "SELECT receiver, lane, state FROM deliveries WHERE message_id = ?1 \
               AND message_id IS NOT NULL AND settled_at IS NULL";
    let open = all(tx.reading.0, sql, &[message.0.into()], |row| {
        Ok((receiver(row.int()?), row.int()?, row.int()?))
    })?;
    let now = micros(tx.now);
    tx.put(
        "UPDATE deliveries SET state = 2, settled_at = ?2, leased_until = 0 WHERE message_id = ?1 \
         AND message_id IS NOT NULL AND settled_at IS NULL",
        &[message.0.into(), now],
    )?;
    let pending = open.into_iter().find(|(_, _, state)| *state == 0);
    pending.map_or(Ok(()), |(to, lane, _)| promote(tx, to, lane))
}

pub(in crate::sql) fn hasten<E: Engine>(tx: &mut Writing<'_, E>, to: Receiver) -> Result<()> {
    let now = micros(tx.now);
    tx.put(
        "UPDATE deliveries SET next_at = ?2 WHERE receiver = ?1 AND state IN (0, 3)",
        &[code(to), now],
    )?;
    Ok(())
}
