//! Programs that lose their connection and ask for what they missed, with unmodified libraries.

use testkit::{demo::Options, line::Line};

use super::*;

/// A program that resumes, at the other end of a line.
fn resuming(demo: &Demo, line: &Line, client: &str, channels: &[&str]) -> Node {
    let address = line.address();
    let port: u16 = address.rsplit(':').next().unwrap().parse().unwrap();
    pusher_with(
        demo,
        client,
        channels,
        json!({ "port": port, "resume": true }),
    )
}

async fn line_to(demo: &Demo) -> Line {
    Line::to(demo.url("").strip_prefix("http://").unwrap()).await
}

async fn is_gone(node: &mut Node) {
    node.expect("that it is cut off", |line| line["state"] == "connecting")
        .await;
}

#[tokio::test]
async fn what_was_missed_is_told_in_order_and_once_and_only_to_who_asked() {
    let (demo, _connector) = start().await;
    let (line, channel) = (line_to(&demo).await, messenger_channel(&demo));
    // The library gives up at its second loss within two minutes: each program has one.
    let programs = PUSHERS
        .iter()
        .flat_map(|client| [(client, false), (client, true)]);
    for (client, was_told) in programs {
        let mut plain = pusher(&demo, client, &[&channel]);
        let mut node = resuming(&demo, &line, client, &[&channel]);
        ready(&mut node).await;
        ready(&mut plain).await;
        let mut written = Vec::new();
        let write = async |written: &mut Vec<String>, what: &str| {
            let text = format!("{client} {was_told} {what}");
            customer_writes(&demo, FRANK, &text).await;
            written.push(text);
        };
        if was_told {
            write(&mut written, "before").await;
            told(&mut node, written.last().unwrap()).await;
        }
        line.cut();
        is_gone(&mut node).await;
        for number in 0..4 {
            write(&mut written, &format!("missed {number}")).await;
        }
        line.mend();
        write(&mut written, "meanwhile").await;
        ready(&mut node).await;
        write(&mut written, "after").await;
        for node in [&mut node, &mut plain] {
            told(node, written.last().unwrap()).await;
            assert_eq!(texts(node), written);
        }
        for event in plain.events("message") {
            assert_eq!(event.get("position"), None, "plain protocol 7");
        }
    }
}

/// Agents' answers and their ticks are events too.
#[tokio::test]
async fn every_kind_of_event_is_resumed_as_it_was_told_live() {
    let (demo, _connector) = start().await;
    let (line, channel) = (line_to(&demo).await, messenger_channel(&demo));
    customer_writes(&demo, FRANK, "hello").await;
    let mut plain = pusher(&demo, "pusher-js-8", &[&channel]);
    let mut node = resuming(&demo, &line, "pusher-js-8", &[&channel]);
    ready(&mut node).await;
    ready(&mut plain).await;
    line.cut();
    is_gone(&mut node).await;
    agent_writes(&demo, 1, "an answer").await;
    agent_does(&demo, 1, "toggle_status", json!({ "status": "resolved" })).await;
    agent_does(&demo, 1, "assignments", json!({ "assignee_id": 1 })).await;
    // One thing that happens may be many events.
    let labels: Vec<String> = (1..=30).map(|it| format!("label-{it}")).collect();
    agent_does(&demo, 1, "labels", json!({ "labels": labels })).await;
    agent_does(&demo, 1, "labels", json!({ "labels": ["another"] })).await;
    line.mend();
    customer_writes(&demo, FRANK, "the end").await;
    told(&mut node, "the end").await;
    told(&mut plain, "the end").await;
    let events = |node: &Node| {
        let all: Vec<Value> = node.lines();
        let told = all.into_iter().filter(|it| it.get("event").is_some());
        told.map(|mut it| {
            it["data"].as_object_mut().unwrap().remove("position");
            it
        })
        .collect::<Vec<_>>()
    };
    let (live, resumed) = (events(&plain), events(&node));
    let end = |all: &[Value]| all.iter().position(|it| text_of(it) == Some("the end"));
    let (live, resumed) = (
        live[..=end(&live).unwrap()].to_vec(),
        resumed[..=end(&resumed).unwrap()].to_vec(),
    );
    assert_eq!(live, resumed);
    let names: Vec<&str> = live
        .iter()
        .map(|it| it["event"].as_str().unwrap())
        .collect();
    for name in ["message", "messageStatus", "chatStatus", "chatResponsible"] {
        assert!(names.contains(&name), "{names:?}");
    }
    let tags = names.iter().filter(|it| **it == "chatTag");
    assert_eq!(tags.count(), 30 + 31);
}

