//! Works through the hooks: leases what is due, posts it, and settles it. No endpoint waits for another.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{EndpointId, Timestamp};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};

use super::{
    Endpoint, EndpointState, Health, Hook, HookDesk, HookPoster, Posted,
    enqueuer::Dialects,
    figures::Figures,
    settle::{Effect, Outcome, settle},
};
use crate::{Core, Result, deliveries::Schedule, ports::Claim, stopped};

/// How often to look for due hooks that nothing has announced.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Posts under way at once, to all endpoints together.
const IN_FLIGHT: usize = 1_000;
/// Posts under way at once to an endpoint whose last one failed: so that many dead ones hold up few places.
const IN_FLIGHT_FAILING: usize = 1;

/// How hooks are sent.
#[derive(Debug, Clone)]
pub struct Settings {
    /// When to try again, and how often.
    pub schedule: Schedule,
    /// When to give up on an endpoint.
    pub health: Health,
    /// How long a leased hook is nobody else's: longer than any post takes.
    pub lease: Duration,
    /// Which sender this is, among those on one store.
    pub owner: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            schedule: Schedule::for_hooks(),
            health: Health::default(),
            lease: Duration::from_secs(60),
            owner: 1,
        }
    }
}

/// What every attempt needs.
#[derive(Clone)]
struct Shared {
    core: Core,
    dialects: Arc<Dialects>,
    poster: Arc<dyn HookPoster>,
    settings: Arc<Settings>,
    figures: Arc<Figures>,
}

/// Sends what is due, for ever.
pub struct Sender {
    shared: Shared,
    news: Arc<Notify>,
    load: BTreeMap<EndpointId, usize>,
    pace: BTreeMap<EndpointId, Timestamp>,
    under_way: JoinSet<EndpointId>,
}

impl Sender {
    /// A sender that looks when it is rung.
    pub fn new(core: Core, dialects: Dialects, desk: HookDesk, settings: Settings) -> Self {
        let HookDesk {
            poster,
            news,
            figures,
        } = desk;
        let (dialects, settings) = (Arc::new(dialects), Arc::new(settings));
        Self {
            shared: Shared {
                core,
                dialects,
                poster,
                settings,
                figures,
            },
            news,
            load: BTreeMap::new(),
            pace: BTreeMap::new(),
            under_way: JoinSet::new(),
        }
    }

