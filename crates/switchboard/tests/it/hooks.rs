//! What happens is posted to whoever asked for it: the real binary, and real receivers on loopback.

mod api_inbox;
mod bad_input;
mod bots;
mod chatapp;
mod command;
mod crash;
mod hostile;
mod isolation;
mod onechat;
mod owner;
mod retries;
mod standard;

use std::time::{SystemTime, UNIX_EPOCH};

use domain::Timestamp;
use serde_json::{Value, json};
use testkit::{
    demo::{Demo, Options},
    http::Answer,
    wait::until,
};
use wire::hooks::{
    Secret,
    signature::{self, Received},
};

use crate::BINARY;

/// Who writes to the demo.
const ANN: &str = "385919998888";

/// A demo that waits so many milliseconds between attempts, and never disables an endpoint.
async fn demo(waits_ms: &str) -> Demo {
    demo_with(waits_ms, 0, 1_000_000).await
}

/// A demo that disables an endpoint when all of so many attempts have failed within so many seconds.
async fn demo_with(waits_ms: &str, disable_after_s: u64, disable_failures: u64) -> Demo {
    let setting = |name: &'static str, value: String| (name, value);
    let env = vec![
        setting("SWITCHBOARD__HOOKS__WAITS_MS", waits_ms.to_owned()),
        setting(
            "SWITCHBOARD__HOOKS__DISABLE_AFTER_S",
            disable_after_s.to_string(),
        ),
        setting(
            "SWITCHBOARD__HOOKS__DISABLE_FAILURES",
            disable_failures.to_string(),
        ),
        // Nothing that goes out may go through it.
        setting("HTTP_PROXY", "http://127.0.0.1:9".to_owned()),
    ];
    let options = Options {
        env,
        ..Options::default()
    };
    Demo::start_with(BINARY, options).await
}

/// Makes an endpoint in our own dialect for messages that come in or go out.
async fn endpoint(demo: &Demo, url: &str) -> i64 {
    endpoint_as(demo, json!({ "url": url, "events": ["message.created"] })).await
}

/// Makes an endpoint.
async fn endpoint_as(demo: &Demo, wanted: Value) -> i64 {
    let made = demo.agent("POST", "/endpoints", Some(wanted)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["id"].as_i64().unwrap()
}

/// Asks something of an endpoint. `path` continues its address.
async fn ask(demo: &Demo, method: &str, endpoint: i64, path: &str, body: Option<Value>) -> Answer {
    let path = format!("/endpoints/{endpoint}{path}");
    demo.agent(method, &path, body).await
}

/// An endpoint, as its owner sees it.
async fn shown(demo: &Demo, endpoint: i64) -> Value {
    ask(demo, "GET", endpoint, "", None).await.ok()
}

/// An endpoint's hooks, newest first.
async fn hooks(demo: &Demo, endpoint: i64) -> Vec<Value> {
    let page = ask(demo, "GET", endpoint, "/deliveries", None).await.ok();
    page["deliveries"].as_array().unwrap().clone()
}

/// A hook with its attempts, once it is as wanted.
async fn hook_when(
    demo: &Demo,
    endpoint: i64,
    what: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    until(what, async || {
        let newest = hooks(demo, endpoint).await.first()?["id"].as_i64().unwrap();
        let path = format!("/deliveries/{newest}");
        let hook = ask(demo, "GET", endpoint, &path, None).await.ok();
        wanted(&hook).then_some(hook)
    })
    .await
}

/// The newest hook of an endpoint, once it is in this state.
async fn hook_in(demo: &Demo, endpoint: i64, state: &str) -> Value {
    hook_when(demo, endpoint, state, |hook| hook["state"] == state).await
}

/// Somebody writes a text that nobody wrote before.
async fn say(demo: &Demo, text: &str) {
    say_all(demo, &[text.to_owned()]).await;
}

/// Somebody writes these, in order.
async fn say_all(demo: &Demo, texts: &[String]) {
    let items = texts.iter().map(|text| demo.inbound(ANN, text, text));
    demo.post(items.collect()).await.ok();
}

/// The texts that hooks in our own dialect tell of.
fn texts(hooks: &[testkit::receiver::Hook]) -> Vec<String> {
    let text = |hook: &testkit::receiver::Hook| {
        let body = hook.json();
        body["data"]["message"]["content"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    hooks.iter().map(text).collect()
}

fn now_s() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

/// Whether a hook in our own dialect was signed with this secret, over exactly what came.
fn is_signed_with(hook: &testkit::receiver::Hook, secret: &Value) -> bool {
    let secret = Secret::parse(secret.as_str().unwrap()).unwrap();
    let received = Received {
        id: hook.header(signature::ID),
        timestamp: hook.header(signature::TIMESTAMP),
        signature: hook.header(signature::SIGNATURE),
    };
    let tolerance_s = signature::TOLERANCE_S;
    signature::verify(received, &hook.body, &[secret], now_s(), tolerance_s).is_ok()
}

/// A time as our own interface shows it.
fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}
