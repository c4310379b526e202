//! Events for endpoints, with two nodes that deliver.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::json;
use testkit::{
    demo::Demo,
    receiver::{Hook, Receiver, Reply},
    wait::until,
};
use wire::hooks::signature::ID;

use super::{Pair, say_all};

const EVENTS: usize = 2_000;
/// Messages in one post.
const PAGE: usize = 125;
const SENT: &str = r#"switchboard_delivery_attempts_total{to="endpoint",outcome="delivered"}"#;

fn text(hook: &Hook) -> String {
    let body = hook.json();
    let content = &body["data"]["message"]["content"];
    content.as_str().unwrap().to_owned()
}

/// Makes an endpoint and waits until both nodes know it.
async fn endpoint(pair: &Pair, receiver: &Receiver) {
    let wanted = json!({
        "url": receiver.url("/in"), "events": ["message.created"], "in_flight": 20,
    });
    let made = pair.one.agent("POST", "/endpoints", Some(wanted)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    until("the endpoint on the other node", async || {
        let there = pair.two.agent("GET", "/endpoints", None).await.ok();
        (!there["endpoints"].as_array().unwrap().is_empty()).then_some(())
    })
    .await;
}

/// Says the pages in turn through these nodes.
async fn say_through(nodes: &[&Demo], all: &[String]) {
    for (page, node) in all.chunks(PAGE).zip(nodes.iter().cycle()) {
        say_all(node, "385919998888", page).await;
    }
}

async fn until_settled(node: &Demo) {
    until("every event to be settled", async || {
        let pending = node.figure("switchboard_deliveries_pending").await;
        (pending == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn every_event_is_sent_once_while_both_nodes_live() {
    let (pair, receiver) = (Pair::start().await, Receiver::start().await);
    receiver.answer("/in", Reply::status(200).after(Duration::from_millis(2)));
    endpoint(&pair, &receiver).await;
    let all: Vec<String> = (0..EVENTS).map(|n| format!("m{n}")).collect();
    say_through(&[&pair.one, &pair.two], &all).await;
    receiver.wait_for("/in", EVENTS).await;
    until_settled(&pair.one).await;
    let got = receiver.got("/in");
    assert_eq!(got.len(), EVENTS);
    let texts: BTreeSet<String> = got.iter().map(text).collect();
    assert!(texts.iter().eq(all.iter().collect::<BTreeSet<_>>()));
    let ids: BTreeSet<&str> = got.iter().map(|it| it.header(ID)).collect();
    assert_eq!(ids.len(), EVENTS);
    // Both had a hand in it.
    let (one, two) = (pair.one.figure(SENT).await, pair.two.figure(SENT).await);
    println!("{one} by one node, {two} by the other");
    assert!(one > 0 && two > 0);
    assert_eq!(usize::try_from(one + two).unwrap(), EVENTS);
}

#[tokio::test]
async fn what_a_killed_node_was_about_to_send_is_sent_by_the_other_and_nothing_else_twice() {
    let (mut pair, receiver) = (Pair::start().await, Receiver::start().await);
    // So slowly that both have something under way whenever one dies.
    receiver.answer("/in", Reply::status(200).after(Duration::from_millis(500)));
    endpoint(&pair, &receiver).await;
    let all: Vec<String> = (0..EVENTS).map(|n| format!("m{n}")).collect();
    say_through(&[&pair.one, &pair.two], &all).await;
    let leased = "SELECT id FROM deliveries WHERE state = 0 AND leased_until > 0 \
                  AND lease_owner = (SELECT id FROM nodes WHERE name = 'two')";
    until("both nodes to be at it", async || {
        let (one, two) = (pair.one.figure(SENT).await, pair.two.figure(SENT).await);
        // What is sent together is settled together: not in the moment before the next is leased.
        let busy = one > 0 && two > 0 && !pair.database.sql(leased).is_empty();
        busy.then_some(())
    })
    .await;
    pair.two.kill();
    receiver.answer("/in", Reply::status(200));
    let leased = pair.database.sql(leased);
    // What it had under way when it died, whoever notices.
    let leased: BTreeSet<String> = leased.lines().map(str::to_owned).collect();
    assert!(!leased.is_empty());
    until("the dead to be buried", async || {
        (pair.database.sql("SELECT count(*) FROM nodes") == "1").then_some(())
    })
    .await;
    until_settled(&pair.one).await;

    let got = receiver.got("/in");
    let mut times: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for hook in &got {
        times.entry(hook.header(ID)).or_default().push(text(hook));
    }
    let texts: BTreeSet<&String> = times.values().flatten().collect();
    assert!(texts.into_iter().eq(all.iter().collect::<BTreeSet<_>>()));
    assert_eq!(times.len(), EVENTS);
    let twice: Vec<&str> = times
        .iter()
        .filter(|(_, texts)| texts.len() > 1)
        .map(|(id, _)| *id)
        .collect();
    println!(
        "{} sent twice of {} leased by the dead",
        twice.len(),
        leased.len()
    );
    for id in twice {
        let number = id.rsplit('_').next().unwrap();
        assert!(leased.contains(number), "{id} is none of {leased:?}");
    }
}

#[tokio::test]
async fn a_node_that_comes_back_goes_on_with_what_it_was_about_to_send() {
    let (mut pair, receiver) = (Pair::start().await, Receiver::start().await);
    receiver.answer("/in", Reply::never());
    endpoint(&pair, &receiver).await;
    pair.one.kill();
    let all: Vec<String> = (0..10).map(|n| format!("m{n}")).collect();
    say_through(&[&pair.two], &all).await;
    receiver.wait_for("/in", 10).await;
    pair.two.kill();
    receiver.answer("/in", Reply::status(200));
    pair.two.restart().await;
    // Long before any lease ends.
    receiver.wait_for("/in", 20).await;
    until_settled(&pair.two).await;
    assert_eq!(receiver.count("/in"), 20);
}
