//! What else OneChat's clients call: reports with lines, the account, bulk changes, drafts, files, pictures.

mod account;
mod bots;
mod contacts;
mod conversations;
mod idle;
mod pictures;
mod reports;
mod uploads;

use serde_json::{Value, json};
use testkit::{demo::Demo, http::Answer};

use crate::BINARY;

/// Calls an address as an agent of the demo.
async fn call(demo: &Demo, agent: usize, method: &str, path: &str, body: Value) -> Answer {
    let token = demo.text(&format!("/agents/{agent}/access_token"));
    let headers = [
        ("api_access_token", token.as_str()),
        ("content-type", "application/json"),
    ];
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    demo.client
        .send(method, &demo.url(path), &headers, body)
        .await
}

/// The same below the account, as its administrator.
async fn mine(demo: &Demo, method: &str, path: &str, body: Value) -> Answer {
    call(demo, 0, method, &format!("/api/v1/accounts/1{path}"), body).await
}

/// Three people write; the second is answered, labeled and resolved, the third answered by the first agent.
async fn start() -> Demo {
    let demo = Demo::start(BINARY, None).await;
    for (from, text) in [
        ("447700900001", "My kettle leaks"),
        ("447700900002", "Where is my parcel?"),
        ("447700900003", "A kettle, please"),
    ] {
        let sent = json!([demo.inbound(from, text, text)]);
        demo.post(sent).await.ok();
    }
    for number in [2, 3] {
        let path = format!("/conversations/{number}/messages");
        mine(&demo, "POST", &path, json!({ "content": "On its way" }))
            .await
            .ok();
    }
    let labels = json!({ "labels": ["parcel"] });
    mine(&demo, "POST", "/conversations/2/labels", labels)
        .await
        .ok();
    let resolved = json!({ "status": "resolved" });
    mine(&demo, "POST", "/conversations/2/toggle_status", resolved)
        .await
        .ok();
    demo
}
