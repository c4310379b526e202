//! Accounts and socket applications: what an operator sets up first.

use domain::{Account, AppId, Event, Kind};

use crate::{
    Error, Result,
    ports::{SocketApp, Tx},
};

/// Adds an account.
pub fn create(tx: &mut dyn Tx, name: &str) -> Result<Account> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::refused(Kind::Invalid, "an account needs a name"));
    }
    let account = tx.insert_account(name)?;
    tx.append(
        account.id,
        Event::AccountChanged {
            account: account.clone(),
        },
    )?;
    Ok(account)
}

/// Adds a socket application that clients name by `key`. It belongs to the server, not to one account.
pub fn create_socket_app(
    tx: &mut dyn Tx,
    account: &Account,
    key: &str,
    secret: &str,
    client_events: bool,
) -> Result<SocketApp> {
    if key.is_empty() || secret.len() < 16 {
        return Err(Error::refused(
            Kind::Invalid,
            "a socket application needs a key and a secret of at least 16 characters",
        ));
    }
    let mut app = SocketApp {
        id: AppId(0),
        key: key.to_owned(),
        secret: secret.to_owned(),
        client_events,
    };
    app.id = tx.insert_socket_app(&app)?;
    tx.append(account.id, Event::SocketAppChanged { app_id: app.id })?;
    Ok(app)
}
