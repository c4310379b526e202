//! When an account's inboxes, teams and labels last changed, so that clients which keep copies know when to fetch again.
//!
//! Memory only: what has not changed since the server started has not changed, as in the original after three days.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use domain::{AccountId, Timestamp};
use wire::onechat::push::{CacheKeys, CacheStamps};

/// What clients keep copies of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// Labels.
    Labels,
    /// Inboxes.
    Inboxes,
    /// Teams.
    Teams,
}

/// When each of them last changed, in seconds.
#[derive(Clone, Copy, Default)]
struct Stamps {
    labels: i64,
    inboxes: i64,
    teams: i64,
}

/// The stamps of each account.
#[derive(Default)]
pub(crate) struct CacheDesk(Mutex<HashMap<AccountId, Stamps>>);

impl CacheDesk {
    /// One of the lists has changed.
    pub(super) fn changed(&self, account: AccountId, kept: Kept, at: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stamps = all.entry(account).or_default();
        let stamp = match kept {
            Kept::Labels => &mut stamps.labels,
            Kept::Inboxes => &mut stamps.inboxes,
            Kept::Teams => &mut stamps.teams,
        };
        *stamp = at.as_second();
    }

    /// The stamps of an account.
    pub(super) fn keys(&self, account: AccountId) -> CacheKeys {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stamps = all.get(&account).copied().unwrap_or_default();
        CacheKeys {
            cache_keys: CacheStamps {
                label: stamp(stamps.labels),
                inbox: stamp(stamps.inboxes),
                team: stamp(stamps.teams),
            },
        }
    }
}

fn stamp(seconds: i64) -> String {
    format!("{seconds:010}")
}
