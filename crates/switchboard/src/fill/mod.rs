//! Fills a store through the real use cases, for measurements at a size: a year of an account's life.

mod calendar;
mod chatter;
mod flow;
mod sorting;

use std::{path::Path, sync::Arc};

use anyhow::{Context as _, Result};
use app::{
    Core,
    contacts::Told,
    messages::{self, Inbound},
    ports::{ConversationFilter, Tx},
    words,
};
use carriers::guard::Policy;
use domain::{AgentId, Inbox};
use edge::ctlive;

use self::{calendar::Calendar, chatter::chatter, flow::Flow, sorting::Desk};
use crate::{config::Config, running::open_core_at, say};

/// Conversations that are talked in at the same time; each generation is sorted before the next begins.
const GENERATION: u64 = 1000;

/// Adds messages to the demo's connector inbox.
pub(crate) async fn run(data: &Path, total: u64, conversations: u64) -> Result<()> {
    let store = Config::from_environment()?.store.with_data(data);
    let calendar = Arc::new(Calendar::of_the_last_year(total));
    let policy = Policy::default();
    let (clock, nobody) = (calendar.clone(), Arc::default());
    let (core, ..) = open_core_at(&store, None, policy, "http://localhost", clock, nobody)?;
    let inbox = connected(&core)?;
    let desk = Arc::new(Desk::open(&core, inbox.account_id).await?);
    let start = core.feed.head();
    let each = (total / conversations.max(1)).max(1);
    let mut written = 0;
    while written < total {
        let before = begun(&core, &inbox)?;
        let end = total.min(written + GENERATION * each);
        let size = (end - written).div_ceil(each);
        let mut flow = Flow::default();
        for number in written..end {
            calendar.turn_to(number);
            let inbound = inbound(start, number, written / each + number % size);
            let (directory, inbox) = (core.directory.clone(), inbox.clone());
            let receive =
                move |tx: &mut dyn Tx| messages::receive(tx, &directory, &inbox, &inbound);
            flow.add(&core, receive).await?;
        }
        flow.end().await?;
        for number in before + 1..=begun(&core, &inbox)? {
            let (directory, desk) = (core.directory.clone(), desk.clone());
            let sort = move |tx: &mut dyn Tx| desk.sort(tx, &directory, number);
            flow.add(&core, sort).await?;
        }
        flow.end().await?;
        written = end;
        if written % 100_000 == 0 {
            say(&format!("{written} messages"));
        }
    }
    say("indexing the messages");
    words::catch_up(&core.store).await?;
    tokio::task::spawn_blocking(move || core.store.close()).await?;
    Ok(())
}

fn connected(core: &Core) -> Result<Arc<Inbox>> {
    let tables = core.directory.tables();
    let connected = tables.inboxes_by_carrier(ctlive::CARRIER).next();
    let connected = connected.context("start the demo once first: there is no inbox")?;
    Ok(connected.inbox.clone())
}

/// The newest conversation's number.
fn begun(core: &Core, inbox: &Inbox) -> Result<i64> {
    let all = ConversationFilter::default();
    let counts = core
        .store
        .view(|view| view.count_conversations(inbox.account_id, &all, AgentId(0)))?;
    Ok(counts.all)
}

fn inbound(start: i64, number: u64, person: u64) -> Inbound {
    Inbound {
        from: Told {
            source_id: format!("39{person:010}"),
            name: Some(format!("Person {person}")),
            phone: None,
        },
        external_id: format!("fill-{start}-{number:026}"),
        content: Some(format!("message {number}: {}", chatter(number))),
        ..Inbound::default()
    }
}
