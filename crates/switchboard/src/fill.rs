//! Fills a store through the real use case, for measurements at a size.

use std::path::Path;

use anyhow::{Context as _, Result};
use app::{
    contacts::Told,
    messages::{self, Inbound},
};
use carriers::guard::Policy;
use edge::ctlive;
use tokio::task::JoinSet;

use crate::{config::Config, running::open_core, say};

/// Messages under way at once: enough for full groups.
const AT_ONCE: usize = 1024;

/// Adds messages to the demo's connector inbox.
pub(crate) async fn run(data: &Path, total: u64, conversations: u64) -> Result<()> {
    let store = Config::from_environment()?.store.with_data(data);
    let (core, ..) = open_core(&store, None, Policy::default(), "http://localhost")?;
    let tables = core.directory.tables();
    let connected = tables.inboxes_by_carrier(ctlive::CARRIER).next();
    let inbox = connected
        .context("start the demo once first: there is no inbox")?
        .inbox
        .clone();
    let start = core.feed.head();
    let mut under_way = JoinSet::new();
    for number in 0..total {
        if under_way.len() >= AT_ONCE
            && let Some(done) = under_way.join_next().await
        {
            let done: app::Result<_> = done?;
            done?;
        }
        let inbound = Inbound {
            from: Told {
                source_id: format!("39{:010}", number % conversations.max(1)),
                name: Some(format!("Person {}", number % conversations.max(1))),
                phone: None,
            },
            external_id: format!("fill-{start}-{number:026}"),
            content: Some(format!(
                "message {number}: {}",
                "words and more words ".repeat(20)
            )),
            ..Inbound::default()
        };
        let (store, inbox) = (core.store.clone(), inbox.clone());
        let directory = core.directory.clone();
        under_way.spawn(async move {
            store
                .transact(move |tx| messages::receive(tx, &directory, &inbox, &inbound))
                .await
        });
        if (number + 1) % 100_000 == 0 {
            say(&format!("{} messages", number + 1));
        }
    }
    while let Some(done) = under_way.join_next().await {
        done??;
    }
    tokio::task::spawn_blocking(move || core.store.close()).await?;
    Ok(())
}
