//! Accounts: what an operator sets up first, and closes in the end.

mod eraser;
mod remove;

use domain::{Account, AccountId, Event, Kind};

pub use eraser::{Belongings, Eraser};
pub use remove::remove;

use crate::{Error, Result, ports::Tx};

/// Adds an account.
pub fn create(tx: &mut dyn Tx, name: &str) -> Result<Account> {
    let account = tx.insert_account(named(name)?)?;
    tell(tx, &account)?;
    Ok(account)
}

/// Calls an account by another name.
pub fn rename(tx: &mut dyn Tx, id: AccountId, name: &str) -> Result<Account> {
    let found = tx.accounts()?.into_iter().find(|it| it.id == id);
    let mut account = found.ok_or_else(|| Error::not_found("account"))?;
    named(name)?.clone_into(&mut account.name);
    tx.update_account(&account)?;
    tell(tx, &account)?;
    Ok(account)
}

fn named(name: &str) -> Result<&str> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::refused(Kind::Invalid, "an account needs a name"));
    }
    Ok(name)
}

fn tell(tx: &mut dyn Tx, account: &Account) -> Result<()> {
    let account = account.clone();
    tx.append(account.id, Event::AccountChanged { account })
}
