//! The public Client API as programs of contacts use it (OneChat: "Client APIs"), against the real binary.

mod identity;
mod strangers;
mod talk;

use serde_json::{Value, json};
use testkit::{
    demo::Demo,
    http::{Answer, Form},
    json::keys,
    node::Node,
};

use crate::BINARY;

/// The demo's inbox of this kind.
fn inbox<'a>(demo: &'a Demo, kind: &str) -> &'a Value {
    let all = demo.card["onechat"]["inboxes"].as_array().unwrap();
    all.iter().find(|it| it["kind"] == kind).unwrap()
}

/// A program that talks to the demo's API inbox.
struct Program {
    demo: Demo,
    base: String,
}

impl Program {
    async fn start() -> Self {
        let demo = Demo::start(BINARY, None).await;
        let base = demo.url(&format!(
            "/public/api/v1/inboxes/{}",
            inbox(&demo, "api")["inbox_identifier"].as_str().unwrap()
        ));
        Self { demo, base }
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        let headers = [("content-type", "application/json")];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.demo
            .client
            .send(method, &format!("{}{path}", self.base), &headers, body)
            .await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.call("POST", path, body).await.ok()
    }

    async fn get(&self, path: &str) -> Value {
        self.call("GET", path, Value::Null).await.ok()
    }

    async fn form(&self, path: &str, form: Form) -> Answer {
        let content_type = Form::content_type();
        let headers = [("content-type", content_type.as_str())];
        let url = format!("{}{path}", self.base);
        self.demo
            .client
            .send("POST", &url, &headers, form.finish())
            .await
    }

    /// A contact with a conversation: its paths and its socket token.
    async fn visitor(&self, source_id: &str) -> Visitor {
        let contact = self
            .post(
                "/contacts",
                json!({ "source_id": source_id, "name": source_id }),
            )
            .await;
        let path = format!("/contacts/{source_id}/conversations");
        let conversation = self.post(&path, json!({})).await;
        let number = conversation["id"].as_i64().unwrap();
        Visitor {
            path: format!("{path}/{number}"),
            number,
            token: contact["pubsub_token"].as_str().unwrap().to_owned(),
        }
    }

    /// An unmodified client of the cable in this room.
    fn cable(&self, room: &str) -> Node {
        let config = json!({
            "client": "actioncable-8", "url": self.demo.socket_url("/cable"), "room": room,
        });
        Node::run("actioncable.mjs", config)
    }

    fn agent_room(&self, index: usize) -> String {
        let agent = &self.demo.card["agents"][index];
        json!({
            "channel": "RoomChannel", "pubsub_token": agent["pubsub_token"],
            "account_id": self.demo.card["account_id"], "user_id": agent["id"],
        })
        .to_string()
    }
}

struct Visitor {
    /// Of the conversation.
    path: String,
    number: i64,
    token: String,
}

impl Visitor {
    fn room(&self) -> String {
        json!({ "channel": "RoomChannel", "pubsub_token": self.token }).to_string()
    }

    fn to(&self, below: &str) -> String {
        format!("{}{below}", self.path)
    }
}

#[tokio::test]
async fn an_inbox_a_contact_and_a_conversation_have_their_shapes() {
    let program = Program::start().await;
    #[rustfmt::skip]
    assert_eq!(keys(&program.get("").await), [
        "csat_survey_enabled", "greeting_enabled", "identifier", "identity_validation_enabled",
        "name", "timezone", "working_hours", "working_hours_enabled",
    ]);
    let told = json!({
        "source_id": "s-1", "name": "Jana", "email": "Jana@Shop.example",
        "phone_number": "+420601000001", "custom_attributes": { "plan": "gold" },
    });
    let contact = program.post("/contacts", told).await;
    #[rustfmt::skip]
    assert_eq!(keys(&contact), ["email", "id", "name", "phone_number", "pubsub_token", "source_id"]);
    assert_eq!(contact["email"], "jana@shop.example");
    assert_eq!(contact["source_id"], "s-1");
    // The same again, whatever else is told.
    let again = program
        .post("/contacts", json!({ "source_id": "s-1", "name": "Other" }))
        .await;
    assert_eq!(again, contact);
    assert_eq!(program.get("/contacts/s-1").await, contact);
    // Somebody known by an e-mail address, at a new address of theirs.
    let same = program
        .post("/contacts", json!({ "email": "JANA@shop.example" }))
        .await;
    assert_eq!(same["id"], contact["id"]);
    assert_ne!(same["source_id"], contact["source_id"]);
    // A stranger gets a name.
    let stranger = program.post("/contacts", json!({})).await;
    assert!(!stranger["name"].as_str().unwrap().is_empty());

    let row = program
        .call(
            "PATCH",
            "/contacts/s-1",
            json!({ "name": "Jana N.", "email": "" }),
        )
        .await
        .ok();
    #[rustfmt::skip]
    assert_eq!(keys(&row), [
        "account_id", "additional_attributes", "blocked", "contact_type", "country_code",
        "created_at", "custom_attributes", "email", "id", "identifier", "last_activity_at",
        "last_name", "location", "middle_name", "name", "phone_number", "updated_at",
    ]);
    assert_eq!(row["name"], "Jana N.");
    assert_eq!(
        row["email"], "jana@shop.example",
        "blank is as good as not told"
    );

    let conversation = program
        .post(
            "/contacts/s-1/conversations",
            json!({ "custom_attributes": { "order": "A-1" } }),
        )
        .await;
    #[rustfmt::skip]
    assert_eq!(keys(&conversation), [
        "agent_last_seen_at", "contact", "contact_last_seen_at", "id", "inbox_id", "messages",
        "status", "uuid",
    ]);
    assert_eq!(conversation["status"], "open");
    assert_eq!(conversation["messages"], json!([]));
    let listed = program.get("/contacts/s-1/conversations").await;
    assert_eq!(listed, json!([conversation]));
    let number = conversation["id"].as_i64().unwrap();
    let shown = program
        .get(&format!("/contacts/s-1/conversations/{number}"))
        .await;
    assert_eq!(shown, conversation);
    // What the business keeps is the agents' to see.
    let agents = program
        .demo
        .agent("GET", &format!("/conversations/{number}"), None)
        .await
        .ok();
    assert_eq!(agents["custom_attributes"], json!({ "order": "A-1" }));
    assert_eq!(agents["meta"]["channel"], "Channel::Api");
    assert_eq!(
        agents["meta"]["sender"]["custom_attributes"],
        json!({ "plan": "gold" })
    );
}

