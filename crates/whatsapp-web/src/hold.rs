//! Which server opens which phone, of those that share the store: one at a time, and another when that one has died.

use std::sync::{Arc, atomic::Ordering};

use app::{Error, Result, nodes, ports::Tx};
use domain::{Inbox, InboxId, Kind};

use crate::{NAME, WhatsAppWeb};

/// What the server holds that opens a phone.
pub(crate) fn named(id: InboxId) -> String {
    format!("{NAME} {id}")
}

impl WhatsAppWeb {
    /// Whether other servers may be on the store.
    pub(crate) fn is_shared(&self) -> bool {
        self.0.settings.node.is_some()
    }

    /// Whether this server is the one to open a phone, as far as it knows.
    pub(crate) fn is_held(&self, id: InboxId) -> bool {
        !self.is_shared() || self.line(id).held.load(Ordering::SeqCst)
    }

    /// Takes hold of a phone, unless another server has it that lives. Returns whether this one has.
    pub(crate) async fn take_hold(&self, id: InboxId) -> Result<bool> {
        let Some(node) = self.0.settings.node else {
            return Ok(true);
        };
        let hold = move |tx: &mut dyn Tx| nodes::hold(tx, &named(id), Some(node));
        let held = self.core().store.transact(hold).await?;
        self.line(id).held.store(held, Ordering::SeqCst);
        Ok(held)
    }

    /// Takes hold of a phone, or says that another server has it.
    pub(crate) async fn hold_here(&self, inbox: &Inbox) -> Result<()> {
        if self.is_held(inbox.id) || self.take_hold(inbox.id).await? {
            return Ok(());
        }
        Err(Error::refused(
            Kind::Unavailable,
            "another server of this database has the phone: ask again in a moment",
        ))
    }

    /// Looks who has which phone: opens those that have come to this server, and drops those that were taken from it
    /// because it was taken for dead.
    pub(crate) async fn look_who_holds(&self, phones: &[Arc<Inbox>]) -> Result<()> {
        let Some(node) = self.0.settings.node else {
            return Ok(());
        };
        for inbox in phones {
            let what = named(inbox.id);
            let (ours, free) = self.core().store.view(|view| {
                let ours = nodes::holds(view, &what, Some(node))?;
                Ok((ours, !ours && nodes::is_free(view, &what)?))
            })?;
            let thought = self.line(inbox.id).held.swap(ours, Ordering::SeqCst);
            if thought && !ours {
                tracing::warn!(
                    inbox.id = inbox.id.0,
                    "another server has taken a phone over"
                );
                self.abandon(inbox.id).await;
            }
            if (ours && !thought) || (free && self.take_hold(inbox.id).await?) {
                self.reopen(inbox).await?;
            }
        }
        Ok(())
    }

    /// Lets every phone go, for another server to take at once.
    pub(crate) async fn let_all_go(&self) {
        let Some(node) = self.0.settings.node else {
            return;
        };
        for (id, line) in self.lines() {
            if !line.held.swap(false, Ordering::SeqCst) {
                continue;
            }
            let let_go = move |tx: &mut dyn Tx| nodes::let_go(tx, &named(id), Some(node));
            if let Err(error) = self.core().store.transact(let_go).await {
                tracing::warn!(%error, inbox.id = id.0, "another server opens a phone later than it might");
            }
        }
    }
}
