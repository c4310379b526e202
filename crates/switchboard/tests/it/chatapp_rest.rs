//! ChatApp's REST calls, as an integrator's program makes them.

mod answers;
mod changes;
mod employees;
mod files;
mod groups;
mod history;
mod lists;
mod pace;
mod search;
mod sending;
mod strangers;
mod tags;
mod tokens;

use serde_json::{Value, json};
use testkit::{connector::Connector, demo::Demo, http::Answer, json::keys};

use crate::BINARY;

/// The customer of most tests.
const FRANK: &str = "385919998888";

/// A program with a token.
struct Program {
    demo: Demo,
    connector: Connector,
    token: String,
}

impl Program {
    async fn start() -> Self {
        let connector = Connector::start().await;
        let demo = Demo::start(BINARY, Some(&connector.url())).await;
        Self::with(demo, connector)
    }

    /// A program of this demo's, whose connector nobody asks.
    async fn of(demo: Demo) -> Self {
        Self::with(demo, Connector::start().await)
    }

    fn with(demo: Demo, connector: Connector) -> Self {
        let token = demo.text("/chatapp/access_token");
        Self {
            demo,
            connector,
            token,
        }
    }

    /// Calls an address with this token.
    async fn call_as(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let headers = [
            ("authorization", token),
            ("content-type", "application/json"),
        ];
        let body = body.map(|it| it.to_string()).unwrap_or_default();
        let url = self.demo.url(path);
        self.demo.client.send(method, &url, &headers, body).await
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.call_as(&self.token, method, path, body).await
    }

    /// The data of an answer that must be a success.
    async fn data(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let mut answer = self.call(method, path, body).await.ok();
        assert_eq!(answer["success"], true);
        answer["data"].take()
    }

    async fn get(&self, path: &str) -> Value {
        self.data("GET", path, None).await
    }

    /// A token of Bob's, who is an employee and no administrator.
    async fn bob(&self) -> String {
        let make = json!({
            "email": self.demo.text("/agents/1/email"),
            "password": self.demo.text("/agents/1/password"),
            "appId": "app_2_1",
        });
        let pair = self.call_as("", "POST", "/v1/tokens", Some(make)).await;
        pair.ok()["data"]["accessToken"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Below the demo's messenger.
    fn messenger(&self, path: &str) -> String {
        format!("/v1/licenses/1/messengers/ctlive{path}")
    }

    /// Below a chat in it.
    fn chat(&self, chat: &str, path: &str) -> String {
        self.messenger(&format!("/chats/{chat}{path}"))
    }

    /// Customers write, each a text that is its own id.
    async fn hear(&self, from: &str, ids: &[&str]) {
        for id in ids {
            let item = self.demo.inbound(from, id, id);
            self.demo.post(json!([item])).await.ok();
        }
    }
}

/// What a refusal is: its status and code. Its sentence has to be there.
fn refusal(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    assert_eq!(body["success"], false, "{}", answer.text());
    assert!(body["error"]["message"].is_string(), "{}", answer.text());
    let code = body["error"]["code"].as_str().unwrap().to_owned();
    (answer.status, code)
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn items(page: &Value) -> &Vec<Value> {
    page["items"].as_array().unwrap()
}
