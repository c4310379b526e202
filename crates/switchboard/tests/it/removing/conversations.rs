//! Conversations.

use super::*;

/// Somebody writes, and agents do a bit of everything with it. Returns an answer with a file.
async fn fill(demo: &Demo, from: &str) -> Value {
    let id = format!("{from}-1");
    let said = json!([demo.inbound(from, &id, "My samovar leaks")]);
    demo.post(said).await.ok();
    let all = mine(demo, "GET", "/conversations", Value::Null).await.ok();
    let begun = all["data"]["payload"][0].clone();
    let at = |path: &str| format!("/conversations/{}{path}", begun["id"]);
    let does = async |path: &str, body: Value| mine(demo, "POST", &at(path), body).await.ok();
    let label = json!({ "title": "vip" });
    mine(demo, "POST", "/labels", label).await.ok();
    does("/labels", json!({ "labels": ["vip"] })).await;
    let bob = &demo.card["agents"][1]["id"];
    does("/assignments", json!({ "assignee_id": bob })).await;
    let attributes = json!({ "custom_attributes": { "plan": "gold" } });
    does("/custom_attributes", attributes).await;
    let draft = json!({ "draft_message": { "message": "Dear samovar" } });
    let kept = mine(demo, "PATCH", &at("/draft_messages"), draft).await;
    assert_eq!(kept.status, 200);
    let form = Form::default().text("content", "A samovar's manual").file(
        "attachments[]",
        "a.txt",
        "text/plain",
        b"boil",
    );
    demo.agent_form(&at("/messages"), form).await.ok()
}

/// How many rows say something of it.
fn left(demo: &Demo) -> Vec<(&'static str, i64)> {
    [
        "messages",
        "conversations",
        "conversation_labels",
        "notifications",
        "involvements",
        "timings",
        "journal WHERE body LIKE '%samovar%'",
        "kept WHERE value LIKE '%samovar%'",
        "attributes WHERE kind IN (0, 1)",
        "conversation_counts WHERE n <> 0",
        "deliveries WHERE settled_at IS NULL",
    ]
    .into_iter()
    .map(|it| (it, number(demo, &format!("SELECT count(*) FROM {it}"))))
    .filter(|(_, count)| *count > 0)
    .collect()
}

#[tokio::test]
async fn a_removed_conversation_is_gone_at_once_and_erased_over_kills() {
    // Nobody takes what is sent, so that it stays owed.
    let options = Options {
        ctlive_url: Some("http://127.0.0.1:9".to_owned()),
        ..Options::default()
    };
    let mut demo = Demo::start_with(BINARY, options).await;
    let files_before = files(&demo);
    let sent = fill(&demo, "447700900123").await;
    let number_of_it = sent["conversation_id"].clone();
    let path = format!("/conversations/{number_of_it}");
    let file = sent["attachments"][0]["data_url"].as_str().unwrap();
    assert_eq!(files(&demo), files_before + 1);
    assert_eq!(left(&demo).len(), 11);
    let notified = async || {
        let all = by(&demo, 1, "GET", "/notifications", Value::Null).await;
        all.ok()["data"]["meta"]["count"].clone()
    };
    assert_eq!(notified().await, 1);

    // Only an administrator removes it, and only what is there.
    let delete = async |path: &str| mine(&demo, "DELETE", path, Value::Null).await;
    let others = by(&demo, 1, "DELETE", &path, Value::Null).await;
    assert_eq!(others.status, 401);
    assert_eq!(delete("/conversations/99").await.status, 404);
    let get = async |path: &str| mine(&demo, "GET", path, Value::Null).await;
    assert_eq!(get(&path).await.status, 200);
    let removed = delete(&path).await;
    assert_eq!((removed.status, removed.text()), (200, String::new()));

    assert_eq!(get(&path).await.status, 404);
    assert_eq!(delete(&path).await.status, 404);
    assert_eq!(get(&format!("{path}/messages")).await.status, 404);
    let fetched = demo.client.send("GET", file, &[], "").await;
    assert_eq!(fetched.status, 404);
    let all = get("/conversations?status=all").await.ok();
    assert_eq!(all["data"]["meta"]["all_count"], 0);
    assert_eq!(all["data"]["payload"], json!([]));
    let found = get("/search/messages?q=samovar").await.ok();
    assert_eq!(found["payload"]["messages"], json!([]));
    assert_eq!(notified().await, 0);
    for _ in 0..3 {
        demo.kill();
        demo.restart().await;
        assert_eq!(mine(&demo, "GET", &path, Value::Null).await.status, 404);
    }
    erased(&demo).await;
    assert_eq!(left(&demo), []);
    assert_eq!(files(&demo), files_before);

    // Whoever writes again begins another, and is the contact that they were.
    let again = json!([demo.inbound("447700900123", "again", "Hello again")]);
    demo.post(again).await.ok();
    let all = mine(&demo, "GET", "/conversations", Value::Null).await.ok();
    assert_eq!(all["data"]["meta"]["all_count"], 1);
    assert_ne!(all["data"]["payload"][0]["id"], number_of_it);
    assert_eq!(number(&demo, "SELECT count(*) FROM contacts"), 1);
}

#[tokio::test]
async fn a_removed_contact_is_erased_with_every_conversation() {
    let demo = Demo::start(BINARY, None).await;
    let files_before = files(&demo);
    let sent = fill(&demo, "447700900123").await;
    let path = format!("/conversations/{}", sent["conversation_id"]);
    let shown = mine(&demo, "GET", &path, Value::Null).await.ok();
    let contact = format!("/contacts/{}", shown["meta"]["sender"]["id"]);
    let removed = mine(&demo, "DELETE", &contact, Value::Null).await;
    assert_eq!(removed.status, 200);
    assert_eq!(mine(&demo, "GET", &path, Value::Null).await.status, 404);
    until("everything to be erased", async || {
        (left(&demo).is_empty() && files(&demo) == files_before).then_some(())
    })
    .await;
}
