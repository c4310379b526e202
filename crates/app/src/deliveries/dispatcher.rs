//! Works through the deliveries: conversations side by side, one conversation in order, no inbox behind another.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use domain::{ConversationId, Event, InboxId, InboxState, Timestamp};
use tokio::{sync::mpsc, task::JoinSet};

use super::{Schedule, parts, settle};
use crate::{
    Core, Result,
    directory::Connected,
    journal::Reader,
    limits::IN_FLIGHT_PER_INBOX,
    ports::{Accepted, Carrier, Delivery, Outgoing, SendError},
    stopped,
};

/// The carriers of this server by name.
pub type Carriers = BTreeMap<&'static str, Arc<dyn Carrier>>;

/// How often to look for due deliveries that nothing has announced.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Sends what is due, for ever.
pub struct Dispatcher {
    core: Core,
    carriers: Carriers,
    schedule: Schedule,
    busy: HashSet<ConversationId>,
    load: BTreeMap<InboxId, usize>,
    under_way: JoinSet<(InboxId, ConversationId)>,
}

impl Dispatcher {
    /// A dispatcher that sends through these carriers.
    pub fn new(core: Core, carriers: Carriers, schedule: Schedule) -> Self {
        Self {
            core,
            carriers,
            schedule,
            busy: HashSet::new(),
            load: BTreeMap::new(),
            under_way: JoinSet::new(),
        }
    }

    /// Runs until `stop` says so, then waits for what is under way.
    pub async fn run(mut self, mut stop: tokio::sync::watch::Receiver<bool>) {
        let (announce, mut announced) = mpsc::channel(1);
        let announcer = tokio::spawn(announce_new(self.core.clone(), announce));
        let mut wait = Duration::ZERO;
        loop {
            tokio::select! {
                () = stopped(&mut stop) => break,
                _ = announced.recv() => {}
                () = tokio::time::sleep(wait) => {}
                Some(ended) = self.under_way.join_next(), if !self.under_way.is_empty() => {
                    self.release(ended);
                }
            }
            while let Some(ended) = self.under_way.try_join_next() {
                self.release(ended);
            }
            wait = self.start_due().unwrap_or_else(|error| {
                tracing::error!(%error, "deliveries cannot be read");
                LOOK_EVERY
            });
        }
        announcer.abort();
        while self.under_way.join_next().await.is_some() {}
    }

    fn release(&mut self, ended: Result<(InboxId, ConversationId), tokio::task::JoinError>) {
        match ended {
            Ok((inbox, conversation)) => {
                self.busy.remove(&conversation);
                if let Some(load) = self.load.get_mut(&inbox) {
                    *load = load.saturating_sub(1);
                }
            }
            Err(error) => tracing::error!(%error, "a delivery's task failed"),
        }
    }

    /// Starts everything that may start now. Returns how long nothing else will become due.
    fn start_due(&mut self) -> Result<Duration> {
        let now = self.core.clock.now();
        let mut wait = LOOK_EVERY;
        let inboxes = self
            .core
            .store
            .view(|view| view.inboxes_with_deliveries())?;
        for id in inboxes {
            let Some(connected) = self.core.directory.inbox(id) else {
                continue;
            };
            if matches!(connected.inbox.state, InboxState::Paused { .. }) {
                continue;
            }
            let load = self.load.get(&id).copied().unwrap_or(0);
            let free = IN_FLIGHT_PER_INBOX.saturating_sub(load);
            // Those under way are among the heads, so ask for as many more as may start, and a few to wait for.
            let limit = i64::try_from(4 * IN_FLIGHT_PER_INBOX).unwrap_or(i64::MAX);
            let heads = self
                .core
                .store
                .view(|view| view.list_delivery_heads(id, limit))?;
            let idle = heads
                .into_iter()
                .filter(|it| !self.busy.contains(&it.conversation_id));
            let (due, later): (Vec<_>, Vec<_>) = idle.partition(|it| it.next_at <= now);
            if let Some(next) = later.iter().map(|it| it.next_at).min() {
                wait = wait.min(next.duration_since(now).unsigned_abs());
            }
            for delivery in due.into_iter().take(free) {
                self.start(&connected, delivery);
            }
        }
        Ok(wait)
    }

    fn start(&mut self, connected: &Connected, delivery: Delivery) {
        let Some(carrier) = self.carriers.get(connected.inbox.carrier.as_str()).cloned() else {
            return;
        };
        self.busy.insert(delivery.conversation_id);
        *self.load.entry(delivery.inbox_id).or_default() += 1;
        let attempt = Attempt {
            core: self.core.clone(),
            schedule: self.schedule.clone(),
            carrier,
            connected: connected.clone(),
            delivery,
        };
        self.under_way.spawn(async move {
            let place = (attempt.delivery.inbox_id, attempt.delivery.conversation_id);
            if let Err(error) = attempt.make().await {
                tracing::error!(%error, "a delivery's outcome could not be stored; it will be sent again");
                tokio::time::sleep(LOOK_EVERY).await;
            }
            place
        });
    }
}