    /// Runs until `stop` says so, then waits for what is under way.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        self.release_own().await;
        let mut wait = Duration::ZERO;
        loop {
            tokio::select! {
                () = stopped(&mut stop) => break,
                () = self.news.notified() => {}
                () = tokio::time::sleep(wait) => {}
                Some(ended) = self.under_way.join_next(), if !self.under_way.is_empty() => {
                    self.release(ended);
                }
            }
            while let Some(ended) = self.under_way.try_join_next() {
                self.release(ended);
            }
            wait = self.start_due().await.unwrap_or_else(|error| {
                tracing::error!(%error, "hooks cannot be read");
                LOOK_EVERY
            });
        }
        while self.under_way.join_next().await.is_some() {}
    }

    /// Whatever this sender had leased before it died is due again, without waiting for the leases to end.
    async fn release_own(&self) {
        let owner = self.shared.settings.owner;
        let store = &self.shared.core.store;
        let released = store.transact(move |tx| tx.release_hooks(owner)).await;
        if let Err(error) = released {
            tracing::error!(%error, "what was leased before the start waits until its leases end");
        }
    }

    fn release(&mut self, ended: Result<EndpointId, tokio::task::JoinError>) {
        match ended {
            Ok(endpoint) => {
                if let Some(load) = self.load.get_mut(&endpoint) {
                    *load = load.saturating_sub(1);
                }
            }
            Err(error) => tracing::error!(%error, "a hook's task failed"),
        }
    }

    /// Starts everything that may start now. Returns how long nothing else will become due.
    async fn start_due(&mut self) -> Result<Duration> {
        let core = self.shared.core.clone();
        let now = core.clock.now();
        let (due, mut next) = core
            .store
            .view(|view| Ok((view.endpoints_with_due_hooks(now)?, view.next_hook_at(now)?)))?;
        let tables = core.directory.tables();
        for id in due {
            let Some(endpoint) = tables.endpoints.get(&id) else {
                continue;
            };
            if endpoint.state == EndpointState::Active {
                self.start_for(endpoint, now).await?;
            }
            // What its limit holds back may be started then.
            let paced = self.pace.get(&id).copied().filter(|at| now < *at);
            next = next.into_iter().chain(paced).min();
        }
        let wait = next.map_or(LOOK_EVERY, |at| at.duration_since(now).unsigned_abs());
        Ok(wait.min(LOOK_EVERY))
    }

    /// Leases and starts as much for one endpoint as it may have under way.
    async fn start_for(&mut self, endpoint: &Arc<Endpoint>, now: Timestamp) -> Result<()> {
        let free = self.free(endpoint, now);
        if free == 0 {
            return Ok(());
        }
        let until = now
            .saturating_add(self.shared.settings.lease)
            .unwrap_or(Timestamp::MAX);
        let free = i64::try_from(free).unwrap_or(i64::MAX);
        let claim = Claim {
            endpoint_id: endpoint.id,
            owner: self.shared.settings.owner,
            now,
            until,
            // First attempts never wait behind retries, and retries never for long behind first attempts.
            first: free,
            again: (free + 1) / 2,
            in_order: endpoint.ordered,
        };
        let claimed = self
            .shared
            .core
            .store
            .transact(move |tx| tx.claim_hooks(&claim))
            .await?;
        for hook in claimed {
            *self.load.entry(endpoint.id).or_default() += 1;
            self.keep_pace(endpoint, now);
            let (shared, endpoint) = (self.shared.clone(), endpoint.clone());
            self.under_way.spawn(async move {
                let id = endpoint.id;
                if let Err(error) = attempt(&shared, &endpoint, hook).await {
                    tracing::error!(%error, "a hook's outcome could not be stored; it will be sent again");
                }
                id
            });
        }
        Ok(())
    }

    /// How many more posts may be under way to an endpoint now.
    fn free(&self, endpoint: &Endpoint, now: Timestamp) -> usize {
        if self
            .pace
            .get(&endpoint.id)
            .is_some_and(|not_before| now < *not_before)
        {
            return 0;
        }
        let cap = match (
            endpoint.ordered,
            self.shared.figures.is_failing(endpoint.id),
        ) {
            (true, _) => 1,
            (false, true) => IN_FLIGHT_FAILING,
            (false, false) => usize::try_from(endpoint.in_flight.max(1)).unwrap_or(1),
        };
        let paced = match usize::try_from(endpoint.per_second) {
            Ok(0) | Err(_) => usize::MAX,
            Ok(_) => 1,
        };
        let load = self.load.get(&endpoint.id).copied().unwrap_or(0);
        cap.saturating_sub(load)
            .min(paced)
            .min(IN_FLIGHT.saturating_sub(self.under_way.len()))
    }

    /// A limited endpoint gets its next post when its share of the second has passed, for each post its own.
    fn keep_pace(&mut self, endpoint: &Endpoint, now: Timestamp) {
        if endpoint.per_second > 0 {
            let share =
                Duration::from_secs(1) / u32::try_from(endpoint.per_second).unwrap_or(u32::MAX);
            let pace = self.pace.entry(endpoint.id).or_insert(now);
            *pace = (*pace).max(now).saturating_add(share).unwrap_or(now);
        }
    }
}

/// One attempt at one hook.
async fn attempt(shared: &Shared, endpoint: &Arc<Endpoint>, hook: Hook) -> Result<()> {
    let Some(dialect) = shared.dialects.get(endpoint.dialect.as_str()) else {
        return Ok(());
    };
    let at = shared.core.clock.now();
    if hook.attempts == 0 {
        shared
            .figures
            .first_attempt(at.duration_since(hook.happened_at).unsigned_abs());
    }
    let living = endpoint
        .secrets
        .iter()
        .filter(|it| it.expires_at.is_none_or(|end| at < end));
    let secrets: Vec<&str> = living.map(|it| it.text.as_str()).collect();
    let headers = dialect.headers(&hook, &secrets, at);
    let began = Instant::now();
    let posted = shared
        .poster
        .post(&endpoint.url, &headers, &hook.body)
        .await;
    let outcome = Outcome {
        at,
        duration: began.elapsed(),
        posted,
    };
    shared.figures.attempted(endpoint.id, outcome.is_success());
    if let Posted::Failed { reason } = &outcome.posted {
        tracing::info!(
            hook.id = hook.id.0,
            endpoint.id = endpoint.id.0,
            reason,
            "a hook was not delivered"
        );
    }
    let settings = shared.settings.clone();
    let effect = shared
        .core
        .store
        .transact(move |tx| settle(tx, &settings, &hook, &outcome))
        .await?;
    match effect {
        Effect::Disabled => shared.figures.disabled(endpoint.id),
        Effect::Worrying if shared.figures.worries(endpoint.id) => tracing::warn!(
            endpoint.id = endpoint.id.0,
            "an endpoint fails; it will be disabled if that goes on as long again"
        ),
        Effect::Worrying | Effect::None => {}
    }
    Ok(())
}
