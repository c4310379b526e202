//! Inboxes.

use super::*;
use crate::people::closing::{ends, follow};

/// The demo's inbox of this kind.
fn inbox_of<'a>(demo: &'a Demo, kind: &str) -> &'a Value {
    let all = demo.card["onechat"]["inboxes"].as_array().unwrap();
    all.iter().find(|it| it["kind"] == kind).unwrap()
}

/// Somebody writes into an API inbox. Returns what they follow their events with.
async fn write(demo: &Demo, identifier: &str, who: &str, times: usize) -> Value {
    let contacts = format!("/public/api/v1/inboxes/{identifier}/contacts");
    let post = async |path: String, body: Value| {
        let headers = [("content-type", "application/json")];
        let url = demo.url(&path);
        demo.client
            .send("POST", &url, &headers, body.to_string())
            .await
    };
    let told = json!({ "source_id": who, "name": who });
    let made = post(contacts.clone(), told).await.ok();
    let conversations = format!("{contacts}/{who}/conversations");
    let begun = post(conversations.clone(), json!({})).await.ok();
    for n in 0..times {
        let path = format!("{conversations}/{}/messages", begun["id"]);
        let said = json!({ "content": format!("samovar {n}") });
        post(path, said).await.ok();
    }
    made["pubsub_token"].clone()
}

/// How many rows are left of an inbox.
fn left(demo: &Demo, id: &Value) -> Vec<(&'static str, i64)> {
    let tables = [
        "conversations",
        "addresses",
        "messages",
        "inbox_members",
        "inbox_bots",
        "sessions",
        "session_keys",
        "paces",
    ];
    let of = |it: &&'static str| {
        let sql = format!("SELECT count(*) FROM {it} WHERE inbox_id = {id}");
        (*it, number(demo, &sql))
    };
    tables.iter().map(of).filter(|it| it.1 > 0).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_inbox_is_gone_at_once_and_erased_over_kills_and_its_contacts_stay() {
    let mut demo = Demo::start(BINARY, None).await;
    // Its own inboxes the demo makes anew when it starts without them.
    let new = json!({ "name": "Shop", "channel": { "type": "api" } });
    let api = mine(&demo, "POST", "/inboxes", new).await.ok();
    let (id, identifier) = (api["id"].clone(), api["inbox_identifier"].as_str().unwrap());
    let identifier = identifier.to_owned();
    demo.post(json!([demo.inbound("447700900999", "kept", "Still here")]))
        .await
        .ok();
    let mut token = Value::Null;
    for n in 0..40 {
        token = write(&demo, &identifier, &format!("visitor-{n}"), 2).await;
    }
    let (contacts, path) = (
        number(&demo, "SELECT count(*) FROM contacts"),
        format!("/inboxes/{id}"),
    );
    assert_eq!(contacts, 41);
    let room = json!({ "channel": "RoomChannel", "pubsub_token": token });
    let visitor = follow(&demo, room).await;

    let others = by(&demo, 1, "DELETE", &path, Value::Null).await;
    assert_eq!(others.status, 401);
    let unknown = mine(&demo, "DELETE", "/inboxes/99", Value::Null).await;
    assert_eq!(unknown.status, 404);
    let removed = mine(&demo, "DELETE", &path, Value::Null).await;
    assert!(removed.ok()["message"].is_string());
    ends(visitor).await;
    let gone = async |demo: &Demo| {
        for method in ["GET", "DELETE"] {
            assert_eq!(mine(demo, method, &path, Value::Null).await.status, 404);
        }
        let url = demo.url(&format!("/public/api/v1/inboxes/{identifier}"));
        assert_eq!(demo.client.send("GET", &url, &[], "").await.status, 404);
        let all = mine(demo, "GET", "/inboxes", Value::Null).await.ok();
        let all = all["payload"].as_array().unwrap();
        assert!(all.iter().all(|it| it["id"] != id));
        let all = mine(demo, "GET", "/conversations?status=all", Value::Null).await;
        let all = all.ok();
        assert_eq!(all["data"]["meta"]["all_count"], 1);
        assert_eq!(
            all["data"]["payload"][0]["messages"][0]["content"],
            "Still here"
        );
    };
    gone(&demo).await;
    for _ in 0..3 {
        demo.kill();
        demo.restart().await;
        gone(&demo).await;
    }
    until("the inbox to be erased", async || {
        left(&demo, &id).is_empty().then_some(())
    })
    .await;
    erased(&demo).await;
    gone(&demo).await;
    let said = "SELECT count(*) FROM journal WHERE body LIKE '%samovar%'";
    assert_eq!(number(&demo, said), 0);
    assert_eq!(number(&demo, "SELECT count(*) FROM contacts"), contacts);
    let all = mine(&demo, "GET", "/contacts", Value::Null).await;
    assert_eq!(all.status, 200);
    // A number is never given again.
    let new = json!({ "name": "Another", "channel": { "type": "api" } });
    let made = mine(&demo, "POST", "/inboxes", new).await.ok();
    assert!(made["id"].as_i64() > id.as_i64());
}

#[tokio::test]
async fn doors_of_a_removed_inbox_refuse_as_they_refuse_what_they_never_knew() {
    let demo = Demo::start(BINARY, None).await;
    let removes = async |id: &Value| {
        let path = format!("/inboxes/{id}");
        mine(&demo, "DELETE", &path, Value::Null).await.ok();
        assert_eq!(left(&demo, id).iter().find(|it| it.0 == "sessions"), None);
    };
    let website = inbox_of(&demo, "widget").clone();
    let token = website["website_token"].as_str().unwrap();
    let page = demo.url(&format!("/widget?website_token={token}"));
    assert_eq!(demo.client.send("GET", &page, &[], "").await.status, 200);
    removes(&website["id"]).await;
    assert_eq!(demo.client.send("GET", &page, &[], "").await.status, 404);

    let mut stranger = demo.inbound("447700900999", "one", "Hello");
    stranger["to"] = json!("nobody's");
    let unknown = demo.post(json!([stranger])).await;
    removes(&demo.card["ctlive"]["inbox_id"]).await;
    let refused = demo
        .post(json!([demo.inbound("447700900999", "two", "Hello")]))
        .await;
    assert_ne!(refused.status, 200);
    assert!(
        refused.status == unknown.status || refused.status == 401,
        "{}",
        refused.status
    );
    assert_eq!(number(&demo, "SELECT count(*) FROM messages"), 0);

    let phone = demo.card["maytapi"]["phones"][0]["id"].clone();
    removes(&phone).await;
    let product = demo.text("/maytapi/product_id");
    let headers = [("x-maytapi-key", demo.text("/maytapi/token"))];
    let headers = headers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let ask = async |id: &str| {
        let url = demo.url(&format!("/api/{product}/{id}/status"));
        demo.client.send("GET", &url, &headers, "").await
    };
    let (never, gone) = (ask("9999").await, ask(&phone.to_string()).await);
    assert_eq!(gone.status, never.status);
    assert_ne!(gone.status, 200);
}
