//! The engine: leases what is due, has it attempted, and settles it. No receiver waits for another.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use domain::Timestamp;
use tokio::{
    sync::{Notify, watch},
    task::{Id, JoinError, JoinSet},
};

use super::{
    Carriers, Receiver, Settings, attempt,
    load::{Load, Plan},
    settings::Shared,
};
use crate::{
    Core, Result,
    directory::Tables,
    hooks::{Dialects, HookDesk},
    pacing::{Leased, Paces},
    ports::{Claim, Lease, Tx},
    stopped,
};

/// How often to look for due deliveries that nothing has announced.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Makes deliveries, for ever.
pub struct Sender {
    shared: Shared,
    news: Arc<Notify>,
    load: Load,
    under_way: JoinSet<Option<Timestamp>>,
    /// Whose the tasks under way are, and whether they are retries.
    whose: HashMap<Id, (Receiver, bool)>,
    /// Who has a place free since the last look.
    freed: BTreeSet<Receiver>,
    /// When to look at everybody again.
    look_at: Timestamp,
}

impl Sender {
    /// An engine that looks when it is rung.
    pub fn new(
        core: Core,
        dialects: Dialects,
        carriers: Carriers,
        desk: HookDesk,
        settings: Settings,
    ) -> Self {
        let HookDesk {
            poster,
            news,
            figures,
        } = desk;
        Self {
            shared: Shared {
                core,
                dialects: Arc::new(dialects),
                carriers: Arc::new(carriers),
                poster,
                settings: Arc::new(settings),
                figures,
            },
            news,
            load: Load::default(),
            under_way: JoinSet::new(),
            whose: HashMap::new(),
            freed: BTreeSet::new(),
            look_at: Timestamp::MIN,
        }
    }

    /// Runs until `stop` says so, then waits for what is under way.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        self.release_own().await;
        loop {
            if let Err(error) = self.start_due().await {
                tracing::error!(%error, "deliveries cannot be read");
                self.look_after(LOOK_EVERY);
            }
            let now = self.shared.core.clock.now();
            let wait = self.look_at.duration_since(now);
            let wait = Duration::try_from(wait).unwrap_or_default();
            tokio::select! {
                () = stopped(&mut stop) => break,
                () = self.news.notified() => self.look_at = Timestamp::MIN,
                () = tokio::time::sleep(wait) => {}
                Some(ended) = self.under_way.join_next_with_id() => self.end(ended),
            }
            while let Some(ended) = self.under_way.try_join_next_with_id() {
                self.end(ended);
            }
        }
        while self.under_way.join_next().await.is_some() {}
    }

    /// Whatever this sender had leased before it died is due again, without waiting for the leases to end.
    async fn release_own(&self) {
        let owner = self.shared.settings.owner;
        let store = &self.shared.core.store;
        let released = store.transact(move |tx| tx.release_deliveries(owner)).await;
        if let Err(error) = released {
            tracing::error!(%error, "what was leased before the start waits until its leases end");
        }
    }

    fn end(&mut self, ended: Result<(Id, Option<Timestamp>), JoinError>) {
        let (id, again_at) = ended.unwrap_or_else(|error| {
            tracing::error!(%error, "an attempt's task failed; it will be made again");
            (error.id(), None)
        });
        if let Some(again_at) = again_at {
            self.look_at = self.look_at.min(again_at);
        }
        if let Some((to, retry)) = self.whose.remove(&id) {
            self.load.ended(to, retry);
            self.freed.insert(to);
        }
    }

    fn look_after(&mut self, wait: Duration) {
        let now = self.shared.core.clock.now();
        self.look_at = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    }

    /// Whether another server is the one that reaches a receiver.
    fn is_held_elsewhere(&self, tables: &Tables, to: Receiver) -> bool {
        let Receiver::Inbox(id) = to else {
            return false;
        };
        let carrier = tables
            .inboxes
            .get(&id)
            .and_then(|it| self.shared.carriers.get(it.inbox.carrier.as_str()));
        carrier.and_then(|it| it.holds(id)) == Some(false)
    }

    /// Starts everything that may start now: for everybody if it is time to, else where a place is free again.
    async fn start_due(&mut self) -> Result<()> {
        let core = self.shared.core.clone();
        let now = core.clock.now();
        let freed = std::mem::take(&mut self.freed);
        let everybody = self.look_at <= now || self.load.was_full();
        let due = if everybody {
            self.look_after(LOOK_EVERY);
            let (due, next) = core
                .store
                .view(|view| Ok((view.receivers_due(now)?, view.next_delivery_at(now)?)))?;
            self.look_at = self.look_at.min(next.unwrap_or(Timestamp::MAX));
            due
        } else {
            core.store.view(|view| {
                let due = |to: &Receiver| view.is_due(*to, now);
                let mut all = Vec::new();
                for to in freed {
                    if due(&to)? {
                        all.push(to);
                    }
                }
                Ok(all)
            })?
        };
        let tables = core.directory.tables();
        let due: Vec<Receiver> = due
            .into_iter()
            .filter(|to| !self.is_held_elsewhere(&tables, *to))
            .collect();
        let Plan { claims, next } = self.load.plan(&tables, &self.shared.figures, &due, now);
        self.look_at = self.look_at.min(next.unwrap_or(Timestamp::MAX));
        if claims.is_empty() {
            return Ok(());
        }
        let lease = Lease {
            owner: self.shared.settings.owner,
            now,
            until: now
                .saturating_add(self.shared.settings.lease)
                .unwrap_or(Timestamp::MAX),
        };
        let (paces, whose) = (core.paces.clone(), tables.clone());
        let leased = core
            .store
            .transact(move |tx| lease_all(tx, &paces, &whose, &claims, &lease))
            .await?;
        let Leased {
            deliveries,
            stale,
            again_at,
        } = leased;
        self.look_at = self.look_at.min(again_at.unwrap_or(Timestamp::MAX));
        for delivery in deliveries {
            let (to, retry) = (delivery.to, delivery.attempts > 0);
            self.load
                .started(&tables, &self.shared.figures, to, retry, now);
            let shared = self.shared.clone();
            let too_old = stale.contains(&delivery.id);
            let task = self.under_way.spawn(async move {
                attempt::make(&shared, delivery, too_old).await.unwrap_or_else(|error| {
                    tracing::error!(%error, "an attempt's outcome could not be stored; it will be made again");
                    None
                })
            });
            self.whose.insert(task.id(), (to, retry));
        }
        Ok(())
    }
}

/// Leases what was claimed, as far as the paces of inboxes let it leave.
fn lease_all(
    tx: &mut dyn Tx,
    paces: &Paces,
    tables: &Tables,
    claims: &[Claim],
    lease: &Lease,
) -> Result<Leased> {
    let mut all = Leased::default();
    for claim in claims {
        let inbox = match claim.to {
            Receiver::Inbox(id) => tables.inboxes.get(&id),
            Receiver::Endpoint(_) | Receiver::Mail(_) => None,
        };
        let Some(connected) = inbox else {
            all.deliveries.extend(tx.claim_deliveries(claim, lease)?);
            continue;
        };
        let leased = paces.lease(tx, &connected.inbox, claim, lease)?;
        all.deliveries.extend(leased.deliveries);
        all.stale.extend(leased.stale);
        all.again_at = all.again_at.into_iter().chain(leased.again_at).min();
    }
    Ok(all)
}
