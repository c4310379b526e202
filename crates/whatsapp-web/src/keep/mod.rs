//! The engine's memory, on our own tables: everything sealed, written in turns.
//!
//! The library tells every little thing it learns. What it must not lose (ratchets, keys, messages before they are
//! committed) is written before it goes on; everything else waits in memory for the next such write, or for the
//! second's tick, so that a turn of the engine is one transaction. Reads see what waits.

mod app_sync;
mod device;
mod kinds;
mod protocol;
mod secrets;
mod signal;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use app::{
    Error, Result, nodes,
    ports::{SessionKey, Store},
};
use domain::InboxId;
use serde::{Serialize, de::DeserializeOwned};
use whatsapp_rust::wacore::store::error::{Result as StoreResult, StoreError};

use crate::{
    hold,
    seal::Seal,
    unread::{AllUnread, Unread},
};
use kinds::Kind;

/// Things of one sort that are read at once.
const LISTED: i64 = 100_000;

/// What one session remembers.
pub(crate) struct Memory {
    store: Arc<dyn Store>,
    inbox: InboxId,
    /// This server, if others are on the store.
    node: Option<i64>,
    seal: Arc<Seal>,
    unwritten: Mutex<Unwritten>,
    /// Held by whoever writes, so that what was said last is written last.
    pen: tokio::sync::Mutex<()>,
    /// Whether the session that it belongs to is closed.
    over: AtomicBool,
}

/// What waits to be written.
#[derive(Default)]
struct Unwritten {
    turn: u64,
    changes: BTreeMap<(Kind, String), Change>,
}

#[derive(Clone)]
struct Change {
    turn: u64,
    /// Nothing, if it is forgotten.
    value: Option<Vec<u8>>,
    mark: i64,
}

