//! What programs missed on ChatApp's channels while they were away, read from the journal and told as it would have
//! been told then.

use std::sync::{Arc, Weak};

use app::{Core, Result, journal::Reader};
use bytes::Bytes;
use domain::Entry;
use tokio::{runtime::Handle, sync::Mutex};
use wire::pusher::{
    App,
    resume::{self, Failure},
};

use super::{
    SOCKET_KEY, position,
    tell::{positioned_frame, told_on},
};
use crate::{
    pusher::Applications,
    socket::{History, Hub, Missing},
};

/// Bytes told before the client must have read them.
const PAGE_BYTES: usize = 256 * 1024;

/// The journal as the history of ChatApp's channels.
pub(crate) struct Missed(Arc<Parts>);

struct Parts {
    core: Core,
    hub: Weak<Hub>,
    pusher: Arc<Applications>,
    /// What was read last.
    recent: Mutex<Vec<Arc<Entry>>>,
    /// Where the telling runs: who asks is a socket's thread.
    runtime: Handle,
}

/// Why the telling ended early.
enum Ended {
    /// The client, or the server, is gone.
    Gone,
    /// What was missed cannot be told.
    Failed(Failure),
}

impl Missed {
    /// The history of a node's channels, told on the runtime of the caller.
    pub(crate) fn new(core: Core, hub: &Arc<Hub>, pusher: Arc<Applications>) -> Self {
        Self(Arc::new(Parts {
            core,
            hub: Arc::downgrade(hub),
            pusher,
            recent: Mutex::default(),
            runtime: Handle::current(),
        }))
    }
}

impl History for Missed {
    fn wanted(&self, missing: Missing) {
        let parts = self.0.clone();
        drop(
            self.0
                .runtime
                .spawn(async move { parts.tell(missing).await }),
        );
    }
}

impl Parts {
    async fn tell(&self, missing: Missing) {
        // Not before the topic was followed: what is committed from now on is held back there.
        let head = self.core.feed.head();
        let end = position::end(head);
        let app = self.pusher.find(SOCKET_KEY);
        let channel = app
            .as_deref()
            .and_then(|app: &App| resume::channel_of(&app.id, &missing.topic));
        let told = match channel {
            Some(channel) => self.tell_since(&missing, channel, head).await,
            None => Err(Ended::Failed(Failure::Unknown)),
        };
        let last = match (told, channel) {
            (Ok(last), _) => last,
            (Err(Ended::Gone), _) => return,
            (Err(Ended::Failed(why)), channel) => {
                vec![resume::failed(channel.unwrap_or_default(), why, end)]
            }
        };
        if let Some(hub) = self.hub.upgrade() {
            hub.tell_missed(missing.whose, last, Some(end)).await;
        }
    }

    /// Tells everything up to the entry `head` but for the last page, which is returned.
    async fn tell_since(
        &self,
        missing: &Missing,
        channel: &str,
        head: i64,
    ) -> Result<Vec<Bytes>, Ended> {
        let mut cursor = position::told_up_to(missing.after);
        if missing.after > position::end(head) {
            return Err(Ended::Failed(Failure::Unknown));
        }
        if head - cursor > self.pusher.settings().resume_entries_max.into() {
            return Err(Ended::Failed(Failure::TooFar));
        }
        let core = &self.core;
        let (mut page, mut bytes) = (Vec::new(), 0);
        while cursor < head {
            for entry in self.read(cursor).await?.iter().filter(|it| it.seq <= head) {
                for (told, number) in told_on(core, entry, channel) {
                    if number > missing.after {
                        let frame = positioned_frame(channel, &told, number);
                        bytes += frame.len();
                        page.push(frame);
                    }
                }
                if bytes > PAGE_BYTES {
                    let hub = self.hub.upgrade().ok_or(Ended::Gone)?;
                    if !hub
                        .tell_missed(missing.whose, std::mem::take(&mut page), None)
                        .await
                    {
                        return Err(Ended::Gone);
                    }
                    bytes = 0;
                }
                cursor = entry.seq;
            }
        }
        Ok(page)
    }

    /// The next entries, which begin right after the cursor or are not there any more. One read at a time, and
    /// shared: those who come back together, as after a restart, missed the same.
    async fn read(&self, cursor: i64) -> Result<Vec<Arc<Entry>>, Ended> {
        let mut recent = self.recent.lock().await;
        let from = recent.partition_point(|entry| entry.seq <= cursor);
        if let Some(found) = recent.get(from..)
            && found.first().is_some_and(|first| first.seq == cursor + 1)
        {
            return Ok(found.to_vec());
        }
        let (feed, store) = (self.core.feed.clone(), self.core.store.clone());
        match Reader::new(feed, store, cursor).next().await {
            Ok(batch) if batch.first().is_some_and(|first| first.seq == cursor + 1) => {
                recent.clone_from(&batch);
                Ok(batch)
            }
            Ok(_) => Err(Ended::Failed(Failure::Expired)),
            Err(error) => {
                tracing::error!(%error, "the journal cannot be read for a program that was away");
                Err(Ended::Failed(Failure::Unavailable))
            }
        }
    }
}
