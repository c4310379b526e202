//! Gathers what the herald heard, and owes it to the endpoints.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use app::{deliveries::Notice, hooks::endpoints, stopped};
use domain::EndpointId;
use tokio::sync::{mpsc, watch};
use wire::hooks::pusher::{EVENTS_MAX, Event};

use super::{
    dialect::{body, key_of},
    gather::{Batch, Gathered},
    herald::Heard,
};
use crate::Edge;

/// Events taken from the queue at once.
const AT_ONCE: usize = 1024;
/// After a failure, try again after this.
const AGAIN: Duration = Duration::from_millis(500);

/// Runs until `stop` says so; what was heard by then is owed before it returns.
pub async fn run(edge: Edge, mut stop: watch::Receiver<bool>) {
    let Some(mut queue) = edge.pusher.register().herald().listen() else {
        return;
    };
    let mut gathered = Gathered::default();
    let mut heard = Vec::with_capacity(AT_ONCE);
    loop {
        let next = gathered.next();
        let due = async {
            match next {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stopped(&mut stop) => break,
            count = queue.recv_many(&mut heard, AT_ONCE) => if count == 0 { break },
            () = due => {}
        }
        take_in(&mut gathered, &mut heard);
        let batch = gathered.take(Instant::now());
        while let Err(error) = owe(&edge, &batch).await {
            tracing::error!(%error, "endpoints cannot be told now");
            tokio::select! {
                () = stopped(&mut stop) => return,
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
        let dropped = edge.pusher.register().herald().take_dropped();
        if dropped > 0 {
            tracing::warn!(
                dropped,
                "more happened to channels than endpoints could be told"
            );
        }
    }
    drain(&mut queue, &mut gathered);
    if let Err(error) = owe(&edge, &gathered.take_all(Instant::now())).await {
        tracing::error!(%error, "endpoints were not told what happened last");
    }
}

fn take_in(gathered: &mut Gathered, heard: &mut Vec<Heard>) {
    let now = Instant::now();
    for it in heard.drain(..) {
        gathered.hear(it, now);
    }
}

fn drain(queue: &mut mpsc::Receiver<Heard>, gathered: &mut Gathered) {
    let now = Instant::now();
    while let Ok(it) = queue.try_recv() {
        gathered.hear(it, now);
    }
}

/// Owes every endpoint what it wants of a batch, in one transaction.
async fn owe(edge: &Edge, batch: &Batch) -> app::Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    let owed = notices(edge, batch);
    if owed.is_empty() {
        return Ok(());
    }
    edge.core
        .store
        .transact(move |tx| endpoints::owe(tx, &owed))
        .await?;
    edge.hooks.news.notify_one();
    Ok(())
}

fn notices(edge: &Edge, batch: &Batch) -> Vec<(EndpointId, Notice)> {
    let (tables, now) = (edge.core.directory.tables(), edge.core.clock.now());
    let all = tables
        .endpoints
        .values()
        .filter(|it| it.dialect == "pusher");
    let mut owed = Vec::new();
    for endpoint in all {
        let Some(key) = key_of(endpoint) else {
            continue;
        };
        let wants = |event: &&Event<'_>| endpoint.wants(event.kind().as_str());
        let own = batch.iter().filter(|(of, _)| **of == *key);
        let wanted: Vec<Event<'_>> = own
            .flat_map(|(_, events)| events.iter().filter(wants).cloned())
            .collect();
        for events in wanted.chunks(EVENTS_MAX) {
            let kinds: BTreeSet<&str> = events.iter().map(|it| it.kind().as_str()).collect();
            let told = Notice {
                event: Vec::from_iter(kinds).join(","),
                body: body(events, now),
                seq: 0,
            };
            owed.push((endpoint.id, told));
        }
    }
    owed
}
