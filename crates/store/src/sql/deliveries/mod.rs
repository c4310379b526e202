//! Deliveries, their lanes, their leases and their attempts.
//!
//! Of each lane one delivery is pending, at most, and the others are behind it: so what may be attempted is found by
//! index, however much waits.

mod due;
mod replay;
mod settle;
mod sweep;

pub(super) use due::{any_due, claim, next_at, owed, receivers_due, release};
pub(super) use replay::{replay, replay_dead};
pub(super) use settle::{end_of, hasten, settle};
pub(super) use sweep::sweep;

use app::{
    Result, StoreError,
    deliveries::{Attempt, Delivery, DeliveryState, Notice, Parcel, Receiver},
    letters::LetterKind,
};
use domain::{AccountId, DeliveryId, EndpointId, InboxId, MessageId, Timestamp};

use super::{
    Writing, all, codes,
    directory::{maybe_micros, micros},
    first, number,
};
use crate::{
    engine::{Columns, Engine, Value},
    ids::Ids,
    letters,
};

/// Every column of a delivery, before the end of a statement.
macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, receiver, lane, event, body, seq, message_id, part, parts, state, attempts, tries, next_at, \
             happened_at, settled_at FROM deliveries ",
            $tail
        )
    };
}
use select;

/// The receivers that have deliveries in a state, as the table `found`: one step along the index for each receiver,
/// not for each delivery. The last row is null.
macro_rules! with_receivers_in {
    ($state:literal) => {
        concat!(
            "WITH RECURSIVE found (receiver) AS (SELECT min(receiver) FROM deliveries WHERE state = ",
            $state,
            " UNION ALL SELECT (SELECT min(d.receiver) FROM deliveries d WHERE d.state = ",
            $state,
            " AND d.receiver > found.receiver) FROM found WHERE found.receiver IS NOT NULL) "
        )
    };
}
use with_receivers_in;

/// What is added to an account's number where it stands for the mail server: no endpoint's is ever so great.
const MAIL: i64 = 1 << 48;

/// A receiver as one number: an endpoint's own, an inbox's below zero, the mail server for an account above [`MAIL`].
fn code(to: Receiver) -> Value<'static> {
    Value::Int(match to {
        Receiver::Endpoint(id) => id.0,
        Receiver::Inbox(id) => -id.0,
        Receiver::Mail(account) => MAIL + account.0,
    })
}

fn receiver(code: i64) -> Receiver {
    if code < 0 {
        Receiver::Inbox(InboxId(-code))
    } else if code >= MAIL {
        Receiver::Mail(AccountId(code - MAIL))
    } else {
        Receiver::Endpoint(EndpointId(code))
    }
}

fn delivery(row: &mut Columns<'_>) -> Result<Delivery> {
    let (id, to, lane) = (DeliveryId(row.int()?), receiver(row.int()?), row.int()?);
    let (event, body, seq) = (row.maybe_text()?, row.maybe_text()?, row.maybe_int()?);
    let (message, part, parts) = (row.maybe_int()?, row.maybe_int()?, row.maybe_int()?);
    let what = match (event, body, seq, message, part, parts) {
        (Some(event), Some(body), Some(seq), None, ..) => {
            Parcel::Event(Notice { event, body, seq })
        }
        (Some(kind), Some(body), None, None, ..) => {
            Parcel::Letter(Box::new(letters::decode(&kind, &body)?))
        }
        (None, None, None, Some(message), Some(part), Some(parts)) => Parcel::Part {
            message_id: MessageId(message),
            part,
            parts,
        },
        _ => return Err(StoreError::Corrupt(format!("delivery {id} holds nothing")).into()),
    };
    Ok(Delivery {
        id,
        to,
        lane,
        what,
        state: codes::DELIVERY_STATES.value(row.int()?)?,
        attempts: row.int()?,
        tries: row.int()?,
        next_at: codes::time(row.int()?)?,
        happened_at: codes::time(row.int()?)?,
        settled_at: row.maybe_int()?.map(codes::time).transpose()?,
    })
}

pub(super) fn find(engine: &impl Engine, id: DeliveryId) -> Result<Option<Delivery>> {
    first(engine, select!("WHERE id = ?1"), &[id.0.into()], delivery)
}

