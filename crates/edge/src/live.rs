//! Tells the sockets what was committed.
//!
//! One reader of the journal per node, from now on. An entry is rendered for a dialect only if somebody here
//! follows it there, and then once for everybody who may see the same.

use std::time::Duration;

use app::{journal::Reader, stopped};
use domain::Event;
use tokio::sync::watch;

use crate::{Edge, chatapp, onechat};

/// Runs until `stop` says so.
pub async fn run(edge: Edge, mut stop: watch::Receiver<bool>) {
    let mut reader = Reader::from_now(edge.core.feed.clone(), edge.core.store.clone());
    loop {
        let batch = tokio::select! {
            batch = reader.next() => batch,
            () = stopped(&mut stop) => return,
        };
        match batch {
            Ok(entries) => {
                for entry in entries {
                    if let Event::AvailabilityChanged { agent, .. } = &entry.event {
                        edge.statuses
                            .learn((agent.account_id, agent.id), agent.availability);
                        edge.presence.changed(entry.account_id);
                    }
                    chatapp::tell(&edge, &entry).await;
                    onechat::tell(&edge, &entry).await;
                }
            }
            Err(error) => {
                tracing::error!(%error, "the journal cannot be read");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}