#[tokio::test]
async fn a_crash_in_the_middle_of_it_loses_nothing_and_doubles_nothing() {
    let (mut demo, _connector) = start().await;
    let channel = messenger_channel(&demo);
    let resume = json!({ "resume": true });
    let mut nodes = PUSHERS.map(|client| pusher_with(&demo, client, &[&channel], resume.clone()));
    for node in &mut nodes {
        ready(node).await;
    }
    let written: Vec<String> = (0..60).map(|n| format!("message {n}")).collect();
    let mut writes = tokio::task::JoinSet::new();
    for text in &written {
        let (item, client, basic) = (
            demo.inbound(text, text, text),
            demo.client.clone(),
            demo.basic(),
        );
        let url = demo.url("/imchannel/message");
        writes.spawn(async move {
            let headers = [("authorization", basic.as_str())];
            let body = json!({ "results": [item] }).to_string();
            client.try_send("POST", &url, &headers, body).await.ok();
        });
    }
    // Killed while some are told, some committed and some only on their way.
    nodes[0].expect_event("message").await;
    demo.kill();
    drop(writes);
    demo.restart().await;
    // Whoever was not answered writes again, under the same id.
    for text in &written {
        customer_writes_as(&demo, text).await;
    }
    customer_writes(&demo, FRANK, "the end").await;
    for node in &mut nodes {
        told(node, "the end").await;
        let mut seen = texts(node);
        assert_eq!(seen.pop().unwrap(), "the end");
        let (mut seen, mut expected) = (seen, written.clone());
        seen.sort();
        expected.sort();
        assert_eq!(seen, expected);
    }
    assert_eq!(texts(&nodes[0]), texts(&nodes[1]), "in one order");
}

/// Somebody of this name writes it.
async fn customer_writes_as(demo: &Demo, text: &str) {
    demo.post(json!([demo.inbound(text, text, text)]))
        .await
        .ok();
}