/// Wakes the dispatcher when the journal has something to send.
async fn announce_new(core: Core, announce: mpsc::Sender<()>) {
    let mut reader = Reader::from_now(core.feed.clone(), core.store.clone());
    loop {
        match reader.next().await {
            Ok(batch) => {
                let news = batch.iter().any(|entry| match &entry.event {
                    Event::MessageCreated { spoken, .. } => {
                        spoken.message.direction == domain::Direction::Out
                    }
                    Event::InboxChanged { .. } | Event::SessionChanged { .. } => true,
                    _ => false,
                });
                // A full queue holds a wake-up already.
                if news && announce.try_send(()).is_err() && announce.is_closed() {
                    return;
                }
            }
            Err(error) => {
                tracing::error!(%error, "the journal cannot be read");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

/// One attempt at one part.
struct Attempt {
    core: Core,
    schedule: Schedule,
    carrier: Arc<dyn Carrier>,
    connected: Connected,
    delivery: Delivery,
}

impl Attempt {
    async fn make(&self) -> Result<()> {
        let Some(outgoing) = self.outgoing()? else {
            return self.settle_failed("the message is gone".to_owned()).await;
        };
        let Connected { inbox, settings } = &self.connected;
        match self.carrier.send(inbox, settings, &outgoing).await {
            Ok(answer) => self.settle_accepted(answer).await,
            Err(SendError::ForGood { reason }) => self.settle_failed(reason).await,
            Err(SendError::ForNow {
                reason,
                retry_after,
            }) => self.settle_postponed(reason, retry_after).await,
            Err(SendError::Unauthorized { reason }) => self.settle_unauthorized(reason).await,
        }
    }

    fn outgoing(&self) -> Result<Option<Outgoing>> {
        let found = self.core.store.view(|view| {
            let Some(message) = view.find_message(self.delivery.message_id)? else {
                return Ok(None);
            };
            let row = view.find_conversation_by_id(message.conversation_id)?;
            Ok(row.map(|row| (message, row.address.source_id)))
        })?;
        let Some((message, to)) = found else {
            return Ok(None);
        };
        let part = usize::try_from(self.delivery.part).ok();
        let Some(part) = part.and_then(|part| parts(&message).get(part).copied()) else {
            return Ok(None);
        };
        let attachment = part
            .attachment
            .and_then(|index| message.attachments.get(index));
        let file_url = part
            .attachment
            .zip(attachment)
            .and_then(|(index, it)| self.core.file_url(&message, index, it));
        let attachment = attachment.cloned();
        let text = message.content.clone().filter(|_| part.text);
        Ok(Some(Outgoing {
            message,
            text,
            attachment,
            file_url,
            to,
        }))
    }

    async fn settle_accepted(&self, answer: Accepted) -> Result<()> {
        let (directory, delivery) = (self.core.directory.clone(), self.delivery.clone());
        self.core
            .store
            .transact(move |tx| settle::accepted(tx, &directory, &delivery, &answer))
            .await
    }

    async fn settle_failed(&self, reason: String) -> Result<()> {
        tracing::warn!(
            delivery.id = self.delivery.id.0,
            inbox.id = self.delivery.inbox_id.0,
            reason,
            "a message failed"
        );
        let (directory, delivery) = (self.core.directory.clone(), self.delivery.clone());
        self.core
            .store
            .transact(move |tx| settle::failed(tx, &directory, &delivery, &reason))
            .await
    }

    async fn settle_postponed(&self, reason: String, asked: Option<Duration>) -> Result<()> {
        let now = self.core.clock.now();
        let age = now.duration_since(self.delivery.created_at).unsigned_abs();
        if age >= self.schedule.give_up_after {
            return self
                .settle_failed(format!(
                    "given up after {} attempts: {reason}",
                    self.delivery.attempts + 1
                ))
                .await;
        }
        let spread = now.subsec_microsecond().to_le_bytes()[0];
        let wait = self
            .schedule
            .wait(self.delivery.attempts + 1, asked, spread);
        let next_at = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
        tracing::info!(
            delivery.id = self.delivery.id.0,
            inbox.id = self.delivery.inbox_id.0,
            delivery.attempt = self.delivery.attempts + 1,
            wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            reason,
            "a delivery waits"
        );
        let delivery = self.delivery.clone();
        self.core
            .store
            .transact(move |tx| settle::postponed(tx, &delivery, next_at))
            .await
    }

    async fn settle_unauthorized(&self, reason: String) -> Result<()> {
        tracing::warn!(
            inbox.id = self.delivery.inbox_id.0,
            reason,
            "the inbox is paused"
        );
        let (directory, delivery) = (self.core.directory.clone(), self.delivery.clone());
        let connected = self.connected.clone();
        self.core
            .store
            .transact(move |tx| {
                settle::unauthorized(tx, &directory, &connected, &delivery, &reason)
            })
            .await
    }
}
