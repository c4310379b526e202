//! Endpoints and their secrets.

use app::{
    Result, StoreError,
    deliveries::Receiver,
    hooks::{Endpoint, EndpointSecret, EndpointState},
};
use domain::{AccountId, EndpointId, InboxId};

use super::{
    Writing, all, codes, deliveries,
    directory::{maybe_micros, micros},
    first, number,
};
use crate::engine::{Columns, Engine, Value};

macro_rules! endpoint_select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account_id, dialect, name, url, events, inbox_id, state, disabled_because, \
             in_order, per_second, in_flight, since, failing_since, failures, created_at \
             FROM endpoints ",
            $tail
        )
    };
}

fn endpoint(row: &mut Columns<'_>) -> Result<Endpoint> {
    Ok(Endpoint {
        id: EndpointId(row.int()?),
        account_id: AccountId(row.int()?),
        dialect: row.text()?,
        name: row.text()?,
        url: row.text()?,
        events: events(&row.text()?)?,
        inbox_id: row.maybe_int()?.map(InboxId),
        state: state(row)?,
        ordered: row.flag()?,
        per_second: row.int()?,
        in_flight: row.int()?,
        since: row.int()?,
        failing_since: row.maybe_int()?.map(codes::time).transpose()?,
        failures: row.int()?,
        secrets: Vec::new(),
        created_at: codes::time(row.int()?)?,
    })
}

fn state(row: &mut Columns<'_>) -> Result<EndpointState> {
    let (code, reason) = (row.int()?, row.maybe_text()?);
    match (code, reason) {
        (0, _) => Ok(EndpointState::Active),
        (1, _) => Ok(EndpointState::Paused),
        (2, Some(reason)) => Ok(EndpointState::Disabled { reason }),
        _ => Err(StoreError::Corrupt(format!("{code} is no state of an endpoint")).into()),
    }
}

fn state_values(it: &Endpoint) -> (Value<'_>, Value<'_>) {
    match &it.state {
        EndpointState::Active => (Value::Int(0), Value::Null),
        EndpointState::Paused => (Value::Int(1), Value::Null),
        EndpointState::Disabled { reason } => (Value::Int(2), reason.into()),
    }
}

fn events(text: &str) -> Result<Vec<String>> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Corrupt(format!("an endpoint's events: {error}")).into())
}

fn events_text(it: &Endpoint) -> Result<String> {
    serde_json::to_string(&it.events)
        .map_err(|error| StoreError::Corrupt(format!("an endpoint's events: {error}")).into())
}

fn secrets(engine: &impl Engine, id: EndpointId) -> Result<Vec<EndpointSecret>> {
    let sql = "SELECT secret, created_at, expires_at FROM endpoint_secrets \
               WHERE endpoint_id = ?1 ORDER BY place";
    all(engine, sql, &[id.0.into()], |row| {
        Ok(EndpointSecret {
            text: row.text()?,
            created_at: codes::time(row.int()?)?,
            expires_at: row.maybe_int()?.map(codes::time).transpose()?,
        })
    })
}

pub(super) fn list(engine: &impl Engine) -> Result<Vec<Endpoint>> {
    let mut found = all(engine, endpoint_select!("ORDER BY id"), &[], endpoint)?;
    for it in &mut found {
        it.secrets = secrets(engine, it.id)?;
    }
    Ok(found)
}

pub(super) fn find(engine: &impl Engine, id: EndpointId) -> Result<Option<Endpoint>> {
    let found = first(
        engine,
        endpoint_select!("WHERE id = ?1"),
        &[id.0.into()],
        endpoint,
    )?;
    found
        .map(|it| {
            let secrets = secrets(engine, id)?;
            Ok(Endpoint { secrets, ..it })
        })
        .transpose()
}

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, it: &Endpoint) -> Result<EndpointId> {
    let id = 1 + number(tx.reading.0, "SELECT max(id) FROM endpoints", &[])?;
    let (state, reason) = state_values(it);
    let events = events_text(it)?;
    tx.put(
        "INSERT INTO endpoints (id, account_id, dialect, name, url, events, inbox_id, state, \
         disabled_because, in_order, per_second, in_flight, since, failing_since, failures, \
         created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        &[
            id.into(),
            it.account_id.0.into(),
            (&it.dialect).into(),
            (&it.name).into(),
            (&it.url).into(),
            (&events).into(),
            it.inbox_id.map(|id| id.0).into(),
            state,
            reason,
            it.ordered.into(),
            it.per_second.into(),
            it.in_flight.into(),
            it.since.into(),
            maybe_micros(it.failing_since),
            it.failures.into(),
            micros(it.created_at),
        ],
    )?;
    write_secrets(tx, EndpointId(id), &it.secrets)?;
    Ok(EndpointId(id))
}

pub(super) fn update<E: Engine>(tx: &mut Writing<'_, E>, it: &Endpoint) -> Result<()> {
    let (state, reason) = state_values(it);
    let events = events_text(it)?;
    tx.put(
        "UPDATE endpoints SET name = ?2, url = ?3, events = ?4, inbox_id = ?5, state = ?6, \
         disabled_because = ?7, in_order = ?8, per_second = ?9, in_flight = ?10, \
         failing_since = ?11, failures = ?12 WHERE id = ?1",
        &[
            it.id.0.into(),
            (&it.name).into(),
            (&it.url).into(),
            (&events).into(),
            it.inbox_id.map(|id| id.0).into(),
            state,
            reason,
            it.ordered.into(),
            it.per_second.into(),
            it.in_flight.into(),
            maybe_micros(it.failing_since),
            it.failures.into(),
        ],
    )?;
    if secrets(tx.reading.0, it.id)? != it.secrets {
        write_secrets(tx, it.id, &it.secrets)?;
    }
    Ok(())
}

fn write_secrets<E: Engine>(
    tx: &mut Writing<'_, E>,
    id: EndpointId,
    secrets: &[EndpointSecret],
) -> Result<()> {
    tx.put(
        "DELETE FROM endpoint_secrets WHERE endpoint_id = ?1",
        &[id.0.into()],
    )?;
    for (place, secret) in (0_i64..).zip(secrets) {
        tx.put(
            "INSERT INTO endpoint_secrets (endpoint_id, place, secret, created_at, expires_at) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
            &[
                id.0.into(),
                place.into(),
                (&secret.text).into(),
                micros(secret.created_at),
                maybe_micros(secret.expires_at),
            ],
        )?;
    }
    Ok(())
}

pub(super) fn delete<E: Engine>(tx: &mut Writing<'_, E>, id: EndpointId) -> Result<()> {
    deliveries::delete_of(tx, Receiver::Endpoint(id))?;
    let id = [id.0.into()];
    tx.put("DELETE FROM endpoint_secrets WHERE endpoint_id = ?1", &id)?;
    tx.put("DELETE FROM endpoints WHERE id = ?1", &id)?;
    Ok(())
}
