//! One phone's connection: the library's client while it is open, and what it shows to be paired with.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use app::ports::Qr;
use domain::Timestamp;
use tokio::sync::watch;
use whatsapp_rust::{Client, bot::BotHandle};

use crate::{keep::Memory, signs::Attention, unread::AllUnread};

/// How long to wait before WhatsApp is asked again that has refused to open a session; it doubles each time,
const AGAIN: Duration = Duration::from_secs(300);
/// up to this.
const AGAIN_MAX: Duration = Duration::from_secs(3600);

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
    /// Whether this server is the one to open it, of those that share the store.
    pub(crate) held: AtomicBool,
    attention: Mutex<Attention>,
    unread: Mutex<AllUnread>,
    refused: Mutex<Refused>,
    /// When it was opened, or was asked for a code.
    asked_at: Mutex<Option<Timestamp>>,
}

/// How often WhatsApp has refused to open it, one time after another, and when to try again.
#[derive(Default)]
struct Refused {
    times: u32,
    again_at: Option<Timestamp>,
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

    /// What it has to do with signs.
    pub(crate) fn attention(&self) -> MutexGuard<'_, Attention> {
        self.attention
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The messages that could not be opened.
    pub(crate) fn unread(&self) -> MutexGuard<'_, AllUnread> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refusals(&self) -> MutexGuard<'_, Refused> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// WhatsApp has refused to open it, and the library has given up: to be tried again later, and later each time.
    pub(crate) fn refused(&self, now: Timestamp) {
        let mut refused = self.refusals();
        let wait = AGAIN
            .saturating_mul(1 << refused.times.min(10))
            .min(AGAIN_MAX);
        refused.times += 1;
        refused.again_at = now.saturating_add(wait).ok();
    }

    /// It is open.
    pub(crate) fn accepted(&self) {
        *self.refusals() = Refused::default();
    }

    /// Whether it is time to try again. It is said once.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.refusals().again_at.take_if(|at| *at <= now).is_some()
    }

    /// Somebody wants it open.
    pub(crate) fn asked(&self, now: Timestamp) {
        *self.asked_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    pub(crate) fn asked_at(&self) -> Option<Timestamp> {
        *self.asked_at.lock().unwrap_or_else(PoisonError::into_inner)
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
