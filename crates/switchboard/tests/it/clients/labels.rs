//! A label put on by one program is a tag to the others, and the other way round.

use super::*;

/// What a client was told under this name, in order.
fn events(node: &Node, name: &str) -> Vec<Value> {
    let mut lines = node.lines();
    lines.retain(|line| line["event"] == name);
    lines
}

/// A program puts the account's first tag on the customer's chat, or takes it off.
async fn tag(demo: &Demo, method: &str) {
    let token = demo.text("/chatapp/access_token");
    let headers = [("authorization", token.as_str())];
    let path = format!("/v1/licenses/1/messengers/ctlive/chats/{FRANK}/tags/1");
    let url = demo.url(&path);
    let answer = demo.client.send(method, &url, &headers, "");
    answer.await.ok();
}

/// What happened to a tag, and its name.
fn short(told: &Value) -> (&str, &str) {
    let item = &told["payload"]["data"][0];
    let kind = item["type"].as_str().unwrap();
    (kind, item["tag"]["name"].as_str().unwrap())
}

#[tokio::test]
async fn labels_and_tags_are_told_in_every_dialect() {
    let (demo, _connector) = start().await;
    let channel = messenger_channel(&demo);
    let mut programs: Vec<Node> = PUSHERS.map(|it| pusher(&demo, it, &[&channel])).into();
    let mut agents: Vec<Node> = CABLES
        .map(|it| cable(&demo, it, &agent_room(&demo, 0)))
        .into();
    for node in programs.iter_mut().chain(&mut agents) {
        ready(node).await;
    }
    customer_writes(&demo, FRANK, "hello").await;
    agent_does(&demo, 1, "labels", json!({ "labels": ["vip", "late"] })).await;
    agent_does(&demo, 1, "labels", json!({ "labels": ["late"] })).await;
    for method in ["PUT", "DELETE"] {
        tag(&demo, method).await;
    }
    // A label that is gone from the account is gone from the chat, which says so.
    let gone = demo.agent("DELETE", "/labels/2", None).await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    customer_writes(&demo, FRANK, "bye").await;

    let messenger = demo.text("/ctlive/messenger");
    for node in &mut programs {
        told(node, "bye").await;
        let tags: Vec<Value> = events(node, "chatTag")
            .iter()
            .map(|it| it["data"].clone())
            .collect();
        let short: Vec<(&str, &str)> = tags.iter().map(short).collect();
        assert_eq!(
            short,
            [
                ("add", "vip"),
                ("add", "late"),
                ("destroy", "vip"),
                ("add", "vip"),
                ("destroy", "vip"),
                ("destroy", "late")
            ]
        );
        let expected = json!({
            "queue": "Ctlive.Broadcast.ChatTag",
            "payload": {
                "data": [{
                    "type": "add",
                    "tag": { "id": 1, "name": "vip", "color": "#1f93ff", "sort": 100, "category": null },
                    "chat": { "id": FRANK },
                }],
                "meta": { "type": "chatTag", "licenseId": 1, "messengerType": messenger },
            },
        });
        assert_eq!(tags[0], expected);
    }
    for node in &mut agents {
        told(node, "bye").await;
        let labels: Vec<Value> = events(node, "conversation.updated")
            .iter()
            .map(|it| it["data"]["labels"].clone())
            .collect();
        let expected = [
            // The customer begins to wait,
            json!([]),
            // and then there are labels.
            json!(["vip", "late"]),
            json!(["late"]),
            json!(["late", "vip"]),
            json!(["late"]),
            json!([]),
        ];
        assert_eq!(labels, expected);
        // What clients keep of the account's labels is stale when one is made.
        let stale = events(node, "account.cache_invalidated");
        assert_eq!(stale.len(), 3);
        let keys = &stale[0]["data"]["cache_keys"];
        assert_ne!(keys["label"], "0000000000");
        assert_eq!(
            (&keys["inbox"], &keys["team"]),
            (&json!("0000000000"), &json!("0000000000"))
        );
    }
}