pub(super) fn list(
    engine: &impl Engine,
    to: Receiver,
    state: Option<DeliveryState>,
    before: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>> {
    const IN_STATE: &str =
        select!("WHERE receiver = ?1 AND id < ?2 AND state = ?4 ORDER BY id DESC LIMIT ?3");
    // One ordered walk for each state, merged: no walk over what is not on the page.
    const IN_ANY: &str = concat!(
        "SELECT * FROM (",
        select!("WHERE receiver = ?1 AND id < ?2 AND state = 0 ORDER BY id DESC LIMIT ?3"),
        ") p UNION ALL SELECT * FROM (",
        select!("WHERE receiver = ?1 AND id < ?2 AND state = 1 ORDER BY id DESC LIMIT ?3"),
        ") q UNION ALL SELECT * FROM (",
        select!("WHERE receiver = ?1 AND id < ?2 AND state = 2 ORDER BY id DESC LIMIT ?3"),
        ") r UNION ALL SELECT * FROM (",
        select!("WHERE receiver = ?1 AND id < ?2 AND state = 3 ORDER BY id DESC LIMIT ?3"),
        ") s ORDER BY 1 DESC LIMIT ?3"
    );
    let before = before.map_or(i64::MAX, |id| id.0);
    let (to, before, limit) = (code(to), before.into(), limit.into());
    match state {
        Some(state) => {
            let state = codes::DELIVERY_STATES.code(state).into();
            all(engine, IN_STATE, &[to, before, limit, state], delivery)
        }
        None => all(engine, IN_ANY, &[to, before, limit], delivery),
    }
}

pub(super) fn list_open(engine: &impl Engine, inbox: InboxId, limit: i64) -> Result<Vec<Delivery>> {
    // A conversation is a lane, so there is none without.
    let sql = select!(
        "WHERE receiver = ?1 AND lane <> 0 AND settled_at IS NULL ORDER BY lane, id LIMIT ?2"
    );
    let to = code(Receiver::Inbox(inbox));
    all(engine, sql, &[to, limit.into()], delivery)
}

pub(super) fn count_open(engine: &impl Engine, to: Receiver) -> Result<i64> {
    let sql = "SELECT count(*) FROM deliveries WHERE receiver = ?1 AND state IN (0, 3)";
    number(engine, sql, &[code(to)])
}

pub(super) fn count_letters(
    engine: &impl Engine,
    account: AccountId,
    kind: LetterKind,
    lane: Option<i64>,
    since: Timestamp,
) -> Result<i64> {
    // Of each state a walk along its index over what is newer.
    const SQL: &str = "SELECT count(*) FROM deliveries WHERE receiver = ?1 AND state IN (0, 1, 2, 3) AND id >= ?2 \
                       AND event = ?3 AND (lane = ?4 OR CAST(?4 AS BIGINT) IS NULL)";
    let (to, since) = (code(Receiver::Mail(account)), Ids::at(since).into());
    let values = [to, since, letters::kind(kind).into(), lane.into()];
    number(engine, SQL, &values)
}

pub(super) fn find_gathering(
    engine: &impl Engine,
    to: Receiver,
    event: &str,
    after: Timestamp,
    until: Timestamp,
) -> Result<Option<(DeliveryId, Notice)>> {
    // Made not longer ago than it waits: of that there is little, and a receiver may be owed any number.
    let sql = select!(
        "WHERE receiver = ?1 AND state = 0 AND attempts = 0 AND id > ?3 AND next_at > ?4 \
         AND event = ?2 ORDER BY id DESC LIMIT 1"
    );
    let made = after.saturating_sub(until.duration_since(after));
    let since = Ids::at(made.unwrap_or(Timestamp::MIN)) - 1;
    let values = [code(to), event.into(), since.into(), micros(after)];
    let found = first(engine, sql, &values, delivery)?;
    Ok(found.and_then(|it| match it.what {
        Parcel::Event(told) => Some((it.id, told)),
        Parcel::Part { .. } | Parcel::Letter(_) => None,
    }))
}

pub(super) fn change_notice<E: Engine>(
    tx: &mut Writing<'_, E>,
    id: DeliveryId,
    told: &Notice,
) -> Result<()> {
    tx.run(
        "UPDATE deliveries SET body = ?2, seq = ?3 WHERE id = ?1 AND attempts = 0",
        &[id.0.into(), (&told.body).into(), told.seq.into()],
    )?;
    Ok(())
}

pub(super) fn attempts(engine: &impl Engine, id: DeliveryId) -> Result<Vec<Attempt>> {
    let sql = "SELECT delivery_id, number, at, duration_ms, status, error, answer FROM attempts \
               WHERE delivery_id = ?1 ORDER BY number";
    all(engine, sql, &[id.0.into()], |row| {
        Ok(Attempt {
            delivery_id: DeliveryId(row.int()?),
            number: row.int()?,
            at: codes::time(row.int()?)?,
            duration_ms: row.int()?,
            status: row.maybe_int()?,
            error: row.maybe_text()?,
            answer: row.text()?,
        })
    })
}

pub(super) fn insert_attempt<E: Engine>(tx: &mut Writing<'_, E>, it: &Attempt) -> Result<()> {
    tx.put(
        "INSERT INTO attempts (delivery_id, number, at, duration_ms, status, error, answer) \
         SELECT ?1, 1 + coalesce(max(number), 0), ?2, ?3, ?4, ?5, ?6 \
         FROM attempts WHERE delivery_id = ?1",
        &[
            it.delivery_id.0.into(),
            micros(it.at),
            it.duration_ms.into(),
            it.status.into(),
            it.error.as_ref().into(),
            (&it.answer).into(),
        ],
    )?;
    Ok(())
}

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, it: &Delivery) -> Result<()> {
    let state = match it.state {
        DeliveryState::Pending if lane_is_open(tx, it.to, it.lane)? => DeliveryState::Behind,
        state => state,
    };
    let (told, part) = match &it.what {
        Parcel::Event(told) => {
            let seq = Some(told.seq);
            (Some((told.event.clone(), told.body.clone(), seq)), None)
        }
        Parcel::Part {
            message_id,
            part,
            parts,
        } => (None, Some((message_id.0, *part, *parts))),
        Parcel::Letter(letter) => {
            let kind = letters::kind(letter.kind).to_owned();
            (Some((kind, letters::encode(letter)?, None)), None)
        }
    };
    tx.put(
        "INSERT INTO deliveries (id, receiver, lane, event, body, seq, message_id, part, parts, state, attempts, \
         tries, next_at, leased_until, lease_owner, happened_at, settled_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0, 0, ?14, ?15)",
        &[
            it.id.0.into(),
            code(it.to),
            it.lane.into(),
            told.as_ref().map(|it| &it.0).into(),
            told.as_ref().map(|it| &it.1).into(),
            told.as_ref().and_then(|it| it.2).into(),
            part.map(|it| it.0).into(),
            part.map(|it| it.1).into(),
            part.map(|it| it.2).into(),
            codes::DELIVERY_STATES.code(state).into(),
            it.attempts.into(),
            it.tries.into(),
            micros(it.next_at),
            micros(it.happened_at),
            maybe_micros(it.settled_at),
        ],
    )?;
    Ok(())
}

