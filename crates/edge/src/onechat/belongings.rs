//! What doors keep of accounts and people beside their rows, and how it is forgotten when an account is closed.

use app::{
    Result,
    accounts::Belongings,
    ports::{Tx, View},
};
use domain::{AccountId, AgentId, ConversationId, InboxId};

use super::{account as settings, drafts, platform, profile};
use crate::maytapi;

/// Under what a carrier keeps something of an inbox: its own name, and that of the inbox.
pub type Keeping = (&'static str, fn(InboxId) -> String);

/// What the doors keep, and what the carriers do.
pub struct Doors {
    /// What carriers keep.
    pub of_inboxes: Vec<Keeping>,
    /// Names of keepers that keep nothing but what one inbox has.
    pub keepers_of_inboxes: Vec<fn(InboxId) -> String>,
}

impl Belongings for Doors {
    fn stays(&self, view: &dyn View, agent: AgentId) -> Result<bool> {
        platform::made_user(view, agent)
    }

    fn forget(
        &self,
        tx: &mut dyn Tx,
        account: AccountId,
        inboxes: &[InboxId],
        agents: &[AgentId],
    ) -> Result<()> {
        platform::forget(tx, account, agents)?;
        maytapi::forget(tx, account)?;
        settings::forget(tx, account)?;
        for agent in agents {
            profile::forget(tx, *agent)?;
        }
        for inbox in inboxes {
            self.forget_inbox(tx, *inbox)?;
        }
        Ok(())
    }

    fn forget_inbox(&self, tx: &mut dyn Tx, id: InboxId) -> Result<()> {
        for (keeper, name) in &self.of_inboxes {
            tx.keep(keeper, &name(id), None)?;
        }
        for keeper in &self.keepers_of_inboxes {
            tx.forget_kept(&keeper(id))?;
        }
        Ok(())
    }

    fn forget_conversation(&self, tx: &mut dyn Tx, id: ConversationId) -> Result<()> {
        drafts::forget(tx, id)
    }
}
