//! A fake of the Bot API.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
};
use serde_json::{Value, json};
use testkit::{demo::Demo, wait::until};
use tokio::net::TcpListener;

/// What a fake of Telegram has been told, and what it has to tell.
#[derive(Default)]
struct Told {
    calls: Vec<(String, Vec<u8>)>,
    updates: VecDeque<Value>,
    /// What to refuse next, by method.
    refusals: Vec<(String, u16, Value)>,
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

    pub(crate) fn tells(&self, number: i64, what: &str, message: Value) {
        self.brings(update(number, what, message));
    }

    /// An update as it is.
    pub(crate) fn brings(&self, update: Value) {
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

    /// The newest of so many calls of a method, once there are so many.
    pub(crate) async fn called(&self, method: &str, times: usize) -> Value {
        let body = until(method, async || {
            let mut all = self.calls(method);
            (all.len() >= times).then(|| all.swap_remove(times - 1))
        });
        serde_json::from_slice(&body.await).unwrap()
    }

    /// Adds a bot of this fake's to a server, with settings of its own if they are given, and gives its inbox.
    pub(crate) fn set_up(&self, demo: &Demo, settings: Option<&str>, more: &[&str]) -> i64 {
        let mut arguments = vec!["telegram", "--account", "1", "--name", "Our bot"];
        arguments.extend(["--bot", "our_bot", "--base-url", &self.url]);
        arguments.extend(more);
        let said = match settings {
            Some(settings) => demo.setup_with(settings, &arguments, "123:abc\n"),
            None => demo.setup(&arguments, "123:abc\n"),
        };
        let inbox = said.lines().find_map(|it| it.strip_prefix("inbox "));
        inbox.unwrap().parse().unwrap()
    }

    /// Refuses the next call of a method.
    pub(crate) fn refuses(&self, method: &str, status: u16, text: &str, parameters: Value) {
        let body = json!({ "ok": false, "error_code": status, "description": text,
            "parameters": parameters });
        let mut shared = self.shared.lock().unwrap();
        shared.refusals.push((method.to_owned(), status, body));
    }
}

pub(crate) fn update(number: i64, what: &str, message: Value) -> Value {
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
        let mut all = shared.refusals.iter();
        let place = all.position(|(refused, ..)| *refused == method);
        place.map(|it| shared.refusals.remove(it))
    };
    if let Some((_, status, body)) = refusal {
        return (StatusCode::from_u16(status).unwrap(), Json(body));
    }
    let result = match method.as_str() {
        "getUpdates" => updates(&shared, &body).await,
        "getFile" => json!({ "file_id": "x", "file_path": "photos/a.png" }),
        "setWebhook" | "deleteWebhook" | "setMessageReaction" | "deleteMessage"
        | "sendChatAction" => json!(true),
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
