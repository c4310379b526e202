//! Fills a store through the real use case, for measurements at a size.

use std::path::Path;

use anyhow::{Context as _, Result};
use app::{
    Actor, Scope,
    contacts::Told,
    conversations::{self, NewStatus, Relabel},
    directory::Directory,
    messages::{self, Inbound, Received},
    ports::Tx,
};
use carriers::guard::Policy;
use domain::{AccountId, AgentId, ConversationStatus, Priority};
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
            content: Some(format!("message {number}: {}", chatter(number))),
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
    say("sorting the conversations");
    let conversations = i64::try_from(conversations.min(total)).unwrap_or(i64::MAX);
    let agents: Vec<AgentId> = tables.agents_of(inbox.account_id).map(|it| it.id).collect();
    for number in 1..=conversations {
        if under_way.len() >= AT_ONCE
            && let Some(done) = under_way.join_next().await
        {
            let done: app::Result<_> = done?;
            done?;
        }
        let (store, directory) = (core.store.clone(), core.directory.clone());
        let (account, agents) = (inbox.account_id, agents.clone());
        under_way.spawn(async move {
            store
                .transact(move |tx| {
                    sort(tx, &directory, account, &agents, number)?;
                    Ok(Received::Duplicate)
                })
                .await
        });
    }
    while let Some(done) = under_way.join_next().await {
        done??;
    }
    tokio::task::spawn_blocking(move || core.store.close()).await?;
    Ok(())
}

/// Different words that people use.
const VOCABULARY: u64 = 20_000;
/// Words of a message.
const WORDS: u64 = 60;

/// What somebody says: some words often, most of them rarely.
fn chatter(number: u64) -> String {
    let words = (0..WORDS).map(|place| {
        let dice = (number * WORDS + place).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let rank = (dice % VOCABULARY) * (dice / VOCABULARY % VOCABULARY) / VOCABULARY;
        word(rank)
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A word that can be spoken, the same for the same rank.
fn word(mut rank: u64) -> String {
    let mut word = String::new();
    loop {
        let (consonant, vowel) = (rank % 16, rank / 16 % 5);
        word.extend(
            b"bcdfghklmnprstvz"
                .get(usize::try_from(consonant).unwrap_or(0))
                .map(|it| char::from(*it)),
        );
        word.extend(
            b"aeiou"
                .get(usize::try_from(vowel).unwrap_or(0))
                .map(|it| char::from(*it)),
        );
        rank /= 80;
        if rank == 0 {
            return word;
        }
    }
}

/// Gives a conversation what lists ask for: of ten, three are resolved, one waits, six are somebody's; one of five
/// has a label, one of twenty is urgent, all have a language and one of a hundred is a great customer's.
fn sort(
    tx: &mut dyn Tx,
    directory: &Directory,
    account: AccountId,
    agents: &[AgentId],
    number: i64,
) -> app::Result<()> {
    let scope = Scope {
        account_id: account,
        actor: agents.first().map_or(Actor::System, |it| Actor::Agent(*it)),
    };
    let agent = agents.get(usize::try_from(number).unwrap_or(0) % agents.len().max(1));
    if number % 10 < 6 {
        conversations::assign(tx, directory, &scope, number, agent.copied())?;
    }
    let status = match number % 10 {
        5..8 => Some(ConversationStatus::Resolved),
        8 => Some(ConversationStatus::Pending),
        _ => None,
    };
    if let Some(status) = status {
        conversations::set_status(tx, directory, &scope, number, NewStatus::To(status, None))?;
    }
    if number % 5 == 0 {
        let title = if number % 25 == 0 { "rare" } else { "common" };
        let change = Relabel::Replace(vec![title.to_owned()]);
        conversations::label(tx, directory, &scope, number, &change)?;
    }
    let mut row = conversations::load(tx, &scope, number)?;
    let details = &mut row.conversation.details;
    details.priority = (number % 20 == 0).then_some(Priority::Urgent);
    let language = ["en", "de", "fr", "es"].get(usize::try_from(number % 4).unwrap_or(0));
    let language = language.copied().unwrap_or_default();
    details.additional_attributes = Some(format!("{{\"browser_language\":\"{language}\"}}"));
    let tier = if number % 100 == 0 { "gold" } else { "tin" };
    details.custom_attributes = Some(format!("{{\"tier\":\"{tier}\"}}"));
    tx.describe_conversation(&row.conversation)
}
