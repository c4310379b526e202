//! How deliveries are made, and what every attempt needs.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{Figures, Health, Receiver, Schedule};
use crate::{
    Core,
    hooks::{Dialects, HookPoster},
    ports::Carrier,
};

/// The carriers of this server by name.
pub type Carriers = BTreeMap<&'static str, Arc<dyn Carrier>>;

/// How deliveries are made.
#[derive(Debug, Clone)]
pub struct Settings {
    /// When to try an event again.
    pub events: Schedule,
    /// When to try a message again.
    pub messages: Schedule,
    /// When to try a letter again.
    pub letters: Schedule,
    /// When to give up on an endpoint.
    pub health: Health,
    /// How long a leased delivery is nobody else's: longer than any attempt takes.
    pub lease: Duration,
    /// Which sender this is, among those on one store.
    pub owner: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            events: Schedule::for_events(),
            messages: Schedule::for_messages(),
            letters: Schedule::for_letters(),
            health: Health::default(),
            lease: Duration::from_secs(90),
            owner: 1,
        }
    }
}

impl Settings {
    /// When to try again what a receiver of this kind is owed.
    pub(super) fn schedule(&self, to: Receiver) -> &Schedule {
        match to {
            Receiver::Endpoint(_) => &self.events,
            Receiver::Inbox(_) => &self.messages,
            Receiver::Mail(_) => &self.letters,
        }
    }
}

/// What every attempt needs.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) core: Core,
    pub(super) dialects: Arc<Dialects>,
    pub(super) carriers: Arc<Carriers>,
    pub(super) poster: Arc<dyn HookPoster>,
    pub(super) settings: Arc<Settings>,
    pub(super) figures: Arc<Figures>,
}