pub(super) fn delete_of<E: Engine>(tx: &mut Writing<'_, E>, to: Receiver) -> Result<()> {
    let to = [code(to)];
    tx.put(
        "DELETE FROM attempts WHERE delivery_id IN \
         (SELECT id FROM deliveries WHERE receiver = ?1 AND state IN (0, 1, 2, 3))",
        &to,
    )?;
    tx.put(
        "DELETE FROM deliveries WHERE receiver = ?1 AND state IN (0, 1, 2, 3)",
        &to,
    )?;
    Ok(())
}

/// Erases some of what was owed to a receiver. Returns how many.
pub(super) fn erase<E: Engine>(tx: &mut Writing<'_, E>, to: Receiver, limit: i64) -> Result<usize> {
    let values = [code(to), limit.into()];
    tx.put(
        "DELETE FROM attempts WHERE delivery_id IN (SELECT id FROM deliveries \
         WHERE receiver = ?1 AND state IN (0, 1, 2, 3) LIMIT ?2)",
        &values,
    )?;
    tx.run(
        "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries \
         WHERE receiver = ?1 AND state IN (0, 1, 2, 3) LIMIT ?2)",
        &values,
    )
}

/// Whether something of a lane is not settled. What is in no lane waits for nothing.
fn lane_is_open<E: Engine>(tx: &Writing<'_, E>, to: Receiver, lane: i64) -> Result<bool> {
    if lane == 0 {
        return Ok(false);
    }
    let sql = "SELECT 1 FROM deliveries WHERE receiver = ?1 AND lane = ?2 AND lane <> 0 \
               AND settled_at IS NULL ORDER BY id LIMIT 1";
    let found = first(tx.reading.0, sql, &[code(to), lane.into()], |row| row.int())?;
    Ok(found.is_some())
}

/// The oldest of a lane comes up, because what was pending there is settled.
fn promote<E: Engine>(tx: &mut Writing<'_, E>, to: Receiver, lane: i64) -> Result<()> {
    if lane != 0 {
        tx.put(
            "UPDATE deliveries SET state = 0 WHERE id = (SELECT min(id) FROM deliveries \
             WHERE receiver = ?1 AND lane = ?2 AND lane <> 0 AND settled_at IS NULL)",
            &[code(to), lane.into()],
        )?;
    }
    Ok(())
}
