//! What programs missed on ChatApp's channels while they were away, read from the journal and told as it would have
//! been told then.

use std::{
    sync::{Arc, Weak},
    time::Instant,
};

use app::{Core, Result, journal::Reader};
use tokio::sync::Mutex;
use wire::pusher::{
    App,
    resume::{self, Failure},
};

use super::{
    SOCKET_KEY, position,
    recent::{Recent, Told},
};
use crate::{
    pusher::Applications,
    socket::{Hub, Missing, Pages, Telling},
};

/// The journal as the history of ChatApp's channels.
pub(crate) struct Missed {
    core: Core,
    hub: Weak<Hub>,
    pusher: Arc<Applications>,
    /// What was read last.
    recent: Mutex<Recent>,
}

/// Why the telling ended early.
enum Ended {
    /// The client, or the server, is gone.
    Gone,
    /// What was missed cannot be told.
    Failed(Failure),
}

impl Telling for Missed {
    async fn tell(&self, missing: Missing) {
        // Not before the topic was followed: what is committed from now on is held back there.
        let head = self.core.feed.head();
        let end = position::end(head);
        let app = self.pusher.find(SOCKET_KEY);
        let channel = app
            .as_deref()
            .and_then(|app: &App| resume::channel_of(&app.id, &missing.topic));
        let mut pages = Pages::new(&self.hub, missing.whose);
        let told = match channel {
            Some(channel) => self.tell_since(&missing, channel, head, &mut pages).await,
            None => Err(Ended::Failed(Failure::Unknown)),
        };
        match told {
            Ok(()) => {}
            Err(Ended::Gone) => return,
            Err(Ended::Failed(why)) => {
                pages.clear();
                pages.add(end, resume::failed(channel.unwrap_or_default(), why, end));
            }
        }
        pages.end(end, None).await;
    }
}

impl Missed {
    /// The history of a node's channels.
    pub(crate) fn new(core: Core, hub: &Arc<Hub>, pusher: Arc<Applications>) -> Self {
        Self {
            core,
            hub: Arc::downgrade(hub),
            pusher,
            recent: Mutex::default(),
        }
    }

    /// Tells everything up to the entry `head` but for the last page.
    async fn tell_since(
        &self,
        missing: &Missing,
        channel: &str,
        head: i64,
        pages: &mut Pages,
    ) -> Result<(), Ended> {
        let mut cursor = position::told_up_to(missing.after);
        if missing.after > position::end(head) {
            return Err(Ended::Failed(Failure::Unknown));
        }
        if head - cursor > self.pusher.settings().resume_entries_max.into() {
            return Err(Ended::Failed(Failure::TooFar));
        }
        while cursor < head {
            let (told, last) = self.read(cursor, channel).await?;
            let after = missing.after.max(position::end(cursor));
            for (number, frame) in &*told {
                if *number <= after || *number > position::end(head) {
                    continue;
                }
                pages.add(*number, frame.clone());
                if !pages.turn().await {
                    return Err(Ended::Gone);
                }
            }
            cursor = last;
        }
        Ok(())
    }

    /// What the next entries are on a channel, and the last of them, or that they are not there any more. One read at
    /// a time, and shared.
    async fn read(&self, cursor: i64, channel: &str) -> Result<(Told, i64), Ended> {
        let mut recent = self.recent.lock().await;
        let now = Instant::now();
        if let Some(span) = recent.find(cursor, now) {
            return Ok((span.told(&self.core, channel), span.last()));
        }
        let (feed, store) = (self.core.feed.clone(), self.core.store.clone());
        let start = Recent::start(cursor);
        let batch = Reader::new(feed, store, start)
            .next()
            .await
            .map_err(|error| {
                tracing::error!(%error, "the journal cannot be read for a program that was away");
                Ended::Failed(Failure::Unavailable)
            })?;
        match recent.keep(start, batch, now) {
            Some(span) if span.has_next(cursor) => {
                Ok((span.told(&self.core, channel), span.last()))
            }
            _ => Err(Ended::Failed(Failure::Expired)),
        }
    }
}