impl Memory {
    /// The memory of an inbox's session.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        inbox: InboxId,
        node: Option<i64>,
        key: &[u8; 32],
    ) -> Result<Self> {
        Ok(Self {
            store,
            inbox,
            node,
            seal: Arc::new(Seal::new(key, inbox)?),
            unwritten: Mutex::default(),
            pen: tokio::sync::Mutex::default(),
            over: AtomicBool::new(false),
        })
    }

    fn unwritten(&self) -> MutexGuard<'_, Unwritten> {
        self.unwritten
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What is remembered under a name.
    fn get(&self, kind: Kind, key: &str) -> StoreResult<Option<Vec<u8>>> {
        let place = (kind, key.to_owned());
        if let Some(change) = self.unwritten().changes.get(&place) {
            return Ok(change.value.clone());
        }
        let found = self
            .store
            .view(|view| view.find_session_key(self.inbox, kind.name(), key))
            .map_err(failed)?;
        let opened = found.map(|it| self.seal.open(&named(kind, key), &it));
        opened.transpose().map_err(failed)
    }

    /// The same, for what is kept as JSON.
    fn get_json<T: DeserializeOwned>(&self, kind: Kind, key: &str) -> StoreResult<Option<T>> {
        let found = self.get(kind, key)?;
        found.map(|it| from_json(&it)).transpose()
    }

    /// Remembers something, from the next write on durably.
    fn set(&self, kind: Kind, key: &str, value: Vec<u8>) {
        self.set_marked(kind, key, value, now());
    }

    fn set_marked(&self, kind: Kind, key: &str, value: Vec<u8>, mark: i64) {
        self.change(kind, key, Some(value), mark);
    }

    fn set_json(&self, kind: Kind, key: &str, value: &impl Serialize) -> StoreResult<()> {
        self.set(kind, key, to_json(value)?);
        Ok(())
    }

    /// Forgets something, from the next write on durably.
    fn unset(&self, kind: Kind, key: &str) {
        self.change(kind, key, None, 0);
    }

    fn change(&self, kind: Kind, key: &str, value: Option<Vec<u8>>, mark: i64) {
        let mut unwritten = self.unwritten();
        unwritten.turn += 1;
        let turn = unwritten.turn;
        let change = Change { turn, value, mark };
        unwritten.changes.insert((kind, key.to_owned()), change);
    }

    /// Everything of one sort from a name on, by name.
    async fn list(
        &self,
        kind: Kind,
        from: &str,
        limit: i64,
    ) -> StoreResult<Vec<(String, Vec<u8>)>> {
        self.write().await?;
        let found = self
            .store
            .view(|view| view.list_session_keys(self.inbox, kind.name(), from, limit))
            .map_err(failed)?;
        let open = |(key, value): (String, String)| {
            let opened = self.seal.open(&named(kind, &key), &value).map_err(failed)?;
            Ok((key, opened))
        };
        found.into_iter().map(open).collect()
    }

    /// Forgets everything of one sort.
    async fn clear(&self, kind: Kind, prefix: &str) -> StoreResult<()> {
        for (key, _) in self.list(kind, prefix, LISTED).await? {
            if !key.starts_with(prefix) {
                break;
            }
            self.unset(kind, &key);
        }
        Ok(())
    }

    /// Forgets what is marked with less than this, and says how much that was.
    async fn expire(&self, kind: Kind, before: i64) -> StoreResult<u32> {
        self.write().await?;
        let inbox = self.inbox;
        let gone = self
            .store
            .transact(move |tx| tx.expire_session_keys(inbox, kind.name(), before))
            .await
            .map_err(failed)?;
        Ok(u32::try_from(gone).unwrap_or(u32::MAX))
    }

    /// Writes nothing any more: another server has the session.
    pub(crate) fn abandon(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    /// Writes what waits for the last time. What the library still says afterwards is not remembered: it would bring
    /// back what is forgotten, or set back what the next opening has learnt.
    pub(crate) async fn end(&self) -> StoreResult<()> {
        let written = self.write().await;
        let _pen = self.pen.lock().await;
        self.over.store(true, Ordering::SeqCst);
        written
    }

    /// What a backup has beside the credentials: the keys that others begin a conversation with, and those of the
    /// account's settings.
    pub(crate) async fn keys(&self) -> StoreResult<Vec<(String, Vec<u8>)>> {
        let mut keys = Vec::new();
        for kind in Kind::BACKED_UP {
            for (key, value) in self.list(kind, "", LISTED).await? {
                keys.push((named(kind, &key), value));
            }
        }
        Ok(keys)
    }

    /// Remembers what a backup has; what is none of it is passed over.
    pub(crate) fn restore(&self, keys: Vec<(String, Vec<u8>)>) {
        for (place, value) in keys {
            let named = place.split_once(' ');
            let found = named.and_then(|(sort, key)| {
                let kind = Kind::BACKED_UP.into_iter().find(|it| it.name() == sort);
                Some((kind?, key))
            });
            if let Some((kind, key)) = found {
                self.set(kind, key, value);
            }
        }
    }

    /// Whether somebody's devices are known, so that there is somebody.
    pub(crate) fn knows(&self, user: &str) -> bool {
        matches!(self.get(Kind::Devices, user), Ok(Some(_)))
    }

    /// Remembers a message that could not be opened, or forgets it.
    pub(crate) fn keep_unread(&self, id: &str, unread: Option<&Unread>) {
        match unread.map(to_json).transpose() {
            Ok(Some(value)) => self.set(Kind::Unread, id, value),
            Ok(None) => self.unset(Kind::Unread, id),
            Err(error) => tracing::warn!(%error, "a message that cannot be opened is forgotten"),
        }
    }

    /// Every message that could not be opened.
    pub(crate) async fn all_unread(&self) -> StoreResult<AllUnread> {
        let all = self.list(Kind::Unread, "", LISTED).await?;
        let read = |(id, value): (String, Vec<u8>)| Ok((id, from_json(&value)?));
        all.into_iter().map(read).collect()
    }

    /// Writes what waits, in one transaction; what was there when this was called is durable when it returns.
    pub(crate) async fn write(&self) -> StoreResult<()> {
        let wanted = self.unwritten().turn;
        let _pen = self.pen.lock().await;
        if self.over.load(Ordering::SeqCst) {
            return Err(StoreError::Validation("the session is closed".to_owned()));
        }
        let changes: Vec<_> = {
            let unwritten = self.unwritten();
            // Whoever had the pen before may have written all of ours.
            if !unwritten.changes.values().any(|it| it.turn <= wanted) {
                return Ok(());
            }
            let all = unwritten.changes.iter();
            all.map(|(place, change)| (place.clone(), change.clone()))
                .collect()
        };
        let mut rows = Vec::with_capacity(changes.len());
        for ((kind, key), change) in &changes {
            let sealed = match &change.value {
                Some(value) => Some(self.seal.seal(&named(*kind, key), value).map_err(failed)?),
                None => None,
            };
            rows.push((*kind, key.clone(), sealed, change.mark));
        }
        let (inbox, node) = (self.inbox, self.node);
        let work = move |tx: &mut dyn app::ports::Tx| {
            // What another server has learnt since is not set back.
            if !nodes::holds(&*tx, &hold::named(inbox), node)? {
                let text = "another server has the phone";
                return Err(Error::refused(domain::Kind::Conflict, text));
            }
            for (kind, key, sealed, mark) in &rows {
                match sealed {
                    Some(value) => tx.put_session_key(&SessionKey {
                        inbox_id: inbox,
                        kind: kind.name().to_owned(),
                        key: key.clone(),
                        value: value.clone(),
                        mark: *mark,
                    })?,
                    None => tx.delete_session_key(inbox, kind.name(), key)?,
                }
            }
            Ok(())
        };
        self.store.transact(work).await.map_err(failed)?;
        let mut unwritten = self.unwritten();
        for (place, change) in changes {
            // It may have changed again meanwhile.
            if unwritten.changes.get(&place).map(|it| it.turn) == Some(change.turn) {
                unwritten.changes.remove(&place);
            }
        }
        Ok(())
    }
}

/// Where a value belongs, as its seal says it.
fn named(kind: Kind, key: &str) -> String {
    format!("{} {key}", kind.name())
}

fn failed(error: Error) -> StoreError {
    StoreError::Database(Box::new(error))
}

fn to_json(value: &impl Serialize) -> StoreResult<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| StoreError::Serialization(Box::new(error)))
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> StoreResult<T> {
    serde_json::from_slice(bytes).map_err(|error| StoreError::Serialization(Box::new(error)))
}

/// Seconds since 1970, as the library counts them.
fn now() -> i64 {
    whatsapp_rust::wacore::time::now_secs()
}
