//! Signs: what is shown of people beside messages, who types and who has read.
//!
//! Who types passes, is in no journal and stays on its server. What an agent has read is told to the network from the
//! journal, by the server that holds the inbox, or by one of them where any may; a server that dies over it leaves it
//! untold until the conversation is read again.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{
    AccountId, ConversationId, Direction, Entry, Event, InboxId, Message, MessageId, Thread,
};
use tokio::{
    sync::{broadcast, watch},
    task::JoinSet,
};

use crate::{
    Core, Result,
    deliveries::Carriers,
    directory::Connected,
    journal::Reader,
    nodes,
    ports::{Carrier, MessagePage},
    stopped,
};

/// Signs of typing that a listener may be behind; it misses the oldest.
const TYPING_BEHIND: usize = 1_024;
/// Messages that are told as read at once: the newest.
const READ_AT_ONCE: i64 = 50;
/// Conversations of which it is remembered up to where they were told as read. Of one that was forgotten, the newest
/// messages are told again, which changes nothing.
const REMEMBERED: usize = 20_000;
/// How long a network may take with a sign.
const TAKES: Duration = Duration::from_secs(20);
/// Signs under way at once; what comes while so many are waits.
const UNDER_WAY: usize = 64;
/// What one of the servers on a store holds that tells of reading where any may.
const TOLD_BY: &str = "read receipts";
/// After a failure to read the journal, try again after this.
const AGAIN: Duration = Duration::from_millis(500);

/// Which side types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typist {
    /// The other side.
    Contact,
    /// Somebody here.
    Us,
}

/// Somebody types, or no longer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// In whose conversation.
    pub account_id: AccountId,
    /// Of which inbox.
    pub inbox_id: InboxId,
    /// In which.
    pub conversation_id: ConversationId,
    /// Who.
    pub by: Typist,
    /// Whether they type now.
    pub on: bool,
}

impl Typed {
    /// In this conversation.
    pub fn in_thread(thread: &Thread, by: Typist, on: bool) -> Self {
        Self {
            account_id: thread.conversation.account_id,
            inbox_id: thread.inbox.id,
            conversation_id: thread.conversation.id,
            by,
            on,
        }
    }
}

/// Who types, told as it happens to whoever listens.
pub struct Typing(broadcast::Sender<Typed>);

impl Default for Typing {
    fn default() -> Self {
        Self(broadcast::Sender::new(TYPING_BEHIND))
    }
}

impl Typing {
    /// Tells of it.
    pub fn tell(&self, typed: Typed) {
        // Perhaps nobody listens.
        drop(self.0.send(typed));
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Typed> {
        self.0.subscribe()
    }
}

/// One sign of ours.
enum Sign {
    Typing {
        answered: Option<Box<Message>>,
        on: bool,
    },
    Read(Vec<Message>),
}

/// Shows networks who types here and what was read here.
pub struct Teller {
    core: Core,
    carriers: Carriers,
    node: Option<i64>,
    /// Up to where conversations were told as read.
    told: HashMap<ConversationId, MessageId>,
    under_way: JoinSet<()>,
}

impl Teller {
    /// A teller through these carriers, on this node of those that share the store.
    pub fn new(core: Core, carriers: Carriers, node: Option<i64>) -> Self {
        Self {
            core,
            carriers,
            node,
            told: HashMap::new(),
            under_way: JoinSet::new(),
        }
    }

    /// Runs until `stop` says so.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut typing = self.core.typing.listen();
        let mut reader = Reader::from_now(self.core.feed.clone(), self.core.store.clone());
        loop {
            tokio::select! {
                () = stopped(&mut stop) => return,
                heard = typing.recv() => {
                    if let Ok(it) = heard && it.by == Typist::Us {
                        self.tell_typing(&it).await;
                    }
                }
                batch = reader.next() => match batch {
                    Ok(batch) => for entry in &batch {
                        self.tell_read(entry).await;
                    },
                    Err(error) => {
                        tracing::error!(%error, "what was read is not told now");
                        tokio::time::sleep(AGAIN).await;
                    }
                }
            }
            while self.under_way.try_join_next().is_some() {}
        }
    }

