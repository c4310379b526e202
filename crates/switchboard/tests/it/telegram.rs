//! A Telegram bot, with a fake of the Bot API.

use std::{
    collections::VecDeque,
    io::Write as _,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
};
use serde_json::{Value, json};
use testkit::{demo::Demo, http::Form, wait::until};
use tokio::net::TcpListener;

use crate::BINARY;

/// What a fake of Telegram has been told, and what it has to tell.
#[derive(Default)]
struct Told {
    calls: Vec<(String, Vec<u8>)>,
    updates: VecDeque<Value>,
    refusals: VecDeque<(u16, Value)>,
    sent: i64,
    /// How many ask for news now, and how many did at once at most.
    asking: usize,
    asking_most: usize,
}

/// Somebody asks for news, for as long as this lives.
struct Asking(Shared);

impl Asking {
    fn begin(shared: &Shared) -> Self {
        let mut told = shared.lock().unwrap();
        told.asking += 1;
        told.asking_most = told.asking_most.max(told.asking);
        Self(shared.clone())
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.lock().unwrap().asking -= 1;
    }
}

type Shared = Arc<Mutex<Told>>;

/// The fake Bot API.
pub(crate) struct Fake {
    shared: Shared,
    url: String,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let shared = Shared::default();
        let router = Router::new()
            .route("/bot123:abc/{method}", axum::routing::any(answer))
            .route(
                "/file/bot123:abc/{*path}",
                axum::routing::get(async || "\u{0}picture"),
            )
            .with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shared, url }
    }

    /// Somebody says something to the bot.
    pub(crate) fn says(&self, number: i64, message: Value) {
        self.tells(number, "message", message);
    }

    fn tells(&self, number: i64, what: &str, message: Value) {
        let update = update(number, what, message);
        self.shared.lock().unwrap().updates.push_back(update);
    }

    /// How many asked for news at once, at most.
    pub(crate) fn asking_most(&self) -> usize {
        self.shared.lock().unwrap().asking_most
    }

    /// Calls of a method, in order.
    pub(crate) fn calls(&self, method: &str) -> Vec<Vec<u8>> {
        let shared = self.shared.lock().unwrap();
        let mine = shared.calls.iter().filter(|(name, _)| name == method);
        mine.map(|(_, body)| body.clone()).collect()
    }

    pub(crate) async fn call(&self, method: &str) -> Vec<u8> {
        until(method, async || self.calls(method).pop()).await
    }

    /// Adds a bot of this fake's to a server with these settings, and gives its inbox.
    pub(crate) fn set_up(&self, demo: &Demo, settings: &str, more: &[&str]) -> i64 {
        let config = demo.data().join("setup.toml");
        std::fs::write(&config, settings).unwrap();
        let mut setup = Command::new(BINARY)
            .args(["setup", "--config"])
            .arg(&config)
            .args([
                "telegram",
                "--account",
                "1",
                "--name",
                "Our bot",
                "--bot",
                "our_bot",
            ])
            .args(["--base-url", &self.url])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut token = setup.stdin.take().unwrap();
        writeln!(token, "123:abc").unwrap();
        drop(token);
        let output = setup.wait_with_output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let inbox = said.lines().find_map(|it| it.strip_prefix("inbox "));
        inbox.unwrap().parse().unwrap()
    }
}

fn update(number: i64, what: &str, message: Value) -> Value {
    let mut message = message;
    message["date"] = json!(1_795_176_000);
    message["chat"] = json!({ "id": 42, "type": "private", "first_name": "Ann" });
    message["from"] =
        json!({ "id": 42, "is_bot": false, "first_name": "Ann", "username": "ann_42" });
    json!({ "update_id": number, what: message })
}

async fn answer(
    State(shared): State<Shared>,
    Path(method): Path<String>,
    body: Bytes,
) -> (StatusCode, Json<Value>) {
    let refusal = {
        let mut shared = shared.lock().unwrap();
        shared.calls.push((method.clone(), body.to_vec()));
        let sends = method.starts_with("send");
        sends.then(|| shared.refusals.pop_front()).flatten()
    };
    if let Some((status, body)) = refusal {
        return (StatusCode::from_u16(status).unwrap(), Json(body));
    }
    let result = match method.as_str() {
        "getUpdates" => updates(&shared, &body).await,
        "getFile" => json!({ "file_id": "x", "file_path": "photos/a.png" }),
        "setWebhook" | "deleteWebhook" | "setMessageReaction" => json!(true),
        _ => {
            let mut shared = shared.lock().unwrap();
            shared.sent += 1;
            json!({ "message_id": 1_000 + shared.sent, "date": 1 })
        }
    };
    (
        StatusCode::OK,
        Json(json!({ "ok": true, "result": result })),
    )
}

