//! Closing an account: nobody reaches it from the commit on, and what is kept of it goes in the background.

use domain::{AccountId, Event};

use crate::{Error, Result, conversations, ports::Tx};

/// Closes an account. Its name is forgotten with it; its number is never given again.
pub fn remove(tx: &mut dyn Tx, id: AccountId) -> Result<()> {
    if !tx.accounts()?.iter().any(|it| it.id == id) {
        return Err(Error::not_found("account"));
    }
    let inboxes = tx.inboxes()?.into_iter().map(|it| it.inbox);
    let inboxes = inboxes.filter(|it| it.account_id == id).map(Into::into);
    let apps = tx.socket_apps()?.into_iter();
    let apps = apps.filter(|it| it.account_id == id).map(|it| it.id);
    let event = Event::AccountRemoved {
        inboxes: inboxes.collect(),
        apps: apps.collect(),
    };
    tx.append(id, event)?;
    conversations::set_idle(tx, id, None)?;
    tx.remove_account(id)
}
