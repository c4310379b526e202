//! Erases what is kept of closed accounts, bite by bite.
//!
//! Where it is it reads from the rows themselves, so that it goes on wherever the server died. Files go before the
//! messages that name them. A closed account is looked at for a while longer: what was under way when it was closed,
//! on this node or another, may have left something.

use std::{sync::Arc, time::Duration};

use domain::{AccountId, Agent, AgentId, ConversationId, Event, InboxId, MessageId, Role};
use jiff::SignedDuration;
use tokio::sync::watch;

use crate::{
    Core, Result,
    pictures::{self, Owner},
    ports::{Closed, Tx, View},
    stop::persist,
};

/// How often to look for closed accounts.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Rows erased in one transaction, roughly, so that nobody waits for it.
const BITE: i64 = 200;
/// Entries of the journal looked at in one transaction.
const ENTRIES: i64 = 2_000;
/// Between two transactions, so that others have their turns.
const BETWEEN: Duration = Duration::from_millis(2);
/// Longer than anything that was under way when an account was closed can take.
const STRAGGLERS: SignedDuration = SignedDuration::from_mins(15);

/// What doors and carriers keep of an account beside its rows, under names of their own.
pub trait Belongings: Send + Sync {
    /// Whether a person who works for no other account is not this one's alone: then they stay, and work for nobody.
    fn stays(&self, view: &dyn View, agent: AgentId) -> Result<bool>;
    /// Forgets what is kept of an account, of its inboxes and of the people who go with it.
    fn forget(
        &self,
        tx: &mut dyn Tx,
        account: AccountId,
        inboxes: &[InboxId],
        agents: &[AgentId],
    ) -> Result<()>;
    /// Forgets what carriers keep of an inbox.
    fn forget_inbox(&self, tx: &mut dyn Tx, id: InboxId) -> Result<()>;
    /// Forgets what is kept of a conversation.
    fn forget_conversation(&self, tx: &mut dyn Tx, id: ConversationId) -> Result<()>;
}

/// Erases closed accounts, for ever.
pub struct Eraser {
    core: Core,
    belongings: Arc<dyn Belongings>,
}

impl Eraser {
    /// One that also has this forgotten.
    pub fn new(core: Core, belongings: Arc<dyn Belongings>) -> Self {
        Self { core, belongings }
    }

    /// Runs until `stop` says so.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let failed = "a closed account could not be erased; it will be tried again";
        persist(stop, LOOK_EVERY, failed, || self.erase_all()).await;
    }

    async fn erase_all(&self) -> Result<()> {
        let closed = self.core.store.view(|view| view.closed_accounts())?;
        for it in closed {
            self.erase(it).await?;
        }
        Ok(())
    }

    async fn erase(&self, it: Closed) -> Result<()> {
        self.erase_people(it.id).await?;
        loop {
            let said = self.erase_messages(it.id).await?;
            let rows = match said {
                0 => {
                    let store = &self.core.store;
                    store.transact(move |tx| tx.erase(it.id, BITE)).await?
                }
                said => said,
            };
            if rows == 0 {
                break;
            }
            tokio::time::sleep(BETWEEN).await;
        }
        let all = self.erase_entries(it.id).await?;
        let now = self.core.clock.now();
        if all && now.duration_since(it.at) > STRAGGLERS {
            let store = &self.core.store;
            store.transact(move |tx| tx.end_erasing(it.id)).await?;
            tracing::info!(account.id = it.id.0, "a closed account is erased");
        }
        Ok(())
    }

    /// First, so that the addresses of those who go are free; and with what is kept under names, while there are
    /// numbers to find it by. Whoever works for another account loses what they had in this one and nothing else.
    async fn erase_people(&self, id: AccountId) -> Result<()> {
        let belongings = self.belongings.clone();
        let erase = move |tx: &mut dyn Tx| {
            let inboxes = tx.inboxes()?.into_iter().map(|it| it.inbox);
            let inboxes = inboxes.filter(|it| it.account_id == id).map(|it| it.id);
            let inboxes: Vec<InboxId> = inboxes.collect();
            let agents = tx.agents()?.into_iter();
            let (mut gone, mine) = (Vec::new(), agents.filter(|it| it.account_id == id));
            for agent in mine {
                tx.erase_seat(id, agent.id)?;
                let seats = tx.seats_of(agent.id)?;
                if seats.iter().any(|it| it.account_id != AccountId::NOBODYS) {
                    continue;
                }
                tx.delete_tokens_of(agent.id)?;
                if !agent.is_bot() && belongings.stays(&*tx, agent.id)? {
                    release(tx, agent)?;
                } else {
                    pictures::discard(tx, id, Owner::Agent(agent.id))?;
                    tx.erase_agent(agent.id)?;
                    gone.push(agent.id);
                }
            }
            for inbox in &inboxes {
                pictures::discard(tx, id, Owner::Inbox(*inbox))?;
            }
            belongings.forget(tx, id, &inboxes, &gone)
        };
        self.core.store.transact(erase).await
    }

    /// Erases a bite of what was said, with its files. Returns how many messages that were.
    async fn erase_messages(&self, id: AccountId) -> Result<usize> {
        let bite = |view: &dyn View| view.list_messages_of_account(id, BITE);
        let messages = self.core.store.view(bite)?;
        for file in messages.iter().flat_map(|it| &it.attachments) {
            if let Some(file) = &file.file {
                self.core.media.forget(&file.key).await;
            }
        }
        let ids: Vec<MessageId> = messages.iter().map(|it| it.id).collect();
        let count = ids.len();
        if count > 0 {
            let store = &self.core.store;
            store.transact(move |tx| tx.erase_messages(&ids)).await?;
        }
        Ok(count)
    }

    /// Erases the account's entries. Returns whether there are none left but the newest of all, which stays: the next
    /// is numbered after it.
    async fn erase_entries(&self, id: AccountId) -> Result<bool> {
        let place = format!("erase/{id}");
        loop {
            let name = place.clone();
            let bite = move |tx: &mut dyn Tx| {
                let from = tx.find_cursor(&name)?.unwrap_or(0);
                let until = tx.journal_head()?.saturating_sub(1).min(from + ENTRIES);
                if until <= from {
                    return Ok(true);
                }
                tx.erase_entries(id, from, until)?;
                tx.set_cursor(&name, until)?;
                Ok(false)
            };
            if self.core.store.transact(bite).await? {
                return Ok(true);
            }
            tokio::time::sleep(BETWEEN).await;
        }
    }
}

/// Somebody whose account is closed works for nobody.
fn release(tx: &mut dyn Tx, was: Agent) -> Result<()> {
    let agent = Agent {
        account_id: AccountId::NOBODYS,
        role: Role::Agent,
        token_generation: was.token_generation + 1,
        ..was.clone()
    };
    tx.update_agent(&agent)?;
    let event = Event::AgentChanged {
        agent: Arc::new(agent),
        was: Some(Arc::new(was)),
    };
    tx.append(AccountId::NOBODYS, event)
}