#[tokio::test]
async fn a_position_that_is_not_in_the_history_is_said_to_be_none() {
    let (demo, _connector) = start().await;
    let channel = messenger_channel(&demo);
    let auth = async |fields: &str| {
        let url = demo.url("/broadcasting/auth");
        let token = demo.text("/chatapp/access_token");
        let headers = [
            ("authorization", token.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let body = format!("socket_id=1.2&channel_name={channel}{fields}");
        demo.client.send("POST", &url, &headers, body).await
    };
    let plain = auth("").await.ok();
    assert_eq!(plain.as_object().unwrap().len(), 1, "{plain}");
    let asked = auth("&resume=true").await.ok();
    let data: Value = serde_json::from_str(asked["channel_data"].as_str().unwrap()).unwrap();
    assert!(data["resume"]["after"].is_string());
    for wrong in ["x", "-1", "1.5", "99999999999999999999999"] {
        let answer = auth(&format!("&resume=true&position={wrong}")).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
    }

    // A position of another server's, such as one that was restored from an older copy.
    let ahead = json!({ "resume": true, "position": "999999999999" });
    let mut node = pusher_with(&demo, "pusher-js-8", &[&channel], ahead);
    let failed = |line: &Value| line["resume_failed"] == channel.as_str();
    let line = node.expect("that it cannot", failed).await;
    assert_eq!(line["data"]["reason"], "position_unknown");
    assert!(line["data"]["position"].is_string());
    customer_writes(&demo, FRANK, "told from now on").await;
    told(&mut node, "told from now on").await;
}

/// A demo with one more setting, and a position that a program of it was told.
async fn known(name: &'static str, value: &str) -> (Demo, String) {
    let env = vec![
        (name, value.to_owned()),
        ("SWITCHBOARD__PUSHER__PATH_PREFIX", "/ws".to_owned()),
    ];
    let options = Options {
        env,
        ..Options::default()
    };
    let demo = Demo::start_with(BINARY, options).await;
    let mut node = pusher_from(&demo, "pusher-js-8", "");
    ready(&mut node).await;
    customer_writes(&demo, FRANK, "known").await;
    told(&mut node, "known").await;
    let position = node.events("message")[0]["position"].clone();
    (demo, position.as_str().unwrap().to_owned())
}

/// A program that was told everything up to a position, behind the server's prefix.
fn pusher_from(demo: &Demo, client: &str, position: &str) -> Node {
    let more = json!({ "resume": true, "position": position, "path": "/ws" });
    pusher_with(demo, client, &[&messenger_channel(demo)], more)
}

/// Waits until a program is told that it missed something for good; why.
async fn failed(node: &mut Node) -> String {
    let said = |line: &Value| line.get("resume_failed").is_some();
    let line = node.expect("that it cannot", said).await;
    line["data"]["reason"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_too_much_is_not_told_and_whatever_comes_then_is() {
    let (demo, known) = known("SWITCHBOARD__PUSHER__RESUME_ENTRIES_MAX", "0").await;
    customer_writes(&demo, FRANK, "missed").await;
    let mut node = pusher_from(&demo, "pusher-js-7", &known);
    assert_eq!(failed(&mut node).await, "too_far");
    customer_writes(&demo, FRANK, "told").await;
    told(&mut node, "told").await;
    assert_eq!(texts(&node), ["told"]);
}

#[tokio::test]
async fn what_the_journal_has_no_more_is_not_told_and_whatever_comes_then_is() {
    let (mut demo, known) = known("SWITCHBOARD__PUSHER__PONG_TIMEOUT_S", "30").await;
    for text in ["missed", "and missed"] {
        customer_writes(&demo, FRANK, text).await;
    }
    // Somebody cuts off its beginning.
    assert!(demo.terminate());
    let store = rusqlite::Connection::open(demo.data().join("switchboard.db")).unwrap();
    let cut = "DELETE FROM journal WHERE seq < (SELECT max(seq) FROM journal)";
    assert!(store.execute(cut, []).unwrap() > 0);
    drop(store);
    demo.restart().await;
    let mut node = pusher_from(&demo, "pusher-js-8", &known);
    assert_eq!(failed(&mut node).await, "position_expired");
    customer_writes(&demo, FRANK, "told").await;
    told(&mut node, "told").await;
    assert_eq!(texts(&node), ["told"]);
}

#[tokio::test]
async fn what_a_company_missed_is_told_as_well() {
    let (demo, _connector) = start().await;
    let line = line_to(&demo).await;
    let channel = format!("private-v1.companies.{}", demo.text("/company_id"));
    let mut node = resuming(&demo, &line, "pusher-js-8", &[&channel]);
    ready(&mut node).await;
    let token = demo.text("/chatapp/access_token");
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let workday = async |word: &str| {
        let url = demo.url("/v1/companies/1/employees/1/workday");
        let body = json!({ "workday": word }).to_string();
        demo.client.send("PUT", &url, &headers, body).await.ok();
    };
    workday("start").await;
    let first = node.expect_event("employeeWorkday").await;
    assert_eq!(first["data"][0]["type"], "start");
    line.cut();
    is_gone(&mut node).await;
    workday("end").await;
    workday("start").await;
    line.mend();
    let told = testkit::wait::until("what was missed", async || {
        let told = node.events("employeeWorkday");
        (told.len() == 3).then_some(told)
    })
    .await;
    let words: Vec<&str> = told
        .iter()
        .map(|it| it["data"][0]["type"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["start", "end", "start"]);
}
