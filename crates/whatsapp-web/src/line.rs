//! One phone's connection: the library's client while it is open, and what it shows to be paired with.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use app::ports::Qr;
use tokio::sync::watch;
use whatsapp_rust::{Client, bot::BotHandle};

use crate::keep::Memory;

/// A phone's place for a connection.
#[derive(Default)]
pub(crate) struct Line {
    /// Held by whoever opens or closes it.
    pub(crate) door: tokio::sync::Mutex<Option<Open>>,
    /// Which opening this is. What an earlier one still tells is not heard.
    turn: AtomicU64,
    current: Mutex<Option<(Arc<Client>, Arc<Memory>)>>,
    /// The code that is shown.
    pub(crate) shown: watch::Sender<Option<Qr>>,
}

/// An open connection.
pub(crate) struct Open {
    pub(crate) handle: BotHandle,
    pub(crate) memory: Arc<Memory>,
}

impl Line {
    /// Another opening begins, and the one before is over.
    pub(crate) fn next_turn(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Whether this opening is the present one.
    pub(crate) fn is_turn(&self, turn: u64) -> bool {
        self.turn.load(Ordering::SeqCst) == turn
    }

    pub(crate) fn set(&self, client: Option<(Arc<Client>, Arc<Memory>)>) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        *current = client;
    }

    /// The client and its memory, while it is open.
    pub(crate) fn get(&self) -> Option<(Arc<Client>, Arc<Memory>)> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    /// Writes what waits in memory. What cannot be written now waits on.
    pub(crate) async fn write(&self) {
        if let Some((_, memory)) = self.get()
            && let Err(error) = memory.write().await
        {
            tracing::warn!(%error, "what a session remembers cannot be written now");
        }
    }
}
