//! Our own dialect: what is posted, and how it is signed.

use serde_json::{Value, json};
use testkit::receiver::{Receiver, Reply};
use wire::hooks::signature;

use super::{ask, demo, endpoint, endpoint_as, hook_in, is_signed_with, say, shown};

#[tokio::test]
async fn a_message_is_posted_signed_over_exactly_the_bytes_that_come() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let id = endpoint(&demo, &receiver.url("/in")).await;
    say(&demo, "Grüße, 👋 \"quoted\" </script>\u{2028}").await;
    let hook = receiver.wait_for("/in", 1).await.remove(0);
    let secret = shown(&demo, id).await["secret"].clone();
    assert!(is_signed_with(&hook, &secret));
    assert_eq!(hook.header("content-type"), "application/json");
    assert!(hook.header("user-agent").starts_with("switchboard/"));

    let body = hook.json();
    assert_eq!(body["type"], "message.created");
    assert!(body["timestamp"].as_str().unwrap().ends_with('Z'));
    let (data, message) = (&body["data"], &body["data"]["message"]);
    assert_eq!(message["content"], "Grüße, 👋 \"quoted\" </script>\u{2028}");
    assert_eq!(message["direction"], "in");
    assert_eq!(message["private"], false);
    assert_eq!(message["files"], json!([]));
    assert_eq!(data["from"], "385919998888");
    assert_eq!(data["contact"]["name"], "Frank");
    assert_eq!(data["conversation"]["number"], 1);
    assert_eq!(data["conversation"]["status"], "open");
    assert_eq!(data["inbox"]["address"], demo.text("/ctlive/to").as_str());

    let mut other = hook.clone();
    other.body = [&hook.body[..], b" "].concat().into();
    assert!(!is_signed_with(&other, &secret));
}

#[tokio::test]
async fn every_event_of_a_first_message_is_told_to_who_asks_for_nothing_special() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    endpoint_as(&demo, json!({ "url": receiver.url("/all") })).await;
    say(&demo, "hello").await;
    let told = receiver.wait_for("/all", 3).await;
    let mut kinds: Vec<String> = told
        .iter()
        .map(|it| it.json()["type"].as_str().unwrap().to_owned())
        .collect();
    kinds.sort();
    assert_eq!(
        kinds,
        ["contact.created", "conversation.created", "message.created"]
    );
    let status = json!({ "status": "resolved" });
    demo.agent("POST", "/conversations/1/toggle_status", Some(status))
        .await
        .ok();
    let told = receiver.wait_for("/all", 4).await;
    let resolved = told[3].json();
    assert_eq!(resolved["type"], "conversation.status_changed");
    assert_eq!(resolved["data"]["conversation"]["status"], "resolved");
}

#[tokio::test]
async fn an_id_stays_over_the_attempts_and_each_has_its_own_time() {
    let (demo, receiver) = (demo("[1200,20]").await, Receiver::start().await);
    receiver.answer_next("/in", Reply::status(500));
    let id = endpoint(&demo, &receiver.url("/in")).await;
    say(&demo, "hello").await;
    let got = receiver.wait_for("/in", 2).await;
    let secret = shown(&demo, id).await["secret"].clone();
    assert!(got.iter().all(|hook| is_signed_with(hook, &secret)));
    let both = |name: &str| {
        [
            got[0].header(name).to_owned(),
            got[1].header(name).to_owned(),
        ]
    };
    let [first, second] = both(signature::ID);
    assert_eq!(first, second);
    let [first, second] = both(signature::TIMESTAMP).map(|it| it.parse::<i64>().unwrap());
    assert!(first < second, "{first} {second}");
    assert_eq!(got[0].body, got[1].body);
    let hook = hook_in(&demo, id, "done").await;
    assert_eq!(hook["id"].to_string(), got[0].header(signature::ID));
    assert_eq!(hook["body"].as_str().unwrap().as_bytes(), got[0].body);
}

#[tokio::test]
async fn while_a_secret_is_rotated_either_one_verifies_and_then_only_the_new_one() {
    let (mut demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let id = endpoint(&demo, &receiver.url("/in")).await;
    let old = shown(&demo, id).await["secret"].clone();
    let new = ask(&demo, "POST", id, "/rotate", None).await.ok()["secret"].clone();
    assert_ne!(old, new);
    say(&demo, "during").await;
    let hook = receiver.wait_for("/in", 1).await.remove(0);
    assert_eq!(hook.header(signature::SIGNATURE).split(' ').count(), 2);
    assert!(is_signed_with(&hook, &old));
    assert!(is_signed_with(&hook, &new));

    // The grace is a day: its end is moved to now.
    demo.kill();
    let store = rusqlite::Connection::open(demo.data().join("switchboard.db")).unwrap();
    let ended = "UPDATE endpoint_secrets SET expires_at = created_at WHERE expires_at IS NOT NULL";
    assert_eq!(store.execute(ended, []).unwrap(), 1);
    drop(store);
    demo.restart().await;
    say(&demo, "after").await;
    let hook = receiver.wait_for("/in", 2).await.remove(1);
    assert_eq!(hook.header(signature::SIGNATURE).split(' ').count(), 1);
    assert!(is_signed_with(&hook, &new));
    assert!(!is_signed_with(&hook, &old));
}

#[tokio::test]
async fn a_test_event_is_signed_as_any_other() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let id = endpoint(&demo, &receiver.url("/in")).await;
    let made = ask(&demo, "POST", id, "/test", None).await;
    assert_eq!(made.status, 202, "{}", made.text());
    let hook = receiver.wait_for("/in", 1).await.remove(0);
    assert_eq!(
        hook.header(signature::ID),
        made.json()["delivery_id"].to_string()
    );
    assert_eq!(hook.json()["type"], "endpoint.test");
    let secret: Value = shown(&demo, id).await["secret"].clone();
    assert!(is_signed_with(&hook, &secret));
    let settled = hook_in(&demo, id, "done").await;
    assert_eq!(settled["event"], "endpoint.test");
}
