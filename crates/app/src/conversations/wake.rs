//! Conversations and notifications that were put off until a time come back at that time.

use std::{sync::Arc, time::Duration};

use domain::ConversationStatus;
use tokio::sync::watch;

use super::{NewStatus, set_status};
use crate::{Actor, Core, Result, Scope, directory::Directory, notifications, ports::Tx, stopped};

/// How often to look for those whose time has come.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Woken in one transaction, so that nobody waits for it.
const BITE: i64 = 100;

/// Opens every conversation whose time has come, at most so many. Returns how many.
pub fn wake(tx: &mut dyn Tx, directory: &Directory) -> Result<usize> {
    let due = tx.list_snoozed(tx.now(), BITE)?;
    for (account_id, number) in &due {
        let scope = Scope {
            account_id: *account_id,
            actor: Actor::System,
        };
        let open = NewStatus::To(ConversationStatus::Open, None);
        set_status(tx, directory, &scope, *number, open)?;
    }
    Ok(due.len())
}

/// Wakes conversations until `stop` says so.
pub async fn run_waking(core: Core, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(error) = wake_all(&core).await {
            tracing::error!(%error, "conversations that were put off could not be opened");
        }
        if let Err(error) = wake_notifications(&core).await {
            tracing::error!(%error, "notifications that were put off could not be brought back");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

async fn wake_all(core: &Core) -> Result<()> {
    loop {
        let now = core.clock.now();
        // Nothing is written while nothing is due.
        if core
            .store
            .view(|view| view.list_snoozed(now, 1))?
            .is_empty()
        {
            return Ok(());
        }
        let directory: Arc<Directory> = core.directory.clone();
        core.store.transact(move |tx| wake(tx, &directory)).await?;
    }
}

async fn wake_notifications(core: &Core) -> Result<()> {
    loop {
        let now = core.clock.now();
        let due = core
            .store
            .view(|view| view.list_snoozed_notifications(now, 1))?;
        if due.is_empty() {
            return Ok(());
        }
        let directory: Arc<Directory> = core.directory.clone();
        let wake = move |tx: &mut dyn Tx| notifications::wake(tx, &directory, BITE);
        core.store.transact(wake).await?;
    }
}
