//! An unmodified @anycable/core in both protocols: in the extended one it misses nothing and is told nothing twice,
//! whatever happens to its connection or to the server.

use std::time::Duration;

use testkit::line::Line;

use super::*;

fn anycable(demo: &Demo, line: Option<&Line>, room: &str, extended: bool) -> Node {
    let url = match line {
        Some(line) => format!("ws://{}/cable", line.address()),
        None => demo.socket_url("/cable"),
    };
    let config = json!({
        "client": "@anycable/core", "url": url, "room": room, "extended": extended,
    });
    Node::run("anycable.mjs", config)
}

async fn line_to(demo: &Demo) -> Line {
    Line::to(demo.url("").strip_prefix("http://").unwrap()).await
}

async fn is_gone(node: &mut Node) {
    node.expect_key("gone").await;
}

/// What a client was told of, but for who is here and who types, of which there is no history.
fn told_of(node: &Node) -> Vec<Value> {
    let lines = node.lines();
    let kept = lines.iter().filter(|line| {
        let name = line["event"].as_str().unwrap_or("presence");
        !name.starts_with("presence") && !name.contains("typing")
    });
    kept.map(|line| {
        let data = &line["data"];
        json!([line["event"], data["id"], data["content"], data["status"]])
    })
    .collect()
}

#[tokio::test]
async fn both_protocols_are_spoken() {
    let (demo, _connector) = start().await;
    for extended in [false, true] {
        let mut agent = anycable(&demo, None, &agent_room(&demo, 1), extended);
        ready(&mut agent).await;
        let text = format!("hello {extended}");
        customer_writes(&demo, FRANK, &text).await;
        told(&mut agent, &text).await;
        let token = contact_token(&demo, 1).await;
        let mut contact = anycable(&demo, None, &contact_room(&token), extended);
        ready(&mut contact).await;
        let text = format!("answer {extended}");
        agent_writes(&demo, 1, &text).await;
        let line = contact
            .expect(&text, |line| text_of(line) == Some(text.as_str()))
            .await;
        assert_eq!(line["offset"].is_i64(), extended, "{line}");
        agent.send(json!({ "perform": "update_presence" })).await;
        let mut stranger = anycable(&demo, None, &contact_room("nobody"), extended);
        stranger.expect_key("refused").await;
    }
}

#[tokio::test]
async fn what_is_missed_is_told_in_order_and_once() {
    let (demo, _connector) = start().await;
    let line = line_to(&demo).await;
    customer_writes(&demo, FRANK, "first").await;
    let token = contact_token(&demo, 1).await;
    let rooms = [agent_room(&demo, 1), contact_room(&token)];
    let mut away: Vec<Node> = rooms
        .iter()
        .map(|room| anycable(&demo, Some(&line), room, true))
        .collect();
    let mut here: Vec<Node> = rooms.iter().map(|room| raw(&demo, &[room])).collect();
    let mut base = anycable(&demo, Some(&line), &rooms[0], false);
    for node in away.iter_mut().chain(&mut here).chain([&mut base]) {
        ready(node).await;
    }
    for round in 0..3 {
        agent_writes(&demo, 1, &format!("before {round}")).await;
        for node in &mut away {
            told(node, &format!("before {round}")).await;
        }
        line.cut();
        for node in away.iter_mut().chain([&mut base]) {
            is_gone(node).await;
        }
        for n in 0..5 {
            customer_writes(&demo, FRANK, &format!("missed {round} {n}")).await;
            agent_writes(&demo, 1, &format!("answered {round} {n}")).await;
        }
        agent_does(&demo, 1, "toggle_status", json!({})).await;
        let note = json!({ "content": format!("note {round}"), "private": true });
        agent_does(&demo, 1, "messages", note).await;
        line.mend();
        customer_writes(&demo, FRANK, &format!("meanwhile {round}")).await;
        for node in &mut away {
            // Not by subscribing again: the session was kept.
            assert_eq!(node.expect_key("connected").await, true);
        }
        ready(&mut base).await;
    }
    agent_writes(&demo, 1, "the end").await;
    for node in away.iter_mut().chain(&mut here).chain([&mut base]) {
        told(node, "the end").await;
    }
    for (away, here) in away.iter().zip(&here) {
        // The library asks for everything since the second in which it began, so what happened in that second comes
        // first; and ticks of the last messages may still be on their way to one and not to the other.
        let (told, expected) = (told_of(away), told_of(here));
        let between = |all: &[Value]| {
            let at = |text: &str| all.iter().position(|it| it[2] == text).unwrap();
            all[at("before 0")..=at("the end")].to_vec()
        };
        assert_eq!(between(&told), between(&expected));
        assert!(told.len() > 40, "{}", told.len());
    }
    // The base protocol remembers nothing, as its clients know.
    assert!(!texts(&base).iter().any(|it| it.starts_with("missed 0")));
    // The contact was told of no note, live or missed.
    assert!(!texts(&away[1]).iter().any(|it| it.starts_with("note")));
}

