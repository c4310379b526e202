//! What is due, to whom, and who leases it.

use app::{
    Result,
    deliveries::{Delivery, Receiver},
    ports::{Claim, Lease, Owed},
};
use domain::Timestamp;

use super::{
    super::{Writing, all, codes, directory::micros, first, number},
    code, delivery, receiver, select, with_receivers_in,
};
use crate::engine::Engine;

/// Whether something may leave this inbox now: its phone, if it is one, is open, and its pace lets it.
macro_rules! free {
    ($inbox:literal, $now:literal) => {
        concat!(
            // 3: logged in.
            "(SELECT s.inbox_id FROM sessions s WHERE s.inbox_id = ",
            $inbox,
            " AND s.state <> 3) IS NULL AND (SELECT p.inbox_id FROM paces p WHERE p.inbox_id = ",
            $inbox,
            " AND p.free_at > ",
            $now,
            ") IS NULL"
        )
    };
}

pub(in crate::sql) fn receivers_due(engine: &impl Engine, now: Timestamp) -> Result<Vec<Receiver>> {
    // Each names the order of its index: for EXISTS, PostgreSQL would look at all that is due to anybody.
    let sql = concat!(
        with_receivers_in!("0"),
        "SELECT found.receiver FROM found WHERE found.receiver IS NOT NULL AND ",
        free!("-found.receiver", "?1"),
        " AND ((SELECT id FROM deliveries \
         WHERE receiver = found.receiver AND state = 0 AND attempts = 0 AND next_at <= ?1 AND leased_until <= ?1 \
         ORDER BY id LIMIT 1) IS NOT NULL OR (SELECT id FROM deliveries WHERE receiver = found.receiver \
         AND state = 0 AND attempts > 0 AND next_at <= ?1 AND leased_until <= ?1 \
         ORDER BY next_at LIMIT 1) IS NOT NULL)"
    );
    all(engine, sql, &[micros(now)], |row| Ok(receiver(row.int()?)))
}

pub(in crate::sql) fn any_due(engine: &impl Engine, to: Receiver, now: Timestamp) -> Result<bool> {
    const FIRST: &str = concat!(
        "SELECT 1 FROM deliveries WHERE receiver = ?1 AND state = 0 AND attempts = 0 \
         AND next_at <= ?2 AND leased_until <= ?2 AND ",
        free!("-?1", "?2"),
        " ORDER BY id LIMIT 1"
    );
    const AGAIN: &str = concat!(
        "SELECT 1 FROM deliveries WHERE receiver = ?1 AND state = 0 AND attempts > 0 \
         AND next_at <= ?2 AND leased_until <= ?2 AND ",
        free!("-?1", "?2"),
        " ORDER BY next_at LIMIT 1"
    );
    let values = [code(to), micros(now)];
    Ok(number(engine, FIRST, &values)? > 0 || number(engine, AGAIN, &values)? > 0)
}

pub(in crate::sql) fn next_at(engine: &impl Engine, now: Timestamp) -> Result<Option<Timestamp>> {
    let sql = "SELECT min(n.at) FROM (SELECT min(next_at) AS at FROM deliveries WHERE state = 0 AND next_at > ?1 \
               UNION ALL SELECT min(free_at) AS at FROM paces WHERE free_at > ?1) n";
    first(engine, sql, &[micros(now)], |row| row.maybe_int())?
        .flatten()
        .map(codes::time)
        .transpose()
}

pub(in crate::sql) fn owed(engine: &impl Engine, now: Timestamp) -> Result<Owed> {
    // Counted in the indices; and of each receiver the first that is pending is its oldest.
    const OPEN: &str = "SELECT count(*) FROM deliveries WHERE state IN (0, 3)";
    const OVERDUE: &str = "SELECT count(*) FROM deliveries WHERE state = 0 AND next_at <= ?1 \
                           AND leased_until <= ?1";
    const OLDEST: &str = concat!(
        with_receivers_in!("0"),
        "SELECT min((SELECT happened_at FROM deliveries WHERE state = 0 AND receiver = found.receiver \
         ORDER BY id LIMIT 1)) FROM found"
    );
    let oldest = first(engine, OLDEST, &[], |row| row.maybe_int())?.flatten();
    Ok(Owed {
        open: number(engine, OPEN, &[])?,
        overdue: number(engine, OVERDUE, &[micros(now)])?,
        oldest: oldest.map(codes::time).transpose()?,
    })
}

pub(in crate::sql) fn claim<E: Engine>(
    tx: &mut Writing<'_, E>,
    claim: &Claim,
    lease: &Lease,
) -> Result<Vec<Delivery>> {
    const FIRST: &str = select!(
        "WHERE receiver = ?1 AND state = 0 AND attempts = 0 AND next_at <= ?2 \
         AND leased_until <= ?2 ORDER BY id LIMIT ?3"
    );
    const AGAIN: &str = select!(
        "WHERE receiver = ?1 AND state = 0 AND attempts > 0 AND next_at <= ?2 \
         AND leased_until <= ?2 ORDER BY next_at LIMIT ?3"
    );
    let (to, now) = (code(claim.to), micros(lease.now));
    let engine = tx.reading.0;
    let mut retries = all(engine, AGAIN, &[to, now, claim.again.into()], delivery)?;
    let count = |found: &[Delivery]| i64::try_from(found.len()).unwrap_or(i64::MAX);
    // First attempts have every place but those that are kept for retries; retries have what is left.
    let places = claim.all - claim.kept.min(count(&retries));
    let mut claimed = all(engine, FIRST, &[to, now, places.into()], delivery)?;
    let left = claim.all - count(&claimed);
    retries.truncate(usize::try_from(left).unwrap_or(0));
    claimed.append(&mut retries);
    for it in &claimed {
        tx.put(
            "UPDATE deliveries SET leased_until = ?2, lease_owner = ?3 WHERE id = ?1",
            &[it.id.0.into(), micros(lease.until), lease.owner.into()],
        )?;
    }
    Ok(claimed)
}

pub(in crate::sql) fn release<E: Engine>(tx: &mut Writing<'_, E>, owner: i64) -> Result<()> {
    let now = micros(tx.now);
    // What is leased was due: only that is looked at.
    tx.put(
        "UPDATE deliveries SET leased_until = 0 WHERE state = 0 AND next_at <= ?2 \
         AND leased_until > ?2 AND lease_owner = ?1",
        &[owner.into(), now],
    )?;
    Ok(())
}