/// Everything from the asked place on; waits for something as the real one does, though not as long.
async fn updates(shared: &Shared, body: &[u8]) -> Value {
    let _asking = Asking::begin(shared);
    let asked: Value = serde_json::from_slice(body).unwrap();
    let from = asked["offset"].as_i64().unwrap_or(0);
    for _ in 0..40 {
        {
            let mut shared = shared.lock().unwrap();
            shared
                .updates
                .retain(|it| it["update_id"].as_i64().unwrap() >= from);
            if !shared.updates.is_empty() {
                return json!(shared.updates);
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    json!([])
}

/// A demo with a bot.
pub(crate) struct Bot {
    pub(crate) demo: Demo,
    pub(crate) fake: Fake,
    pub(crate) inbox: i64,
}

impl Bot {
    pub(crate) async fn start(more: &[&str]) -> Self {
        let mut demo = Demo::start(BINARY, None).await;
        let fake = Fake::start().await;
        demo.kill();
        let data = demo.data().display().to_string();
        let inbox = fake.set_up(&demo, &format!("[store]\ndata = {data:?}\n"), more);
        demo.restart().await;
        Self { demo, fake, inbox }
    }

    pub(crate) async fn agent_says(&self, conversation: &Value, body: Value) {
        let path = format!("/conversations/{conversation}/messages");
        self.demo.agent("POST", &path, Some(body)).await.ok();
    }
}

#[tokio::test]
async fn a_bot_asks_for_news_and_answers() {
    let bot = Bot::start(&[]).await;
    bot.fake.says(10, json!({ "message_id": 7, "text": "Hi" }));
    let heard = bot.demo.seen(|it| it["content"] == "Hi").await;
    assert_eq!(
        (&heard["inbox_id"], &heard["source_id"]),
        (&json!(bot.inbox), &json!("42:7"))
    );
    assert_eq!(heard["sender"]["name"], "Ann");
    let body = json!({ "content": "Hello", "content_attributes": { "in_reply_to": heard["id"] } });
    bot.agent_says(&heard["conversation_id"], body).await;
    let sent: Value = serde_json::from_slice(&bot.fake.call("sendMessage").await).unwrap();
    assert_eq!(
        sent,
        json!({ "chat_id": 42, "text": "Hello",
            "reply_parameters": { "message_id": 7, "allow_sending_without_reply": true } })
    );
    bot.demo
        .seen(|it| it["source_id"] == "42:1001" && it["status"] == "sent")
        .await;

    bot.fake.tells(
        11,
        "edited_message",
        json!({ "message_id": 7, "text": "Hi there" }),
    );
    bot.demo
        .seen(|it| it["source_id"] == "42:7" && it["content"] == "Hi there")
        .await;
    // What was taken in is asked for no more.
    until("the next place", async || {
        let asked = bot.fake.calls("getUpdates").pop()?;
        let asked: Value = serde_json::from_slice(&asked).unwrap();
        (asked["offset"] == 12).then_some(())
    })
    .await;
}

#[tokio::test]
async fn files_go_both_ways() {
    let bot = Bot::start(&[]).await;
    let photo = json!([{ "file_id": "small" }, { "file_id": "large" }]);
    bot.fake.says(
        10,
        json!({ "message_id": 7, "photo": photo, "caption": "Look" }),
    );
    let heard = bot.demo.seen(|it| it["content"] == "Look").await;
    assert_eq!(heard["attachments"].as_array().unwrap().len(), 1);
    let file: Value = serde_json::from_slice(&bot.fake.call("getFile").await).unwrap();
    assert_eq!(file["file_id"], "large");

    let form = Form::default().text("content", "Here").file(
        "attachments[]",
        "a.txt",
        "text/plain",
        b"some words",
    );
    let path = format!("/conversations/{}/messages", heard["conversation_id"]);
    bot.demo.agent_form(&path, form).await.ok();
    let sent = String::from_utf8(bot.fake.call("sendDocument").await).unwrap();
    for part in [
        "name=\"chat_id\"\r\n\r\n42",
        "filename=\"a.txt\"",
        "some words",
    ] {
        assert!(sent.contains(part), "{sent}");
    }
}

#[tokio::test]
async fn a_bot_with_a_webhook_is_told_there() {
    let bot = Bot::start(&["--webhook-secret", "our-word"]).await;
    let told: Value = serde_json::from_slice(&bot.fake.call("setWebhook").await).unwrap();
    let path = format!("/telegram/{}", bot.inbox);
    assert_eq!(
        told,
        json!({ "url": bot.demo.url(&path), "secret_token": "our-word" })
    );
    let post = async |secret: &str, body: String| {
        let headers = [("x-telegram-bot-api-secret-token", secret)];
        let url = bot.demo.url(&path);
        bot.demo
            .client
            .send("POST", &url, &headers, body)
            .await
            .status
    };
    let hi = update(10, "message", json!({ "message_id": 7, "text": "Hi" })).to_string();
    assert_eq!(post("another", hi.clone()).await, 401);
    assert_eq!(post("our-word", "{".to_owned()).await, 400);
    for _ in 0..2 {
        assert_eq!(post("our-word", hi.clone()).await, 200);
    }
    let heard = bot.demo.seen(|it| it["content"] == "Hi").await;
    let number = heard["conversation_id"].as_i64().unwrap();
    assert_eq!(bot.demo.messages(number).await.len(), 1);
    assert!(bot.fake.calls("getUpdates").is_empty());
}

#[tokio::test]
async fn telegrams_refusals_are_understood() {
    let bot = Bot::start(&[]).await;
    bot.fake.says(10, json!({ "message_id": 7, "text": "Hi" }));
    let heard = bot.demo.seen(|it| it["content"] == "Hi").await;
    let refuse = |status: u16, text: &str| {
        let body = json!({ "ok": false, "error_code": status, "description": text });
        let mut shared = bot.fake.shared.lock().unwrap();
        shared.refusals.push_back((status, body));
    };
    refuse(403, "Forbidden: bot was blocked by the user");
    bot.agent_says(&heard["conversation_id"], json!({ "content": "One" }))
        .await;
    bot.demo
        .seen(|it| it["content"] == "One" && it["status"] == "failed")
        .await;
    refuse(429, "Too Many Requests");
    bot.agent_says(&heard["conversation_id"], json!({ "content": "Two" }))
        .await;
    bot.demo
        .seen(|it| it["content"] == "Two" && it["status"] == "sent")
        .await;
}
