//! The callback of an API inbox: what happens in it is posted to its `webhook_url`, as its connectors know it.

use serde_json::{Value, json};
use testkit::{
    demo::Demo,
    http::Answer,
    receiver::{Hook, Receiver, Reply},
    wait::until,
};

use super::{demo, onechat::signature, say};

/// Makes an API inbox with this callback.
async fn bridge(demo: &Demo, url: &str) -> Value {
    let body = json!({ "name": "Bridge", "channel": { "type": "api", "webhook_url": url } });
    demo.agent("POST", "/inboxes", Some(body)).await.ok()
}

/// A program of a contact's posts to the inbox.
async fn post(demo: &Demo, inbox: &Value, path: &str, body: Value) -> Value {
    let identifier = inbox["inbox_identifier"].as_str().unwrap();
    let url = demo.url(&format!("/public/api/v1/inboxes/{identifier}{path}"));
    let headers = [("content-type", "application/json")];
    let answer = demo
        .client
        .send("POST", &url, &headers, body.to_string())
        .await;
    answer.ok()
}

/// A contact with a conversation of its own; its path.
async fn visitor(demo: &Demo, inbox: &Value) -> String {
    let body = json!({ "source_id": "ann", "name": "Ann" });
    post(demo, inbox, "/contacts", body).await;
    let path = "/contacts/ann/conversations";
    let conversation = post(demo, inbox, path, json!({})).await;
    format!("{path}/{}", conversation["id"])
}

fn events(hooks: &[Hook]) -> Vec<String> {
    let event = |it: &Hook| it.json()["event"].as_str().unwrap().to_owned();
    hooks.iter().map(event).collect()
}

async fn one(receiver: &Receiver, event: &str, content: &str) -> Hook {
    until(content, async || {
        receiver.got("/in").into_iter().find(|it| {
            let body = it.json();
            body["event"] == event && body["content"] == content
        })
    })
    .await
}

#[tokio::test]
async fn a_callback_is_told_everything_of_its_inbox_signed_with_its_secret() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let inbox = bridge(&demo, &receiver.url("/in")).await;
    let talk = visitor(&demo, &inbox).await;
    let body = json!({ "content": "Is anybody there?" });
    post(&demo, &inbox, &format!("{talk}/messages"), body).await;
    let incoming = one(&receiver, "message_created", "Is anybody there?").await;
    let told = incoming.json();
    assert_eq!(told["message_type"], "incoming");
    assert_eq!(told["inbox"]["id"], inbox["id"]);
    assert_eq!(told["conversation"]["contact_inbox"]["source_id"], "ann");
    let signed = signature(inbox["secret"].as_str().unwrap(), &incoming);
    assert_eq!(incoming.header("x-chatwoot-signature"), signed);

    let number = told["conversation"]["id"].as_i64().unwrap();
    let path = format!("/conversations/{number}/messages");
    let answer = json!({ "content": "Yes." });
    demo.agent("POST", &path, Some(answer)).await.ok();
    let outgoing = one(&receiver, "message_created", "Yes.").await.json();
    assert_eq!(outgoing["message_type"], "outgoing");
    assert_eq!(outgoing["sender"]["type"], "user");

    // Typing is in no journal, and told all the same.
    let path = format!("/conversations/{number}/toggle_typing_status");
    let typing = json!({ "typing_status": "on", "is_private": true });
    demo.agent("POST", &path, Some(typing)).await;
    let typed = until("typing", async || {
        let mut got = receiver.got("/in").into_iter().map(|it| it.json());
        got.find(|it| it["event"] == "conversation_typing_on")
    })
    .await;
    assert_eq!(typed["user"]["type"], "user");
    assert_eq!(typed["is_private"], true);
    assert_eq!(typed["conversation"]["id"], number);

    // What happens elsewhere is not its business, nor is a contact by itself.
    say(&demo, "in another inbox").await;
    let body = json!({ "content": "the last" });
    post(&demo, &inbox, &format!("{talk}/messages"), body).await;
    one(&receiver, "message_created", "the last").await;
    let all = events(&receiver.got("/in"));
    assert!(all.contains(&"conversation_created".to_owned()), "{all:?}");
    assert!(!all.iter().any(|it| it.starts_with("contact_")), "{all:?}");
    let elsewhere = |it: &Hook| it.json()["content"] == "in another inbox";
    assert!(!receiver.got("/in").iter().any(elsewhere));
}

#[tokio::test]
async fn a_callback_moves_and_ends_with_its_inboxs_settings() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let inbox = bridge(&demo, &receiver.url("/in")).await;
    let talk = visitor(&demo, &inbox).await;
    receiver.wait_for("/in", 1).await;
    let path = format!("/inboxes/{}", inbox["id"]);
    let set = async |url: Value| {
        let body = json!({ "channel": { "webhook_url": url } });
        demo.agent("PATCH", &path, Some(body)).await
    };
    let refused = set(json!("http://10.0.0.1/in")).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    set(json!(receiver.url("/there"))).await.ok();
    let body = json!({ "content": "moved" });
    post(&demo, &inbox, &format!("{talk}/messages"), body).await;
    receiver.wait_for("/there", 1).await;

    // It is listed and looked into like any other, and changed at its inbox only.
    let listed = demo.agent("GET", "/endpoints", None).await.ok();
    let mine = &listed["endpoints"][0];
    assert_eq!(mine["dialect"], "onechat_inbox");
    assert_eq!(mine["inbox_id"], inbox["id"]);
    let own = format!("/endpoints/{}", mine["id"]);
    let url = json!({ "url": receiver.url("/elsewhere") });
    let refusals: [Answer; 3] = [
        demo.agent("PATCH", &own, Some(url)).await,
        demo.agent("POST", &format!("{own}/rotate"), None).await,
        demo.agent("DELETE", &own, None).await,
    ];
    for refused in refusals {
        assert_eq!(refused.status, 422, "{}", refused.text());
    }
    let hooks = demo.agent("GET", "/webhooks", None).await.ok();
    assert_eq!(hooks["payload"]["webhooks"], json!([]));

    let reset = format!("{path}/reset_secret");
    let reset = demo.agent("POST", &reset, None).await.ok();
    let secret = reset["secret"].as_str().unwrap().to_owned();
    receiver.answer("/there", Reply::status(200));
    let before = receiver.count("/there");
    let body = json!({ "content": "under a new secret" });
    post(&demo, &inbox, &format!("{talk}/messages"), body).await;
    let got = receiver.wait_for("/there", before + 1).await;
    let last = got.last().unwrap();
    let signed = signature(&secret, last);
    assert_eq!(last.header("x-chatwoot-signature"), signed);

    set(json!("")).await.ok();
    let listed = demo.agent("GET", "/endpoints", None).await.ok();
    assert_eq!(listed["endpoints"], json!([]));
}
