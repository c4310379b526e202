//! The owner's view from the command line, and of what networks are owed.

use std::process::{Command, Output};

use serde_json::json;
use testkit::{
    demo::Demo,
    receiver::{Receiver, Reply},
    wait::until,
};

use super::{demo, endpoint, hook_in, hook_when, say};
use crate::BINARY;

/// What `switchboard endpoints` answers when it is asked this.
async fn asked(demo: &Demo, token: &str, words: &str) -> Output {
    let mut command = Command::new(BINARY);
    let server = demo.url("");
    command
        .args(["endpoints", "--server", &server])
        .args(words.split(' '));
    command.env("SWITCHBOARD_TOKEN", token);
    // Beside this thread, on which the receivers run.
    let asked = tokio::task::spawn_blocking(move || command.output());
    asked.await.unwrap().unwrap()
}

/// The lines that it prints.
async fn lines(demo: &Demo, words: &str) -> Vec<String> {
    let token = demo.text("/agents/0/access_token");
    let output = asked(demo, &token, words).await;
    assert!(output.status.success(), "{words}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn an_owner_sees_and_does_everything_from_the_command_line() {
    let (demo, receiver) = (demo("[60000]").await, Receiver::start().await);
    receiver.answer_next("/in", Reply::status(503));
    let id = endpoint(&demo, &receiver.url("/in")).await;
    say(&demo, "hello").await;
    let hook = hook_when(&demo, id, "an attempt", |it| it["attempts"] == 1).await;
    let delivery = hook["id"].as_i64().unwrap();

    let listed = lines(&demo, "list").await;
    assert_eq!(listed.len(), 1);
    let url = receiver.url("/in");
    let start = format!("{id}  active  standard  {url}  (failing since ");
    assert!(listed[0].starts_with(&start), "{listed:?}");
    let pending = lines(&demo, &format!("deliveries {id} --state pending")).await;
    assert!(
        pending.len() == 1 && pending[0].contains("attempts 1  next 20"),
        "{pending:?}"
    );
    assert_eq!(
        lines(&demo, &format!("deliveries {id} --state dead")).await,
        Vec::<String>::new()
    );
    let attempts = lines(&demo, &format!("attempts {id} {delivery}")).await;
    assert!(attempts[1].ends_with("ms  it answered 503"), "{attempts:?}");

    let replayed = lines(&demo, &format!("replay {id} {delivery}")).await;
    assert_eq!(replayed, ["1 to be delivered again"]);
    hook_in(&demo, id, "done").await;
    let attempts = lines(&demo, &format!("attempts {id} {delivery}")).await;
    assert!(attempts[2].ends_with("ms  delivered, 200"), "{attempts:?}");
    let replayed = lines(&demo, &format!("replay {id} --since 2026-11-20T09:00:00Z")).await;
    assert_eq!(replayed, ["0 to be delivered again"]);

    let paused = lines(&demo, &format!("pause {id}")).await;
    assert!(
        paused[0].starts_with(&format!("{id}  paused")),
        "{paused:?}"
    );
    let resumed = lines(&demo, &format!("resume {id}")).await;
    assert!(
        resumed[0].starts_with(&format!("{id}  active")),
        "{resumed:?}"
    );
    let secret = lines(&demo, &format!("rotate {id}")).await;
    assert!(secret[0].starts_with("whsec_"));
    let before = receiver.count("/in");
    let tested = lines(&demo, &format!("test {id}")).await;
    assert!(tested[0].starts_with("delivery "));
    receiver.wait_for("/in", before + 1).await;

    for (token, words, sentence) in [
        ("nobody's", "list", "access_token"),
        ("", "list", "access_token"),
    ] {
        let refused = asked(&demo, token, words).await;
        assert!(!refused.status.success());
        let text = String::from_utf8(refused.stderr).unwrap();
        assert!(text.contains(sentence), "{text}");
    }
}

#[tokio::test]
async fn what_a_network_is_owed_is_seen_like_what_an_endpoint_is() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    drop(receiver);
    say(&demo, "hello").await;
    let body = json!({ "content": "Good day" });
    let sent = demo
        .agent("POST", "/conversations/1/messages", Some(body))
        .await
        .ok();
    let path = |rest: &str| format!("/inboxes/1/deliveries{rest}");
    let newest = until("it to be delivered", async || {
        let page = demo.agent("GET", &path("?state=done"), None).await.ok();
        page["deliveries"].as_array()?.first().cloned()
    })
    .await;
    assert_eq!(newest["message_id"], sent["id"]);
    assert_eq!((&newest["part"], &newest["parts"]), (&json!(0), &json!(1)));
    let rest = format!("/{}", newest["id"]);
    let whole = demo.agent("GET", &path(&rest), None).await.ok();
    assert_eq!(whole["attempts_made"].as_array().unwrap().len(), 1);
    assert_eq!(whole["attempts_made"][0]["error"], json!(null));
    for (path, status) in [
        ("/inboxes/99/deliveries", 404),
        ("/inboxes/1/deliveries/1", 404),
        ("/inboxes/1/deliveries?state=lost", 422),
    ] {
        assert_eq!(demo.agent("GET", path, None).await.status, status, "{path}");
    }
}
