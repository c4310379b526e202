//! The server is killed, or there are two of it: each rule does what it asks once for each message.

use std::collections::BTreeMap;

use testkit::wait::until;

use super::*;
use crate::nodes::Pair;

/// How often the rule answered.
async fn answers(demo: &Demo) -> usize {
    let all = texts(demo, 1).await;
    all.iter().filter(|it| *it == "We are on it").count()
}

fn answering() -> Value {
    rule_about(
        "help",
        json!([action("send_message", json!(["We are on it"]))]),
    )
}

#[tokio::test]
async fn a_killed_server_answers_each_message_once() {
    const MESSAGES: usize = 120;
    let mut demo = demo().await;
    ok(&demo, "POST", "/automation_rules", answering()).await;
    let all: Vec<Value> = (0..MESSAGES)
        .map(|n| demo.inbound(FRANK, &format!("m-{n}"), &format!("help {n}")))
        .collect();
    for part in all.chunks(MESSAGES / 4) {
        demo.post(json!(part)).await.ok();
        // At whatever moment this is: some were answered, some were not.
        demo.kill();
        demo.restart().await;
    }
    until("every message to be answered", async || {
        (answers(&demo).await >= MESSAGES).then_some(())
    })
    .await;
    // What is said after it is answered after it: nothing more comes.
    say(&demo, FRANK, "help at last").await;
    until("the last one to be answered", async || {
        (answers(&demo).await > MESSAGES).then_some(())
    })
    .await;
    assert_eq!(answers(&demo).await, MESSAGES + 1);
}

#[tokio::test]
async fn of_two_servers_one_answers() {
    const MESSAGES: usize = 60;
    let pair = Pair::start().await;
    ok(&pair.one, "POST", "/automation_rules", answering()).await;
    for n in 0..MESSAGES {
        let node = if n % 2 == 0 { &pair.one } else { &pair.two };
        say(node, FRANK, &format!("help {n}")).await;
    }
    until("every message to be answered", async || {
        (answers(&pair.one).await >= MESSAGES).then_some(())
    })
    .await;
    say(&pair.two, FRANK, "help at last").await;
    until("the last one to be answered", async || {
        (answers(&pair.two).await > MESSAGES).then_some(())
    })
    .await;
    assert_eq!(answers(&pair.one).await, MESSAGES + 1);
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    for text in texts(&pair.one, 1).await {
        *said.entry(text).or_default() += 1;
    }
    let twice: Vec<_> = said.iter().filter(|(_, n)| **n > 1).collect();
    assert_eq!(twice.len(), 1, "{twice:?}");
}
