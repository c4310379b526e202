//! Socket applications: a key that clients name when they connect, a secret that signs, and what is switched on.

use domain::{AppId, Event, Kind};

use crate::{
    Error, Result,
    ports::{SocketApp, Tx},
};

/// Characters of a secret at least.
pub const SECRET_CHARS: usize = 16;
/// Characters of a key at most.
pub const KEY_CHARS: usize = 100;

/// Adds an application; its id is given and the one in `app` ignored. A key that is taken is a conflict.
pub fn create(tx: &mut dyn Tx, app: &SocketApp) -> Result<SocketApp> {
    let is_key = |key: &str| {
        let is_allowed = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
        !key.is_empty() && key.len() <= KEY_CHARS && key.bytes().all(is_allowed)
    };
    if !is_key(&app.key) {
        let text = "a key is up to 100 letters, digits, hyphens and underscores";
        return Err(Error::refused(Kind::Invalid, text));
    }
    if app.secret.chars().count() < SECRET_CHARS {
        let text = "a secret has at least 16 characters";
        return Err(Error::refused(Kind::Invalid, text));
    }
    // Signatures name the key in any case, so two keys must differ in more than that.
    let mut others = tx.socket_apps()?.into_iter();
    if others.any(|it| it.key.eq_ignore_ascii_case(&app.key)) {
        let text = "another application has this key";
        return Err(Error::refused(Kind::Conflict, text));
    }
    let id = tx.insert_socket_app(app)?;
    tx.append(app.account_id, Event::SocketAppChanged { app_id: id })?;
    Ok(SocketApp { id, ..app.clone() })
}

/// Removes an application. Its clients cannot connect any more.
pub fn remove(tx: &mut dyn Tx, id: AppId) -> Result<()> {
    let found = tx.socket_apps()?.into_iter().find(|it| it.id == id);
    let app = found.ok_or_else(|| Error::not_found("socket application"))?;
    tx.delete_socket_app(id)?;
    tx.append(app.account_id, Event::SocketAppChanged { app_id: id })
}
