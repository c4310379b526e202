//! The server is killed while it delivers. Whatever was committed arrives, under one id however often it is sent.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::json;
use testkit::{
    receiver::{Receiver, Reply},
    wait::until,
};
use wire::hooks::signature::ID;

use super::{ask, demo, endpoint, endpoint_as, say, say_all, texts};

const HOOKS: usize = 10_000;
/// The server is killed when so many have come.
const KILLS: [usize; 4] = [100, 2_500, 5_000, 8_000];

#[tokio::test]
async fn every_hook_arrives_although_the_server_is_killed_and_duplicates_carry_the_same_id() {
    let (mut demo, receiver) = (demo("[50,50,50]").await, Receiver::start().await);
    receiver.answer("/in", Reply::status(200).after(Duration::from_millis(5)));
    let wanted =
        json!({ "url": receiver.url("/in"), "events": ["message.created"], "in_flight": 100 });
    endpoint_as(&demo, wanted).await;
    let all: Vec<String> = (0..HOOKS).map(|n| format!("m{n}")).collect();
    let told = |receiver: &Receiver| {
        texts(&receiver.got("/in"))
            .into_iter()
            .collect::<BTreeSet<_>>()
    };
    for page in all.chunks(250) {
        say_all(&demo, page).await;
    }
    for count in KILLS {
        receiver.wait_for("/in", count).await;
        demo.kill();
        demo.restart().await;
    }
    // Step by step: each has patience of its own, however slow the machine.
    for step in 1..=20 {
        until("the next five hundred to arrive", async || {
            (receiver.count("/in") >= HOOKS / 20 * step).then_some(())
        })
        .await;
    }
    until("every hook to arrive", async || {
        (told(&receiver).len() == HOOKS).then_some(())
    })
    .await;
    until("every hook to be settled", async || {
        (demo.figure("switchboard_deliveries_pending").await == 0).then_some(())
    })
    .await;
    let got = receiver.got("/in");
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (hook, text) in got.iter().zip(texts(&got)) {
        ids.entry(text)
            .or_default()
            .insert(hook.header(ID).to_owned());
    }
    assert!(ids.values().all(|ids| ids.len() == 1));
    let distinct: BTreeSet<&String> = ids.values().flatten().collect();
    assert_eq!(distinct.len(), HOOKS);
    println!("{HOOKS} hooks, {} posts", got.len());
}

#[tokio::test]
async fn what_happened_just_before_the_first_hook_was_ever_made_is_not_lost() {
    let (mut demo, receiver) = (demo("[20]").await, Receiver::start().await);
    say(&demo, "before anybody asked").await;
    endpoint(&demo, &receiver.url("/in")).await;
    say(&demo, "hello").await;
    receiver.wait_for("/in", 1).await;
    demo.kill();
    // As if the kill had come after the message was committed and before anything was made of it.
    let store = rusqlite::Connection::open(demo.data().join("switchboard.db")).unwrap();
    store
        .execute_batch("DELETE FROM attempts; DELETE FROM deliveries; DELETE FROM cursors;")
        .unwrap();
    drop(store);
    demo.restart().await;
    assert_eq!(
        texts(&receiver.wait_for("/in", 2).await),
        ["hello", "hello"]
    );
}

// The receiver must be able to answer while the test waits for the process to end.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_told_to_stop_finishes_what_is_under_way_and_goes_on_afterwards() {
    let (mut demo, receiver) = (demo("[20]").await, Receiver::start().await);
    receiver.answer("/in", Reply::status(200).after(Duration::from_millis(300)));
    let wanted =
        json!({ "url": receiver.url("/in"), "events": ["message.created"], "in_flight": 2 });
    let id = endpoint_as(&demo, wanted).await;
    let all: Vec<String> = (0..6).map(|n| format!("m{n}")).collect();
    say_all(&demo, &all).await;
    receiver.wait_for("/in", 2).await;
    assert!(demo.terminate());
    demo.restart().await;
    let got = receiver.wait_for("/in", 6).await;
    // Nothing twice: what was under way was settled before the end.
    assert_eq!(texts(&got).into_iter().collect::<BTreeSet<_>>().len(), 6);
    until("all to be done", async || {
        let done = ask(&demo, "GET", id, "/deliveries?state=done", None)
            .await
            .ok();
        (done["deliveries"].as_array().unwrap().len() == 6).then_some(())
    })
    .await;
    assert_eq!(receiver.count("/in"), 6);
}
