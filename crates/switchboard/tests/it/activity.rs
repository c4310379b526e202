//! What is done to a conversation is written into it: for those who answer it, and for nobody else.

use serde_json::{Value, json};
use testkit::{demo::Demo, http::Client, wait::until};

use crate::BINARY;

/// The conversation's activity messages, oldest first.
async fn activity(demo: &Demo, conversation: i64) -> Vec<Value> {
    let all = demo.messages(conversation).await.into_iter();
    all.filter(|it| it["message_type"] == 2).collect()
}

async fn show(demo: &Demo, conversation: i64) -> Value {
    let path = format!("/conversations/{conversation}");
    demo.agent("GET", &path, None).await.ok()
}

async fn post(demo: &Demo, path: &str, body: Value) -> Value {
    let answer = demo.agent("POST", path, Some(body)).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    if answer.text().is_empty() {
        Value::Null
    } else {
        answer.json()
    }
}

#[tokio::test]
async fn what_is_done_is_written_into_the_conversation() {
    let demo = Demo::start(BINARY, None).await;
    demo.post(json!([demo.inbound("447700900801", "a-1", "Hello")]))
        .await
        .ok();
    let waiting = show(&demo, 1).await;
    let (me, other) = (demo.text("/agents/0/name"), demo.text("/agents/1/name"));
    let id = |pointer: &str| demo.card.pointer(pointer).unwrap().clone();
    let (mine, theirs) = (id("/agents/0/id"), id("/agents/1/id"));
    #[rustfmt::skip]
    let deeds = [
        ("assignments", json!({ "assignee_id": mine }), vec![format!("{me} self-assigned this conversation")]),
        ("assignments", json!({ "assignee_id": theirs }), vec![format!("Assigned to {other} by {me}")]),
        ("assignments", json!({ "assignee_id": theirs }), vec![]),
        ("assignments", json!({ "assignee_id": 0 }), vec![format!("Conversation unassigned by {me}")]),
        ("labels", json!({ "labels": ["vip", "late"] }), vec![format!("{me} added vip, late")]),
        ("labels", json!({ "labels": ["late", "new"] }), vec![format!("{me} added new"), format!("{me} removed vip")]),
        ("toggle_priority", json!({ "priority": "high" }), vec![format!("{me} set the priority to high")]),
        ("toggle_priority", json!({ "priority": "low" }), vec![format!("{me} changed the priority from high to low")]),
        ("toggle_priority", json!({ "priority": null }), vec![format!("{me} removed the priority")]),
        ("custom_attributes", json!({ "custom_attributes": { "a": 1 } }), vec![]),
        ("toggle_status", json!({ "status": "pending" }), vec![format!("Conversation was marked as pending by {me}")]),
        ("toggle_status", json!({ "status": "snoozed" }), vec![format!("Conversation was snoozed by {me}")]),
        ("toggle_status", json!({ "status": "open" }), vec![format!("Conversation was reopened by {me}")]),
        ("mute", json!({}), vec![
            format!("Conversation was marked resolved by {me}"),
            format!("{me} has muted the conversation"),
        ]),
        ("unmute", json!({}), vec![format!("{me} has unmuted the conversation")]),
    ];
    let mut expected = Vec::new();
    for (route, body, notes) in deeds {
        post(&demo, &format!("/conversations/1/{route}"), body).await;
        expected.extend(notes);
    }
    let written = activity(&demo, 1).await;
    let texts: Vec<&str> = written
        .iter()
        .map(|it| it["content"].as_str().unwrap())
        .collect();
    assert_eq!(texts, expected);
    let one = &written[0];
    assert_eq!(one["content_attributes"], json!({}));
    assert_eq!(one["private"], false);
    assert!(one.get("sender").is_none(), "{one}");

    // It says nothing about the contact, and moves the conversation in lists.
    let now = show(&demo, 1).await;
    assert_eq!(now["unread_count"], waiting["unread_count"]);
    assert_eq!(now["waiting_since"], waiting["waiting_since"]);
    assert_eq!(now["messages"][0]["content"], "Hello");
    assert!(now["last_activity_at"].as_i64() >= waiting["last_activity_at"].as_i64());

    // Whoever writes again opens it, of which nothing need be said.
    demo.post(json!([demo.inbound("447700900801", "a-2", "Again")]))
        .await
        .ok();
    assert_eq!(show(&demo, 1).await["status"], "open");
    assert_eq!(activity(&demo, 1).await.len(), expected.len());
}

#[tokio::test]
async fn contacts_and_connectors_never_see_it() {
    let demo = Demo::start(BINARY, None).await;
    let inboxes = demo.card.pointer("/onechat/inboxes").unwrap().as_array();
    let api = inboxes
        .unwrap()
        .iter()
        .find(|it| it["kind"] == "api")
        .unwrap();
    let identifier = api["inbox_identifier"].as_str().unwrap();
    let base = demo.url(&format!("/public/api/v1/inboxes/{identifier}/contacts"));
    let call = async |method: &str, url: &str, body: Value| {
        let headers = [("content-type", "application/json")];
        let client: &Client = &demo.client;
        client
            .send(method, url, &headers, body.to_string())
            .await
            .ok()
    };
    let contact = call("POST", &base, json!({ "name": "Jana" })).await;
    let own = format!(
        "{base}/{}/conversations",
        contact["source_id"].as_str().unwrap()
    );
    let conversation = call("POST", &own, json!({})).await["id"].as_i64().unwrap();
    let own = format!("{own}/{conversation}");
    call(
        "POST",
        &format!("{own}/messages"),
        json!({ "content": "Hello" }),
    )
    .await;
    for status in ["resolved", "open", "pending", "open"] {
        let path = format!("/conversations/{conversation}/toggle_status");
        post(&demo, &path, json!({ "status": status })).await;
    }
    // More of it than a page holds hides nothing that was said.
    for number in 0..25 {
        let path = format!("/conversations/{conversation}/labels");
        post(&demo, &path, json!({ "labels": [format!("l{number}")] })).await;
    }
    let said = call("GET", &format!("{own}/messages"), json!({})).await;
    let said: Vec<_> = said
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["content"])
        .collect();
    assert_eq!(said, ["Hello"]);
    let whole = call("GET", &own, json!({})).await;
    assert_eq!(whole["messages"].as_array().unwrap().len(), 1, "{whole}");

    // A contact who ends the conversation is named to the agents.
    call("POST", &format!("{own}/toggle_status"), json!({})).await;
    let last = activity(&demo, conversation).await.pop().unwrap();
    assert_eq!(last["content"], "Conversation was resolved by Jana");

    // Nothing of it is owed to a network: what is sent after it arrives alone.
    demo.post(json!([demo.inbound("447700900802", "b-1", "Hello")]))
        .await
        .ok();
    let other = conversation + 1;
    post(
        &demo,
        &format!("/conversations/{other}/assignments"),
        json!({ "assignee_id": demo.card.pointer("/agents/0/id").unwrap() }),
    )
    .await;
    post(
        &demo,
        &format!("/conversations/{other}/messages"),
        json!({ "content": "Yes" }),
    )
    .await;
    until("the answer to arrive", async || {
        let all = demo.messages(other).await;
        all.iter()
            .any(|it| it["content"] == "Yes" && it["source_id"].is_string())
            .then_some(())
    })
    .await;
    let owed = demo.agent("GET", "/inboxes/1/deliveries", None).await.ok();
    let owed = owed["deliveries"].as_array();
    assert_eq!(owed.unwrap().len(), 1, "{owed:?}");
}
