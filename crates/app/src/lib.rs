//! What the server does: use cases per noun, the ports they need, and the journal's readers.
//!
//! A use case is a plain function of a [`Tx`](ports::Tx): it changes rows and appends journal entries, cannot be
//! interrupted half-way, and is the only way anything changes. This room knows no vendor, no SQL and no HTTP.

pub mod accounts;
pub mod agents;
pub mod bots;
pub mod contacts;
pub mod conversations;
pub mod deliveries;
pub mod directory;
pub mod documents;
mod error;
pub mod hooks;
pub mod inboxes;
pub mod journal;
pub mod labels;
pub mod letters;
pub mod limits;
pub mod media;
pub mod messages;
pub mod nodes;
pub mod notifications;
pub mod pacing;
pub mod pictures;
pub mod ports;
pub mod presence;
pub mod reach;
pub mod reports;
pub mod rules;
mod scope;
pub mod seal;
pub mod sessions;
pub mod signs;
pub mod socket_apps;
mod stop;
pub mod teams;
pub mod tokens;
pub mod uploads;
pub mod words;

use std::sync::Arc;

pub use error::{Error, Result, StoreError};
pub use scope::{Actor, Scope, Sight};
pub use stop::stopped;

/// The parts of a running server that doors and carriers share.
#[derive(Clone)]
pub struct Core {
    /// Where everything is kept.
    pub store: Arc<dyn ports::Store>,
    /// Committed entries, as they are committed.
    pub feed: Arc<journal::Feed>,
    /// Accounts, agents, inboxes, labels and socket applications, in memory.
    pub directory: Arc<directory::Directory>,
    /// Files.
    pub media: Arc<dyn ports::Media>,
    /// The time.
    pub clock: Arc<dyn ports::Clock>,
    /// Makes and opens tokens that need no row.
    pub sealer: Arc<seal::Sealer>,
    /// How fast inboxes send whose owners have said nothing.
    pub paces: Arc<pacing::Paces>,
    /// Who is here.
    pub presence: Arc<presence::Presence>,
    /// Writes letters, if the server has a mail server.
    pub post: Option<Arc<letters::PostOffice>>,
    /// Who types, as it happens.
    pub typing: Arc<signs::Typing>,
    /// How the outside reaches us, without a trailing slash, e.g. `https://chat.example.com`.
    pub public_url: Arc<str>,
}
