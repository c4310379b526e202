//! Socket applications: keys that clients name when they connect, secrets that sign, and what is switched on.

use domain::{AppId, Event, Kind};

use crate::{
    Error, Result,
    ports::{KeyPair, SocketApp, Tx},
};

/// Characters of a secret at least.
pub const SECRET_CHARS: usize = 16;
/// Characters of a key at most.
pub const KEY_CHARS: usize = 100;
/// Keys that are good at a time.
pub const KEYS: usize = 5;

/// Adds an application; its id is given and the one in `app` ignored. A key that is taken is a conflict.
pub fn create(tx: &mut dyn Tx, app: &SocketApp) -> Result<SocketApp> {
    check(tx, &app.key, &app.secret)?;
    let id = tx.insert_socket_app(app)?;
    tx.append(app.account_id, Event::SocketAppChanged { app_id: id })?;
    Ok(SocketApp { id, ..app.clone() })
}

/// Changes an application as `change` says; not its keys.
pub fn change(
    tx: &mut dyn Tx,
    id: AppId,
    change: impl FnOnce(&mut SocketApp),
) -> Result<SocketApp> {
    let mut app = load(tx, id)?;
    change(&mut app);
    tell(tx, app)
}

/// Gives an application another key beside those it has, so that its programs can change over one by one.
pub fn add_key(tx: &mut dyn Tx, id: AppId, new: KeyPair) -> Result<SocketApp> {
    let mut app = load(tx, id)?;
    if app.more_keys.len() + 1 >= KEYS {
        let text = format!("an application has at most {KEYS} keys");
        return Err(Error::refused(Kind::Invalid, text));
    }
    check(tx, &new.key, &new.secret)?;
    app.more_keys.push(new);
    tell(tx, app)
}

/// Takes a key from an application: nobody can use it any more. The last one stays.
pub fn retire_key(tx: &mut dyn Tx, id: AppId, key: &str) -> Result<SocketApp> {
    let mut app = load(tx, id)?;
    if let Some(at) = app.more_keys.iter().position(|it| it.key == key) {
        app.more_keys.remove(at);
    } else if app.key != key {
        return Err(Error::not_found("key"));
    } else if app.more_keys.is_empty() {
        let text = "this is the only key: give the application another one first";
        return Err(Error::refused(Kind::Invalid, text));
    } else {
        let next = app.more_keys.remove(0);
        (app.key, app.secret) = (next.key, next.secret);
    }
    tell(tx, app)
}

/// Removes an application. Its clients cannot connect any more.
pub fn remove(tx: &mut dyn Tx, id: AppId) -> Result<()> {
    let app = load(tx, id)?;
    tx.delete_socket_app(id)?;
    tx.append(app.account_id, Event::SocketAppChanged { app_id: id })
}

fn load(tx: &dyn Tx, id: AppId) -> Result<SocketApp> {
    let found = tx.socket_apps()?.into_iter().find(|it| it.id == id);
    found.ok_or_else(|| Error::not_found("socket application"))
}

fn tell(tx: &mut dyn Tx, app: SocketApp) -> Result<SocketApp> {
    tx.update_socket_app(&app)?;
    tx.append(app.account_id, Event::SocketAppChanged { app_id: app.id })?;
    Ok(app)
}

fn check(tx: &dyn Tx, key: &str, secret: &str) -> Result<()> {
    let is_allowed = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
    if key.is_empty() || key.len() > KEY_CHARS || !key.bytes().all(is_allowed) {
        let text = "a key is up to 100 letters, digits, hyphens and underscores";
        return Err(Error::refused(Kind::Invalid, text));
    }
    if secret.chars().count() < SECRET_CHARS {
        let text = "a secret has at least 16 characters";
        return Err(Error::refused(Kind::Invalid, text));
    }
    // Signatures name the key in any case, so two keys must differ in more than that.
    let has_it = |it: &SocketApp| {
        let mut more = it.more_keys.iter();
        it.key.eq_ignore_ascii_case(key) || more.any(|it| it.key.eq_ignore_ascii_case(key))
    };
    if tx.socket_apps()?.iter().any(has_it) {
        let text = "another application has this key";
        return Err(Error::refused(Kind::Conflict, text));
    }
    Ok(())
}
