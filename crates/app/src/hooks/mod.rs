//! Webhooks: what happens, told to endpoints that an account names.
//!
//! An endpoint wants some events of its account, in a dialect. The [`Enqueuer`] follows the journal with a durable
//! cursor and turns each entry into [deliveries](crate::deliveries), one for each endpoint that wants it, with the
//! bytes that will be sent. [`endpoints`] is what an owner may do.

pub mod endpoints;
mod enqueuer;

use std::{sync::Arc, time::Duration};

use domain::{AccountId, DeliveryId, EndpointId, Entry, InboxId, Kind, Timestamp};

pub use enqueuer::{Dialects, Enqueuer};

use tokio::sync::Notify;

use crate::{
    Core, Error,
    deliveries::{Figures, Notice},
    ports::BoxFuture,
};

/// Where to post, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Small sequential number.
    pub id: EndpointId,
    /// Whose it is.
    pub account_id: AccountId,
    /// The dialect it is told in.
    pub dialect: String,
    /// What people call it.
    pub name: String,
    /// Where to post.
    pub url: String,
    /// The events it wants, in its dialect's words; every event if empty.
    pub events: Vec<String>,
    /// Only what happens in this inbox.
    pub inbox_id: Option<InboxId>,
    /// Whether it is posted to.
    pub state: EndpointState,
    /// One event after another, each only once the one before is settled.
    pub ordered: bool,
    /// At most this many posts a second; no limit if 0.
    pub per_second: i64,
    /// At most this many posts under way.
    pub in_flight: i64,
    /// Only entries after this one: what happened before it was made is not its business.
    pub since: i64,
    /// Since when every attempt has failed, if the last one did.
    pub failing_since: Option<Timestamp>,
    /// How many attempts have failed since then.
    pub failures: i64,
    /// What signs, the newest first. During a rotation there are several.
    pub secrets: Vec<EndpointSecret>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Whether an endpoint is posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointState {
    /// It is.
    Active,
    /// Not now: its owner paused it. What it is owed waits.
    Paused,
    /// No more: it failed too long, or said that it is gone. What it is owed waits.
    Disabled {
        /// Why, in plain words.
        reason: String,
    },
}

/// A secret that signs. Kept in clear, because we sign with it.
#[derive(Clone, PartialEq, Eq)]
pub struct EndpointSecret {
    /// The secret in its dialect's own form.
    pub text: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops signing; `None` for the current one.
    pub expires_at: Option<Timestamp>,
}

impl std::fmt::Debug for EndpointSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EndpointSecret")
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// How an event is told in a dialect. Doors implement this for the dialects they speak.
pub trait HookDialect: Send + Sync {
    /// The dialect's name.
    fn name(&self) -> &'static str;
    /// Whether it has an event of this name, so that an owner's slip is refused and not waited for in vain.
    fn knows(&self, event: &str) -> bool;
    /// A new secret in the dialect's own form, from 32 random bytes.
    fn secret(&self, random: &[u8; 32]) -> String;
    /// The events of an entry that this endpoint may want, each as its name and the bytes to send.
    fn render(&self, core: &Core, endpoint: &Endpoint, entry: &Entry) -> Vec<(String, String)>;
    /// Whether the inbox of an endpoint narrows what it is told. If not, it is only kept.
    fn keeps_to_inbox(&self) -> bool {
        true
    }
    /// Whether its endpoints are made with an inbox and belong to it: then it says where they are, and what signs.
    fn belongs_to_inbox(&self) -> bool {
        false
    }
    /// Whether conversations wait for whoever is told: they are people's if that fails.
    fn answers_first(&self) -> bool {
        false
    }
    /// For how long events of this name are gathered into one post, if they are: each that comes meanwhile is
    /// [joined](Self::join) to the first.
    fn gathers(&self, event: &str) -> Option<Duration> {
        let _: &str = event;
        None
    }
    /// Two bodies of an event that is gathered in one; `None` if that would be too much for one post.
    fn join(&self, before: &str, after: &str) -> Option<String> {
        let _: (&str, &str) = (before, after);
        None
    }
    /// A test event.
    fn test(&self, endpoint: &Endpoint, now: Timestamp) -> (String, String);
    /// The headers of one attempt, signatures included, over exactly these bytes. The id is the same over all
    /// attempts.
    fn headers(
        &self,
        id: DeliveryId,
        notice: &Notice,
        secrets: &[&str],
        now: Timestamp,
    ) -> Vec<(String, String)>;
}

/// What doors need of the engine.
#[derive(Clone)]
pub struct HookDesk {
    /// Says early whether an address may be called.
    pub poster: Arc<dyn HookPoster>,
    /// Rings the sender.
    pub news: Arc<Notify>,
    /// What the sender counts.
    pub figures: Arc<Figures>,
}

impl Endpoint {
    /// Whether it wants an event, in its dialect's words.
    pub fn wants(&self, event: &str) -> bool {
        self.events.is_empty() || self.events.iter().any(|it| it == event)
    }

    /// Whether it is told of what happens in an inbox of its account, or in none.
    pub fn is_told_of(&self, dialect: &dyn HookDialect, inbox: Option<InboxId>) -> bool {
        !dialect.keeps_to_inbox() || self.inbox_id.is_none() || self.inbox_id == inbox
    }
}

impl HookDesk {
    /// Refuses an address that may not be called, saying why.
    pub fn check(&self, url: &str) -> crate::Result<()> {
        let allowed = self.poster.check(url);
        allowed.map_err(|why| Error::refused(Kind::Invalid, why))
    }
}

/// What a post came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// An answer came.
    Answered {
        /// Its status.
        status: u16,
        /// When it asked us to come back.
        retry_after: Option<Duration>,
        /// The beginning of its body.
        body: String,
    },
    /// None came.
    Failed {
        /// Why, in plain words.
        reason: String,
    },
}

/// Posts events.
pub trait HookPoster: Send + Sync {
    /// Posts exactly these bytes. Returns within a minute.
    fn post<'a>(
        &'a self,
        url: &'a str,
        headers: &'a [(String, String)],
        body: &'a str,
    ) -> BoxFuture<'a, Posted>;
    /// Whether an address may be called at all, or why not. Not a control, only an early word to its owner.
    fn check(&self, url: &str) -> Result<(), String>;
}
