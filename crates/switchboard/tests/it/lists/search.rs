//! Looking for something in the whole account.

use serde_json::json;

use super::{get, listed, numbers, post, start};

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
    // What an agent says is found as soon as it is answered.
    let said = json!({ "content": "We have samovars" });
    post(&demo, "/conversations/4/messages", said).await;
    let found = get(&demo, "/conversations/search?q=samovar").await;
    assert_eq!(numbers(&found["payload"]), [4]);
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
