//! Labels as agents' programs use them, in OneChat's words.

use serde_json::{Value, json};
use testkit::{demo::Demo, http::Answer};

use crate::BINARY;

async fn as_bob(demo: &Demo, method: &str, path: &str, body: Option<Value>) -> Answer {
    let url = demo.url(&format!("/api/v1/accounts/1{path}"));
    let token = demo.text("/agents/1/access_token");
    let headers = [
        ("api_access_token", token.as_str()),
        ("content-type", "application/json"),
    ];
    let body = body.map(|it| it.to_string()).unwrap_or_default();
    demo.client.send(method, &url, &headers, body).await
}

async fn payload(demo: &Demo, path: &str) -> Value {
    let mut answer = demo.agent("GET", path, None).await.ok();
    answer["payload"].take()
}

#[tokio::test]
async fn administrators_make_labels_and_agents_put_them_on_conversations() {
    let demo = Demo::start(BINARY, None).await;
    let item = demo.inbound("447700900901", "m-1", "m-1");
    demo.post(json!([item])).await.ok();
    assert_eq!(payload(&demo, "/labels").await, json!([]));
    let bare = json!({
        "title": "VIP", "description": "pays", "color": "#123456", "show_on_sidebar": true,
    });
    let made = demo.agent("POST", "/labels", Some(bare)).await.ok();
    let expected = json!({
        "id": 1, "title": "vip", "description": "pays", "color": "#123456", "show_on_sidebar": true,
    });
    assert_eq!(made, expected);
    let wrapped = json!({ "label": { "title": "late" } });
    let late = demo.agent("POST", "/labels", Some(wrapped)).await.ok();
    assert_eq!(late["color"], "#1f93ff");
    assert_eq!(payload(&demo, "/labels").await, json!([made, late]));
    assert_eq!(demo.agent("GET", "/labels/1", None).await.ok(), made);
    let change = json!({ "title": "paid", "description": null });
    let changed = demo.agent("PATCH", "/labels/1", Some(change)).await.ok();
    assert_eq!(
        (
            &changed["title"],
            &changed["description"],
            &changed["color"]
        ),
        (&json!("paid"), &Value::Null, &json!("#123456"))
    );

    // Every agent labels; what nobody has made yet is made.
    let path = "/conversations/1/labels";
    let body = json!({ "labels": ["Paid", "urgent", "paid"] });
    let set = as_bob(&demo, "POST", path, Some(body)).await.ok();
    assert_eq!(set, json!({ "payload": ["paid", "urgent"] }));
    assert_eq!(payload(&demo, path).await, json!(["paid", "urgent"]));
    assert_eq!(payload(&demo, "/labels").await.as_array().unwrap().len(), 3);
    let shown = demo.agent("GET", "/conversations/1", None).await.ok();
    assert_eq!(shown["labels"], json!(["paid", "urgent"]));
    let meta = demo
        .agent("GET", "/conversations/1/messages", None)
        .await
        .ok();
    assert_eq!(meta["meta"]["labels"], json!(["paid", "urgent"]));

    // Lists by label.
    for (label, count) in [("paid", 1), ("PAID", 1), ("late", 0), ("nothing", 0)] {
        let path = format!("/conversations?labels[]={label}");
        let page = demo.agent("GET", &path, None).await.ok();
        let data = &page["data"];
        assert_eq!(data["payload"].as_array().unwrap().len(), count, "{label}");
        assert_eq!(data["meta"]["all_count"], count, "{label}");
    }

    // A removed label is on nothing.
    let gone = demo.agent("DELETE", "/labels/1", None).await;
    assert_eq!((gone.status, gone.text()), (200, String::new()));
    assert_eq!(payload(&demo, path).await, json!(["urgent"]));
    assert_eq!(demo.agent("GET", "/labels/1", None).await.status, 404);
    let body = json!({ "labels": [] });
    let set = demo.agent("POST", path, Some(body)).await.ok();
    assert_eq!(set, json!({ "payload": [] }));
}

#[tokio::test]
async fn what_is_no_label_is_refused_and_stores_nothing() {
    let demo = Demo::start(BINARY, None).await;
    let item = demo.inbound("447700900901", "m-1", "m-1");
    demo.post(json!([item])).await.ok();
    let vip = json!({ "title": "vip" });
    demo.agent("POST", "/labels", Some(vip.clone())).await.ok();
    for (body, message) in [
        (json!({}), "Title must not be blank"),
        (json!({ "title": " " }), "Title must not be blank"),
        (json!({ "title": "two words" }), "Title is invalid"),
        (vip.clone(), "Title has already been taken"),
    ] {
        let refused = demo.agent("POST", "/labels", Some(body)).await;
        let expected = json!({ "message": message, "attributes": ["title"] });
        assert_eq!((refused.status, refused.json()), (422, expected));
    }
    let set = "/conversations/1/labels";
    for (path, body) in [
        ("/labels", json!({ "title": ["x"] })),
        (set, json!({})),
        (set, json!({ "labels": "vip" })),
        (set, json!({ "labels": [" "] })),
        (set, json!({ "labels": ["x".repeat(300)] })),
        (set, json!({ "labels": vec!["x"; 101] })),
    ] {
        let refused = demo.agent("POST", path, Some(body)).await;
        assert_eq!(refused.status, 422, "{path} {}", refused.text());
    }
    let many = "/conversations?labels[]=a&labels[]=b";
    let nobody = demo.agent("GET", many, None).await.ok();
    assert_eq!(nobody["data"]["payload"], json!([]));
    // Agents look, administrators make.
    let bob = [
        ("POST", "/labels"),
        ("PATCH", "/labels/1"),
        ("DELETE", "/labels/1"),
        ("DELETE", "/labels/99"),
    ];
    for (method, path) in bob {
        let refused = as_bob(&demo, method, path, Some(json!({ "title": "x" }))).await;
        assert_eq!(refused.status, 401, "{method} {path}");
    }
    assert_eq!(as_bob(&demo, "GET", "/labels", None).await.status, 200);
    for (method, path) in [
        ("GET", "/labels/99"),
        ("PATCH", "/labels/99"),
        ("DELETE", "/labels/99"),
        ("GET", "/conversations/99/labels"),
        ("POST", "/conversations/99/labels"),
    ] {
        let body = json!({ "labels": ["x"] });
        let refused = demo.agent(method, path, Some(body)).await;
        assert_eq!(refused.status, 404, "{method} {path}");
    }
    // Another account is nobody's to look into, whether it exists or not.
    for account in [2, 99] {
        let url = demo.url(&format!("/api/v1/accounts/{account}/labels"));
        let token = demo.text("/agents/0/access_token");
        let headers = [("api_access_token", token.as_str())];
        let refused = demo.client.send("GET", &url, &headers, "").await;
        assert_eq!(refused.status, 401);
    }
    let labels = payload(&demo, "/labels").await;
    assert_eq!(labels.as_array().unwrap().len(), 1);
    assert_eq!(payload(&demo, set).await, json!([]));
}
