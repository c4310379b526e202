//! Accounts: what an operator sets up first.

use domain::{Account, Event, Kind};

use crate::{Error, Result, ports::Tx};

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
