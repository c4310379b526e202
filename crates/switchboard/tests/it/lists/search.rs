//! Looking for something in the whole account.

use serde_json::{Value, json};
use testkit::{demo::Demo, wait::until};

use super::{get, listed, numbers, post};

/// The demo of the other tests, once everything that was said in it is found.
async fn start() -> Demo {
    let demo = super::start().await;
    for (text, count) in [("kettle", 2), ("parcel", 1), ("morning", 1), ("way", 1)] {
        once_found(&demo, &format!("/search/messages?q={text}"), count).await;
    }
    demo
}

/// What a search for messages finds, once it finds so many.
async fn once_found(demo: &Demo, path: &str, count: usize) -> Value {
    until("messages to be found", async || {
        let found = get(demo, path).await;
        let messages = found["payload"]["messages"].as_array().unwrap();
        (messages.len() == count).then_some(found)
    })
    .await
}

#[tokio::test]
async fn messages_contacts_and_conversations_are_found_by_words() {
    let demo = start().await;
    let made = json!({ "name": "Jana Nová", "email": "jana@shop.example" });
    let made = post(&demo, "/contacts", made).await;
    let jana = made["payload"]["contact"]["id"].as_i64().unwrap();

    let found = get(&demo, "/search/messages?q=kettle").await;
    let messages = found["payload"]["messages"].as_array().unwrap();
    let said: Vec<_> = messages.iter().map(|it| &it["content"]).collect();
    assert_eq!(said, ["A kettle, please", "My kettle leaks"]);
    let first = &messages[0];
    assert_eq!(
        (&first["conversation_id"], &first["message_type"]),
        (&json!(3), &json!(0))
    );
    assert_eq!(first["sender"]["type"], "contact");
    assert_eq!(first["inbox"]["id"], 1);

    let found = get(&demo, "/search/contacts?q=JAN").await;
    assert_eq!(numbers(&found["payload"]["contacts"]), [jana]);
    let found = get(&demo, "/search/conversations?q=900002").await;
    let conversations = &found["payload"]["conversations"];
    assert_eq!(numbers(conversations), [2]);
    assert_eq!(conversations[0]["contact"]["phone_number"], "+447700900002");
    assert_eq!(conversations[0]["message"]["content"], "On its way");
    let found = get(&demo, "/search/conversations?q=3").await;
    assert_eq!(numbers(&found["payload"]["conversations"])[0], 3);

    let all = get(&demo, "/search?q=kettle").await;
    let kinds = testkit::json::keys(&all["payload"]);
    assert_eq!(kinds.len(), 4, "{kinds:?}");
    assert_eq!(all["payload"]["messages"].as_array().unwrap().len(), 2);
    assert_eq!(all["payload"]["articles"], json!([]));
    let second = get(&demo, "/search/messages?q=kettle&page=2").await;
    assert_eq!(second["payload"]["messages"], json!([]));
    let without = demo.agent("GET", "/search?q=", None).await;
    assert_eq!(without.status, 422);
}

#[tokio::test]
async fn conversations_are_found_by_what_was_said_in_them() {
    let demo = start().await;
    let found = get(&demo, "/conversations/search?q=kettle").await;
    assert_eq!(numbers(&found["payload"]), [3, 1]);
    let meta = &found["meta"];
    assert_eq!(
        (&meta["all_count"], &meta["mine_count"]),
        (&json!(2), &json!(1))
    );
    let slim = &found["payload"][0];
    assert_eq!(slim["messages"][0]["content"], "A kettle, please");
    assert!(slim["contact"]["name"].is_string() && slim["agent"]["name"].is_string());
    // What an agent says is found a moment later.
    let said = json!({ "content": "We have samovars" });
    let said = post(&demo, "/conversations/4/messages", said).await;
    once_found(&demo, "/search/messages?q=samovar", 1).await;
    let found = get(&demo, "/conversations/search?q=samovar").await;
    assert_eq!(numbers(&found["payload"]), [4]);
    // What is deleted is found no more, at once.
    let path = format!("/conversations/4/messages/{}", said["id"]);
    demo.agent("DELETE", &path, None).await.ok();
    let found = get(&demo, "/conversations/search?q=samovar").await;
    assert_eq!(numbers(&found["payload"]), [] as [i64; 0]);
    assert_eq!(listed(&demo, "q=kettle").await, (vec![3, 1], [1, 1, 1, 2]));
    assert_eq!(
        listed(&demo, "q=parcel").await.0,
        Vec::<i64>::new(),
        "resolved"
    );
    assert_eq!(listed(&demo, "q=parcel&status=all").await.0, [2]);
    assert_eq!(listed(&demo, "q=kettle&labels[]=kitchen").await.0, [3]);
    assert_eq!(listed(&demo, "q=%2A%22%27").await.0, Vec::<i64>::new());
}