    async fn tell_typing(&mut self, it: &Typed) {
        let Some((connected, carrier)) = self.reached(it.inbox_id) else {
            return;
        };
        if carrier.signs().is_none() || carrier.holds(it.inbox_id) == Some(false) {
            return;
        }
        let found = self.core.store.view(|view| {
            let Some(row) = view.find_conversation_by_id(it.conversation_id)? else {
                return Ok(None);
            };
            let page = newest(&view.list_messages(it.conversation_id, page())?);
            Ok(Some((row.address.source_id, page.last().cloned())))
        });
        let (to, answered) = match found {
            Ok(Some(found)) => found,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "typing is not shown");
                return;
            }
        };
        let sign = Sign::Typing {
            answered: answered.map(Box::new),
            on: it.on,
        };
        self.show(connected, carrier, to, sign).await;
    }

    async fn tell_read(&mut self, entry: &Entry) {
        let Event::ConversationSeen { thread, .. } = &entry.event else {
            return;
        };
        let Some((connected, carrier)) = self.reached(thread.inbox.id) else {
            return;
        };
        if carrier.signs().is_none() {
            return;
        }
        let messages = match self.unread(thread, &carrier).await {
            Ok(messages) if messages.is_empty() => return,
            Ok(messages) => messages,
            Err(error) => {
                tracing::warn!(%error, "what was read is not told");
                return;
            }
        };
        let to = thread.address.source_id.clone();
        self.show(connected, carrier, to, Sign::Read(messages))
            .await;
    }

    /// What is to be told as read of a conversation, by us.
    async fn unread(
        &mut self,
        thread: &Thread,
        carrier: &Arc<dyn Carrier>,
    ) -> Result<Vec<Message>> {
        let ours = match (carrier.holds(thread.inbox.id), self.node) {
            (Some(holds), _) => holds,
            (None, None) => true,
            (None, node) => {
                let hold = self
                    .core
                    .store
                    .transact(move |tx| nodes::hold(tx, TOLD_BY, node));
                hold.await?
            }
        };
        if !ours {
            return Ok(Vec::new());
        }
        let conversation = &thread.conversation;
        let page = self
            .core
            .store
            .view(|view| view.list_messages(conversation.id, page()))?;
        let seen_at = conversation.agent_last_seen_at;
        let told = self.told.get(&conversation.id).copied();
        let mut unread = newest(&page);
        unread.retain(|it| Some(it.id) > told && Some(it.created_at) <= seen_at);
        if let Some(last) = unread.last() {
            if self.told.len() >= REMEMBERED {
                self.told.clear();
            }
            self.told.insert(conversation.id, last.id);
        }
        Ok(unread)
    }

    fn reached(&self, inbox: InboxId) -> Option<(Connected, Arc<dyn Carrier>)> {
        let connected = self.core.directory.inbox(inbox)?;
        let carrier = self.carriers.get(connected.inbox.carrier.as_str())?.clone();
        Some((connected, carrier))
    }

    /// Has a carrier show something, without waiting for it.
    async fn show(
        &mut self,
        connected: Connected,
        carrier: Arc<dyn Carrier>,
        to: String,
        sign: Sign,
    ) {
        if self.under_way.len() >= UNDER_WAY {
            self.under_way.join_next().await;
        }
        self.under_way.spawn(async move {
            let Some(signs) = carrier.signs() else {
                return;
            };
            let (inbox, settings) = (&*connected.inbox, &*connected.settings);
            let shown = async {
                match &sign {
                    Sign::Typing { answered, on } => {
                        let answered = answered.as_deref();
                        signs.typing(inbox, settings, &to, answered, *on).await
                    }
                    Sign::Read(messages) => signs.read(inbox, settings, &to, messages).await,
                }
            };
            match tokio::time::timeout(TAKES, shown).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::info!(inbox.id = inbox.id.0, %error, "a network was not shown what was done");
                }
                Err(_) => tracing::info!(inbox.id = inbox.id.0, "a network takes long with a sign"),
            }
        });
    }
}

fn page() -> MessagePage {
    MessagePage {
        limit: READ_AT_ONCE,
        ..MessagePage::default()
    }
}

/// What the other side said, oldest first.
fn newest(page: &[Message]) -> Vec<Message> {
    let mut all: Vec<Message> = page
        .iter()
        .filter(|it| it.direction == Direction::In)
        .cloned()
        .collect();
    all.sort_by_key(|it| it.id);
    all
}
