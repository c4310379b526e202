//! Many connections on a hub of several shards: what each is told, whatever the others do at the same time.
//!
//! No HTTP: connections are handed to the hub as an upgrade would, and events are published as the HTTP API would.

mod client;
mod order;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::{Value, json};
use wire::pusher::{Settings, frames, topic, user_topic};

use self::client::{APP, Client, Node, data};

const ROUNDS: usize = 40;

fn user(id: usize) -> Value {
    json!({ "user_id": id.to_string(), "user_info": { "n": id } })
}

/// Waits until this many connections follow a channel.
async fn followed_by(node: &Node, channel: &str, connections: u64) {
    let topic = topic(APP, channel);
    for _ in 0..2_000 {
        if node.register.followers(&topic).connections == connections {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{channel} is never followed by {connections}");
}

/// Makes everybody who follows a channel hear of the end of a test.
async fn end(node: &Node, channel: &str) {
    let topic = topic(APP, channel);
    node.hub
        .publish(&topic, frames::event("end", channel, ""))
        .await;
}

/// Plays what a client was told of a presence channel, checking that each piece of news is news.
fn roster(own: &str, told: &[Value]) -> BTreeSet<String> {
    let mut members: BTreeSet<String> = BTreeSet::new();
    for frame in told {
        let id = || data(frame)["user_id"].as_str().unwrap().to_owned();
        match frame["event"].as_str().unwrap() {
            "pusher_internal:subscription_succeeded" => {
                let presence = &data(frame)["presence"];
                let ids = presence["ids"].as_array().unwrap();
                members = ids
                    .iter()
                    .map(|it| it.as_str().unwrap().to_owned())
                    .collect();
                assert_eq!(presence["count"], members.len());
                assert!(members.contains(own), "the newcomer is among them");
            }
            "pusher_internal:member_added" => {
                assert_ne!(id(), own);
                assert!(members.insert(id()), "{} was there already", id());
            }
            "pusher_internal:member_removed" => {
                assert_ne!(id(), own);
                assert!(members.remove(&id()), "{} was not there", id());
            }
            other => panic!("{other}"),
        }
    }
    members
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_hears_exactly_who_comes_and_who_goes() {
    let node = Node::start(Settings::default());
    let mut tasks = Vec::new();
    for id in 0..30 {
        let node = node.clone();
        tasks.push(tokio::spawn(async move {
            // Two connections of the same user come and go out of step; the last one stays if the number is even.
            for _ in 0..5 {
                let mut first = Client::open(&node).await;
                let mut second = Client::open(&node).await;
                let who = user(id);
                tokio::join!(
                    first.join("presence-c", &who),
                    second.join("presence-c", &who)
                );
                first.leave("presence-c").await;
                tokio::join!(first.close(), second.close());
            }
            let mut last = Client::open(&node).await;
            last.join("presence-c", &user(id)).await;
            if id % 2 == 1 {
                last.close().await;
                return None;
            }
            Some((id.to_string(), last))
        }));
    }
    let mut staying = Vec::new();
    for task in tasks {
        staying.extend(task.await.unwrap());
    }
    followed_by(&node, "presence-c", 15).await;
    end(&node, "presence-c").await;
    let expected: BTreeSet<String> = staying.iter().map(|(id, _)| id.clone()).collect();
    for (id, mut client) in staying {
        let mut told = client.told.clone();
        told.extend(client.until("end").await);
        assert_eq!(roster(&id, &told), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_connections_that_close_at_once_are_one_member_gone() {
    let node = Node::start(Settings::default());
    let mut watcher = Client::open(&node).await;
    watcher.join("presence-c", &user(0)).await;
    for _ in 0..ROUNDS {
        let (mut a, mut b) = (Client::open(&node).await, Client::open(&node).await);
        let who = user(1);
        tokio::join!(a.join("presence-c", &who), b.join("presence-c", &who));
        tokio::join!(a.close(), b.close());
        followed_by(&node, "presence-c", 1).await;
    }
    end(&node, "presence-c").await;
    let told = watcher.until("end").await;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for frame in &told {
        *counts.entry(frame["event"].as_str().unwrap()).or_default() += 1;
    }
    let added = counts["pusher_internal:member_added"];
    assert_eq!(counts["pusher_internal:member_removed"], added);
    assert!((ROUNDS..=2 * ROUNDS).contains(&added));
    roster(
        "0",
        &[
            &[json!({
                "event": "pusher_internal:subscription_succeeded",
                "data": json!({ "presence": { "count": 1, "ids": ["0"], "hash": {} } }).to_string(),
            })][..],
            &told,
        ]
        .concat(),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_joins_a_busy_cache_channel_misses_nothing_and_hears_nothing_twice() {
    let node = Node::start(Settings::default());
    let publisher = {
        let node = node.clone();
        tokio::spawn(async move {
            for number in 0..2_000 {
                let text = frames::event("e", "cache-c", &number.to_string());
                let (register, topic) = (&node.register, topic(APP, "cache-c"));
                register.publish_cached(&node.hub, &topic, text, None).await;
                if number % 16 == 0 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
            followed_by(&node, "cache-c", 40).await;
            end(&node, "cache-c").await;
        })
    };
    let mut clients = Vec::new();
    for _ in 0..40 {
        let mut client = Client::open(&node).await;
        client.join("cache-c", &Value::Null).await;
        clients.push(client);
    }
    publisher.await.unwrap();
    for mut client in clients {
        let mut told = client.told.split_off(1);
        told.extend(client.until("end").await);
        let mut next = None;
        for frame in told {
            if frame["event"] == "pusher:cache_miss" {
                assert_eq!(next, None);
                next = Some(0);
                continue;
            }
            let number: u32 = frame["data"].as_str().unwrap().parse().unwrap();
            assert_eq!(*next.get_or_insert(number), number);
            next = Some(number + 1);
        }
        assert_eq!(next, Some(2_000));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clients_events_reach_the_others_on_every_shard_in_order() {
    let settings = Settings {
        client_events_per_second_max: u16::MAX,
        ..Settings::default()
    };
    let node = Node::start(settings);
    let mut clients = Vec::new();
    for id in 0..6 {
        let mut client = Client::open(&node).await;
        client.join("presence-c", &user(id)).await;
        clients.push(client);
    }
    for number in 0..50 {
        let event = json!({ "event": "client-x", "channel": "presence-c", "data": number });
        clients[0].send(&event).await;
    }
    // An answer to it comes after what it sent has been passed on.
    clients[0].send(&json!({ "event": "pusher:ping" })).await;
    clients[0].until("pusher:pong").await;
    end(&node, "presence-c").await;
    for (at, client) in clients.iter_mut().enumerate() {
        let told = client.until("end").await;
        let events = told.iter().filter(|it| it["event"] == "client-x");
        let numbers: Vec<_> = events.map(|it| (&it["data"], &it["user_id"])).collect();
        let (zero, all): (Value, Vec<Value>) = (json!("0"), (0..50).map(Value::from).collect());
        let expected: Vec<_> = all.iter().map(|it| (it, &zero)).collect();
        assert_eq!(numbers, if at == 0 { Vec::new() } else { expected });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn followers_are_told_how_many_they_are_and_a_crowd_in_the_end() {
    let settings = Settings {
        subscription_count_crowd: 3,
        subscription_count_every_s: 1,
        ..Settings::default()
    };
    let node = Node::counting(settings);
    let mut first = Client::open(&node).await;
    first.join("private-c", &Value::Null).await;
    let mut others = Vec::new();
    for _ in 0..6 {
        let mut client = Client::open(&node).await;
        client.join("private-c", &Value::Null).await;
        others.push(client);
    }
    let mut counts = Vec::new();
    while counts.last() != Some(&7) {
        first.until("pusher_internal:subscription_count").await;
        counts.push(data(&first.last)["subscription_count"].as_u64().unwrap());
    }
    assert_eq!(counts[..3], [1, 2, 3]);
    assert!(counts.len() <= 5, "{counts:?}");
    for client in others {
        client.close().await;
    }
    while counts.last() != Some(&1) {
        first.until("pusher_internal:subscription_count").await;
        counts.push(data(&first.last)["subscription_count"].as_u64().unwrap());
    }
    let mut present = Client::open(&node).await;
    present.join("presence-c", &user(1)).await;
    end(&node, "presence-c").await;
    assert!(
        present.until("end").await.is_empty(),
        "members are known anyway"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_hear_of_the_first_and_the_last_connection_of_a_user() {
    let node = Node::start(Settings::default());
    let mut watcher = Client::open(&node).await;
    watcher
        .sign_in(&json!({ "id": "w", "watchlist": ["u", "w"] }))
        .await;
    let told = watcher.until("pusher_internal:watchlist_events").await;
    assert!(told.is_empty());
    let expected = json!([
        { "name": "online", "user_ids": ["w"] },
        { "name": "offline", "user_ids": ["u"] },
    ]);
    assert_eq!(data(&watcher.last)["events"], expected);
    for _ in 0..ROUNDS {
        let (mut a, mut b) = (Client::open(&node).await, Client::open(&node).await);
        let id = json!({ "id": "u" });
        tokio::join!(a.sign_in(&id), b.sign_in(&id));
        watcher.until("pusher_internal:watchlist_events").await;
        assert_eq!(
            data(&watcher.last)["events"],
            json!([{ "name": "online", "user_ids": ["u"] }])
        );
        node.hub.dismiss(&user_topic(APP, "u")).await;
        assert_eq!((a.closed().await, b.closed().await), (4009, 4009));
        watcher.until("pusher_internal:watchlist_events").await;
        assert_eq!(
            data(&watcher.last)["events"],
            json!([{ "name": "offline", "user_ids": ["u"] }])
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_presence_channel_takes_nobody_new_and_its_members_more_often() {
    let settings = Settings {
        presence_members_max: 2,
        ..Settings::default()
    };
    let node = Node::start(settings);
    let mut clients = Vec::new();
    for (id, verdict) in [
        (0, "succeeded"),
        (1, "succeeded"),
        (2, "error"),
        (1, "succeeded"),
    ] {
        let mut client = Client::open(&node).await;
        client.join("presence-c", &user(id)).await;
        let event = client.last["event"].as_str().unwrap();
        assert!(event.ends_with(verdict), "{}", client.last);
        clients.push(client);
    }
    let followers = node.register.followers(&topic(APP, "presence-c"));
    assert_eq!((followers.connections, followers.members), (3, 2));
}
