//! What is written down to be done: automation rules that run by themselves, and macros that an agent executes.

mod automation;
mod crash;
mod macros;

use serde_json::{Value, json};
use testkit::{demo::Demo, http::Answer};

use crate::BINARY;

const FRANK: &str = "385919998888";

async fn demo() -> Demo {
    Demo::start(BINARY, None).await
}

/// Somebody writes this, under the text as its network's id.
async fn say(demo: &Demo, from: &str, text: &str) {
    demo.post(json!([demo.inbound(from, text, text)]))
        .await
        .ok();
}

async fn call(demo: &Demo, method: &str, path: &str, body: Value) -> Answer {
    demo.agent(method, path, Some(body)).await
}

async fn ok(demo: &Demo, method: &str, path: &str, body: Value) -> Value {
    let answer = call(demo, method, path, body).await;
    assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text());
    if answer.text().is_empty() {
        Value::Null
    } else {
        answer.json()
    }
}

/// A call as somebody else.
async fn as_other(demo: &Demo, token: &str, method: &str, path: &str, body: Value) -> Answer {
    let headers = [
        ("api_access_token", token),
        ("content-type", "application/json"),
    ];
    let url = demo.url(&format!("/api/v1/accounts/{path}"));
    demo.client
        .send(method, &url, &headers, body.to_string())
        .await
}

fn action(name: &str, params: Value) -> Value {
    json!({ "action_name": name, "action_params": params })
}

fn condition(key: &str, operator: &str, values: Value, join: Option<&str>) -> Value {
    json!({
        "attribute_key": key, "filter_operator": operator, "values": values,
        "query_operator": join,
    })
}

/// A rule about what is said by a customer that contains a word.
fn rule_about(word: &str, actions: Value) -> Value {
    json!({
        "name": format!("about {word}"), "description": "made by a test",
        "event_name": "message_created",
        "conditions": [
            condition("message_type", "equal_to", json!(["incoming"]), Some("and")),
            condition("content", "contains", json!([word]), None),
        ],
        "actions": actions,
    })
}

/// What a conversation's messages say, oldest first.
async fn texts(demo: &Demo, conversation: i64) -> Vec<String> {
    let all = demo.messages(conversation).await;
    let text = |it: &Value| it["content"].as_str().unwrap_or_default().to_owned();
    all.iter().map(text).collect()
}
