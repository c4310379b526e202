//! The people of an account, as agents' programs manage them: who they are, where they answer, in which teams they are.

mod agents;
pub(crate) mod closing;
mod leaving;
mod members;
mod notifications;
mod platform;
mod profile;
mod seats;
mod teams;
mod turns;

use serde_json::{Value, json};
use testkit::{
    demo::{Demo, Options},
    http::Answer,
    node::Node,
};

use crate::BINARY;

/// A call of the agents' interface with this token.
async fn call(
    demo: &Demo,
    token: &str,
    method: &str,
    path: &str,
    body: impl Into<Option<Value>>,
) -> Answer {
    let headers = [
        ("api_access_token", token),
        ("content-type", "application/json"),
    ];
    let body = body.into().map(|it| it.to_string()).unwrap_or_default();
    demo.client
        .send(method, &demo.url(path), &headers, body)
        .await
}

/// A call within the demo's account as its agent with this index: 0 administers it, 1 does not.
async fn by(
    demo: &Demo,
    index: usize,
    method: &str,
    path: &str,
    body: impl Into<Option<Value>>,
) -> Answer {
    let token = demo.text(&format!("/agents/{index}/access_token"));
    call(
        demo,
        &token,
        method,
        &format!("/api/v1/accounts/1{path}"),
        body,
    )
    .await
}

/// What such a call of Alice's is answered.
async fn alice(demo: &Demo, method: &str, path: &str, body: impl Into<Option<Value>>) -> Value {
    by(demo, 0, method, path, body).await.ok()
}

/// Somebody writes to the demo's connector: a conversation, by order of their first words.
async fn customer_writes(demo: &Demo, from: &str, text: &str) {
    demo.post(json!([demo.inbound(from, text, text)]))
        .await
        .ok();
}

/// A socket of the demo's agent with this index, subscribed.
async fn follow(demo: &Demo, index: usize) -> Node {
    let agent = &demo.card["agents"][index];
    follow_as(demo, agent["pubsub_token"].as_str().unwrap(), &agent["id"]).await
}

async fn follow_as(demo: &Demo, token: &str, user: &Value) -> Node {
    let room = format!(
        r#"{{"channel":"RoomChannel","pubsub_token":"{token}","account_id":1,"user_id":{user}}}"#
    );
    let config =
        json!({ "client": "actioncable-8", "url": demo.socket_url("/cable"), "room": room });
    let mut node = Node::run("actioncable.mjs", config);
    let is_ready = |line: &Value| line.get("ready").is_some();
    node.expect("that it is subscribed", is_ready).await;
    node
}

/// Waits until a socket was told of this event, and returns what it was told.
async fn told(node: &mut Node, event: &str) -> Value {
    let mut line = node.expect(event, |line| line["event"] == event).await;
    line["data"].take()
}

async fn sign_in(demo: &Demo, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password }).to_string();
    let headers = [("content-type", "application/json")];
    demo.client
        .send("POST", &demo.url("/auth/sign_in"), &headers, body)
        .await
}

/// A demo with a second account beside its own, and the token of Eve, who administers that.
async fn with_eve() -> (Demo, String) {
    let mut demo = Demo::start_with(BINARY, Options::default()).await;
    assert!(demo.terminate());
    demo.setup(&["account", "Theirs"], "");
    #[rustfmt::skip]
    let eve = ["agent", "--account", "2", "--name", "Eve", "--email", "eve@m.test", "--administrator"];
    demo.setup(&eve, "correct horse\n");
    demo.restart().await;
    let signed_in = sign_in(&demo, "eve@m.test", "correct horse").await.ok();
    let token = signed_in["data"]["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    (demo, token)
}

/// Another account's administrator gets none of these done: not there, and not by number in her own.
async fn is_not_eves(demo: &Demo, eve: &str, routes: &[(&str, &str, Value)]) {
    for (method, path, body) in routes {
        let body = Some(body.clone()).filter(|it| !it.is_null());
        for (account, refused) in [(1, [401, 401]), (2, [404, 401])] {
            let path = format!("/api/v1/accounts/{account}{path}");
            let answer = call(demo, eve, method, &path, body.clone()).await;
            let text = answer.text();
            assert!(
                refused.contains(&answer.status),
                "{method} {path} {} {text}",
                answer.status
            );
        }
    }
}