#[tokio::test]
async fn pages_of_any_origin_may_call() {
    let program = Program::start().await;
    let headers = [
        ("origin", "https://shop.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let url = format!("{}/contacts", program.base);
    let asked = program
        .demo
        .client
        .send("OPTIONS", &url, &headers, "")
        .await;
    assert_eq!(asked.status, 200);
    assert_eq!(asked.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn an_inbox_with_one_conversation_for_ever_has_one() {
    let program = Program::start().await;
    let id = &inbox(&program.demo, "api")["id"];
    let body = json!({ "lock_to_single_conversation": true });
    let inbox = program
        .demo
        .agent("PATCH", &format!("/inboxes/{id}"), Some(body))
        .await
        .ok();
    assert_eq!(inbox["lock_to_single_conversation"], true);
    let first = program.visitor("s-1").await;
    program.post(&first.to("/toggle_status"), json!({})).await;
    let second = program.visitor("s-1").await;
    assert_eq!(first.number, second.number);
}

#[tokio::test]
async fn an_administrator_makes_inboxes_and_an_agent_does_not() {
    let program = Program::start().await;
    let demo = &program.demo;
    let body = json!({
        "name": "Bridge",
        "channel": { "type": "api", "webhook_url": "https://bridge.example/in", "hmac_mandatory": true },
    });
    let made = demo
        .agent("POST", "/inboxes", Some(body.clone()))
        .await
        .ok();
    assert_eq!(made["channel_type"], "Channel::Api");
    assert_eq!(made["webhook_url"], "https://bridge.example/in");
    assert_eq!(made["hmac_mandatory"], true);
    for secret in ["inbox_identifier", "hmac_token", "secret"] {
        assert!(made[secret].as_str().unwrap().len() >= 24, "{secret}");
    }
    let website = json!({
        "name": "Shop", "channel": { "type": "web_widget", "website_url": "https://shop.example" },
    });
    let widget = demo.agent("POST", "/inboxes", Some(website)).await.ok();
    assert_eq!(widget["channel_type"], "Channel::WebWidget");
    let script = widget["web_widget_script"].as_str().unwrap();
    assert!(script.contains(widget["website_token"].as_str().unwrap()));

    let bob = demo.text("/agents/1/access_token");
    let url = demo.url("/api/v1/accounts/1/inboxes");
    let headers = [
        ("api_access_token", bob.as_str()),
        ("content-type", "application/json"),
    ];
    let refused = demo
        .client
        .send("POST", &url, &headers, body.to_string())
        .await;
    assert_eq!(refused.status, 401);
    let seen = demo.client.send("GET", &url, &headers, "").await.ok();
    for inbox in seen["payload"].as_array().unwrap() {
        assert!(inbox.get("hmac_token").is_none() && inbox.get("secret").is_none());
    }
    let count = |it: &Value| it["payload"].as_array().unwrap().len();
    let before = demo.agent("GET", "/inboxes", None).await.ok();
    // The two that were just made have nobody in them yet.
    assert_eq!(count(&before), count(&seen) + 2);
    for (bad, status) in [
        (json!({ "channel": { "type": "api" } }), 422),
        (json!({ "name": "x" }), 422),
        (
            json!({ "name": "x", "channel": { "type": "smoke_signals" } }),
            422,
        ),
        (
            json!({ "name": "x", "channel": { "type": "web_widget" } }),
            422,
        ),
        (
            json!({ "name": "x", "channel": { "type": "api", "webhook_url": "ftp://x" } }),
            422,
        ),
        (
            json!({ "name": "x".repeat(256), "channel": { "type": "api" } }),
            422,
        ),
    ] {
        assert_eq!(
            demo.agent("POST", "/inboxes", Some(bad)).await.status,
            status
        );
    }
    let after = demo.agent("GET", "/inboxes", None).await.ok();
    assert_eq!(count(&after), count(&before));
}