#[tokio::test]
async fn a_server_that_was_killed_goes_on_where_it_was() {
    let (mut demo, _connector) = start().await;
    let room = agent_room(&demo, 1);
    let mut agent = anycable(&demo, None, &room, true);
    ready(&mut agent).await;
    let mut expected = Vec::new();
    for round in 0..3 {
        for n in 0..3 {
            let text = format!("{round} {n}");
            customer_writes(&demo, FRANK, &text).await;
            expected.push(text);
        }
        told(&mut agent, expected.last().unwrap()).await;
        demo.kill();
        is_gone(&mut agent).await;
        demo.restart().await;
        assert_eq!(agent.expect_key("connected").await, false);
        let text = format!("{round} at once");
        customer_writes(&demo, FRANK, &text).await;
        expected.push(text.clone());
        told(&mut agent, &text).await;
    }
    assert_eq!(texts(&agent), expected);
}

#[tokio::test]
async fn agents_whisper_to_one_another_and_to_nobody_else() {
    let (demo, _connector) = start().await;
    customer_writes(&demo, FRANK, "hello").await;
    let token = contact_token(&demo, 1).await;
    let mut alice = anycable(&demo, None, &agent_room(&demo, 0), true);
    let mut bob = anycable(&demo, None, &agent_room(&demo, 1), true);
    let mut contact = anycable(&demo, None, &contact_room(&token), true);
    for node in [&mut alice, &mut bob, &mut contact] {
        ready(node).await;
    }
    contact
        .send(json!({ "whisper": { "psst": "from outside" } }))
        .await;
    alice
        .send(json!({ "whisper": { "psst": "from alice" } }))
        .await;
    let heard = bob.expect_key("whisper").await;
    assert_eq!(heard, json!({ "psst": "from alice" }));
    agent_writes(&demo, 1, "end").await;
    for node in [&mut alice, &mut bob, &mut contact] {
        told(node, "end").await;
    }
    let whispers = |node: &Node| {
        node.lines()
            .iter()
            .filter(|it| it.get("whisper").is_some())
            .count()
    };
    assert_eq!(
        [whispers(&alice), whispers(&bob), whispers(&contact)],
        [0, 1, 0]
    );
}

#[tokio::test]
async fn who_says_that_they_are_here_is_told_to_whoever_watches() {
    let (demo, _connector) = start().await;
    let line = line_to(&demo).await;
    let rooms = [agent_room(&demo, 0), agent_room(&demo, 1)];
    let mut watcher = anycable(&demo, None, &rooms[0], true);
    ready(&mut watcher).await;
    watcher.send(json!({ "info": true })).await;
    assert_eq!(watcher.expect_key("here").await, json!({}));
    let mut one = anycable(&demo, Some(&line), &rooms[1], true);
    let mut two = anycable(&demo, None, &rooms[1], true);
    for node in [&mut one, &mut two] {
        ready(node).await;
        node.send(json!({ "join": { "id": 7, "info": { "looks_at": 3 } } }))
            .await;
    }
    let came = json!({ "type": "join", "id": "7", "info": { "looks_at": 3 } });
    assert_eq!(watcher.expect_key("presence").await, came);
    two.send(json!({ "info": true })).await;
    let here = json!({ "7": { "looks_at": 3 } });
    assert_eq!(two.expect_key("here").await, here);

    // One session goes and comes back, and the other says that it leaves: all the while somebody is here.
    line.cut();
    is_gone(&mut one).await;
    line.mend();
    one.expect("the session", |it| it["connected"] == true)
        .await;
    two.send(json!({ "leave": true })).await;
    one.send(json!({ "info": true })).await;
    assert_eq!(one.expect_key("here").await, here);
    one.send(json!({ "unsubscribe": true })).await;
    let left = json!({ "type": "leave", "id": "7" });
    assert_eq!(watcher.expect_key("presence").await, left);
    let told = watcher.lines();
    assert_eq!(
        told.iter()
            .filter(|it| it.get("presence").is_some())
            .count(),
        2,
        "{told:?}"
    );

    // A connection that breaks off for good is missed a little later; contacts have no gathering.
    drop(one);
    let mut last = anycable(&demo, None, &rooms[1], true);
    ready(&mut last).await;
    last.send(json!({ "join": { "id": "x", "info": null } }))
        .await;
    let came = json!({ "type": "join", "id": "x", "info": null });
    assert_eq!(watcher.expect_key("presence").await, came);
    drop(last);
    let left = json!({ "type": "leave", "id": "x" });
    let told = watcher.expect_within(Duration::from_secs(40), "the leave", |it| {
        it["presence"] == left
    });
    told.await;
    customer_writes(&demo, FRANK, "hello").await;
    let token = contact_token(&demo, 1).await;
    let mut contact = anycable(&demo, None, &contact_room(&token), true);
    ready(&mut contact).await;
    contact.send(json!({ "info": true })).await;
    assert_eq!(contact.expect_key("here").await, Value::Null);
}
