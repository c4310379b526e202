//! Socket applications with their keys.

use app::{
    Result,
    ports::{KeyPair, SocketApp, SocketLimits},
};
use domain::{AccountId, AppId};

use super::{Writing, all, number};
use crate::engine::{Engine, Value};

pub(super) fn list(engine: &impl Engine) -> Result<Vec<SocketApp>> {
    let sql = "SELECT id, account_id, name, key, secret, client_events, subscription_counts, \
               authorized_only, disabled, connections_max, event_data_bytes_max, \
               client_events_per_second_max, presence_members_max FROM socket_apps ORDER BY id";
    let mut apps = all(engine, sql, &[], |row| {
        Ok(SocketApp {
            id: AppId(row.int()?),
            account_id: AccountId(row.int()?),
            name: row.text()?,
            key: row.text()?,
            secret: row.text()?,
            more_keys: Vec::new(),
            client_events: row.flag()?,
            subscription_counts: row.flag()?,
            authorized_only: row.flag()?,
            disabled: row.flag()?,
            limits: SocketLimits {
                connections_max: row.maybe_int()?,
                event_data_bytes_max: row.maybe_int()?,
                client_events_per_second_max: row.maybe_int()?,
                presence_members_max: row.maybe_int()?,
            },
        })
    })?;
    let sql = "SELECT app_id, key, secret FROM socket_app_keys ORDER BY app_id, number";
    let keys = all(engine, sql, &[], |row| {
        let app_id = AppId(row.int()?);
        let (key, secret) = (row.text()?, row.text()?);
        Ok((app_id, KeyPair { key, secret }))
    })?;
    for (app_id, pair) in keys {
        if let Some(app) = apps.iter_mut().find(|it| it.id == app_id) {
            app.more_keys.push(pair);
        }
    }
    Ok(apps)
}

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, app: &SocketApp) -> Result<AppId> {
    let id = AppId(1 + number(tx.reading.0, "SELECT max(id) FROM socket_apps", &[])?);
    tx.put(
        "INSERT INTO socket_apps (id, account_id, name, key, secret, client_events, \
         subscription_counts, authorized_only, disabled, connections_max, event_data_bytes_max, \
         client_events_per_second_max, presence_members_max) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        &values(id, app),
    )?;
    insert_keys(tx, id, app)?;
    Ok(id)
}

pub(super) fn update<E: Engine>(tx: &mut Writing<'_, E>, app: &SocketApp) -> Result<()> {
    tx.put(
        "UPDATE socket_apps SET account_id = ?2, name = ?3, key = ?4, secret = ?5, \
         client_events = ?6, subscription_counts = ?7, authorized_only = ?8, disabled = ?9, \
         connections_max = ?10, event_data_bytes_max = ?11, client_events_per_second_max = ?12, \
         presence_members_max = ?13 WHERE id = ?1",
        &values(app.id, app),
    )?;
    delete_keys(tx, app.id)?;
    insert_keys(tx, app.id, app)
}

pub(super) fn delete<E: Engine>(tx: &mut Writing<'_, E>, id: AppId) -> Result<()> {
    delete_keys(tx, id)?;
    tx.put("DELETE FROM socket_apps WHERE id = ?1", &[id.0.into()])
}

fn insert_keys<E: Engine>(tx: &mut Writing<'_, E>, id: AppId, app: &SocketApp) -> Result<()> {
    for (at, pair) in (1_i64..).zip(&app.more_keys) {
        tx.put(
            "INSERT INTO socket_app_keys (app_id, number, key, secret) VALUES (?1, ?2, ?3, ?4)",
            &[
                id.0.into(),
                at.into(),
                (&pair.key).into(),
                (&pair.secret).into(),
            ],
        )?;
    }
    Ok(())
}

fn delete_keys<E: Engine>(tx: &mut Writing<'_, E>, id: AppId) -> Result<()> {
    let sql = "DELETE FROM socket_app_keys WHERE app_id = ?1";
    tx.put(sql, &[id.0.into()])
}

fn values(id: AppId, app: &SocketApp) -> [Value<'_>; 13] {
    let maybe = |it: Option<i64>| it.map_or(Value::Null, Value::Int);
    [
        id.0.into(),
        app.account_id.0.into(),
        (&app.name).into(),
        (&app.key).into(),
        (&app.secret).into(),
        app.client_events.into(),
        app.subscription_counts.into(),
        app.authorized_only.into(),
        app.disabled.into(),
        maybe(app.limits.connections_max),
        maybe(app.limits.event_data_bytes_max),
        maybe(app.limits.client_events_per_second_max),
        maybe(app.limits.presence_members_max),
    ]
}
