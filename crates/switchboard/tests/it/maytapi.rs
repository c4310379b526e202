//! A Maytapi bot against the real server, its phones in the sandbox.

mod bad_input;
mod dialects;
mod groups;
mod many;
mod operations;
mod pacing;
mod products;
mod sending;
mod sessions;
mod webhooks;
mod world;

use std::path::PathBuf;

use serde_json::{Value, json};
use testkit::{
    demo::{Demo, Options},
    http::Answer,
    json::keys,
    receiver::{Hook, Receiver},
    wait::until,
};

use crate::BINARY;

/// Reads, and answers what was said.
const DORA: &str = "447700905555";
/// Reads.
const ANN: &str = "447700900123";

/// A bot with its product and the demo's phone, which is paired.
pub(crate) struct Bot {
    pub(crate) demo: Demo,
    product: String,
    token: String,
    pub(crate) phone: i64,
}

impl Bot {
    /// In a world where nothing takes time.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    async fn start_with(more: &[(&'static str, &str)]) -> Self {
        Self::start_as(more, None).await
    }

    /// The same with the key of another server.
    async fn start_as(more: &[(&'static str, &str)], key: Option<PathBuf>) -> Self {
        let zero = |name| (name, "0".to_owned());
        let mut env = vec![
            zero("SWITCHBOARD__SANDBOX__OPENS_MS"),
            zero("SWITCHBOARD__SANDBOX__DELIVERS_MS"),
            zero("SWITCHBOARD__SANDBOX__READS_MS"),
            zero("SWITCHBOARD__SANDBOX__ANSWERS_MS"),
        ];
        env.extend(
            more.iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        let options = Options {
            env,
            key,
            ..Options::default()
        };
        let demo = Demo::start_with(BINARY, options).await;
        let bot = Self {
            product: demo.text("/maytapi/product_id"),
            token: demo.text("/maytapi/token"),
            phone: demo.text("/maytapi/phones/0/id").parse().unwrap(),
            demo,
        };
        bot.when_in("active", bot.phone).await;
        bot
    }

    /// Calls an address with a token.
    async fn call_as(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let headers = [
            ("x-maytapi-key", token),
            ("content-type", "application/json"),
        ];
        let body = body.map(|it| it.to_string()).unwrap_or_default();
        let url = self.demo.url(path);
        self.demo.client.send(method, &url, &headers, body).await
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.call_as(&self.token, method, path, body).await
    }

    /// Below the product.
    fn product(&self, path: &str) -> String {
        format!("/api/{}/{path}", self.product)
    }

    /// Below the phone.
    fn phone(&self, path: &str) -> String {
        format!("/api/{}/{}/{path}", self.product, self.phone)
    }

    async fn get(&self, path: &str) -> Value {
        self.call("GET", &self.phone(path), None).await.ok()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        self.call("POST", &self.phone(path), Some(body)).await.ok()
    }

    /// Sends a message, and gives its id.
    async fn send(&self, body: Value) -> String {
        let sent = self.post("sendMessage", body).await;
        assert_eq!(sent["success"], true);
        sent["data"]["msgId"].as_str().unwrap().to_owned()
    }

    async fn send_text(&self, to: &str, text: &str) -> String {
        self.send(json!({ "to_number": to, "type": "text", "message": text }))
            .await
    }

    /// Moves the sandbox's world.
    pub(crate) async fn world(&self, act: &str, body: Value) {
        let path = format!("/sandbox/{}/{act}", self.phone);
        self.call("POST", &path, Some(body)).await.ok();
    }

    /// Waits until a phone has this status in the list of queues, which has it in either form.
    async fn when_in(&self, status: &str, phone: i64) {
        until(status, async || {
            let queues = self.call("GET", &self.product("queues"), None).await.ok();
            let queues = queues["queues"].as_array().unwrap().clone();
            queues
                .into_iter()
                .find(|it| it["id"] == phone && it["status"] == status)
        })
        .await;
    }

    /// Has the product told at a path of a receiver.
    async fn told_at(&self, receiver: &Receiver, path: &str, form: &str) {
        let body = json!({ "webhook": receiver.url(path), "form": form });
        let path = self.product("setWebhook");
        self.call("POST", &path, Some(body)).await.ok();
    }

    /// The newest message of a conversation as an agent sees it, once it is as wanted.
    pub(crate) async fn seen(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        until(what, async || {
            let list = self
                .demo
                .agent("GET", "/conversations?status=all", None)
                .await
                .ok();
            for conversation in list["data"]["payload"].as_array().unwrap() {
                let number = conversation["id"].as_i64().unwrap();
                let messages = self.demo.messages(number).await;
                if let Some(found) = messages.into_iter().rev().find(|it| wanted(it)) {
                    return Some(found);
                }
            }
            None
        })
        .await
    }
}

/// The bodies of the hooks of a type that have come to a path, once one is as wanted.
async fn hook(
    receiver: &Receiver,
    path: &str,
    what: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    until(what, async || {
        let got = receiver.got(path);
        got.iter().map(Hook::json).find(|it| wanted(it))
    })
    .await
}

/// The sentence of a refusal with this status.
fn refused(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["success"], false, "{}", answer.text());
    body["message"].as_str().unwrap().to_owned()
}
