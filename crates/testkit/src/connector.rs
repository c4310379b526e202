//! A connector that remembers what it was sent, and answers as it is told to.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::post,
};
use serde_json::{Value, json};

/// One send, as it came.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The `Authorization` header.
    pub authorization: String,
    /// The body.
    pub body: Value,
    /// The id it was answered with; empty if it was refused.
    pub message_id: String,
}

impl Sent {
    /// The text of the message.
    pub fn text(&self) -> &str {
        self.body["whatsApp"]["text"].as_str().unwrap_or_default()
    }
}

/// How to answer a send.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// `Retry-After`, if any.
    pub retry_after: Option<String>,
    /// The body.
    pub body: Value,
}

#[derive(Default)]
struct Shared {
    sent: Vec<Sent>,
    /// What to answer instead of taking the message, soonest first.
    replies: VecDeque<Reply>,
    taken: u64,
}

/// A running connector.
#[derive(Clone)]
pub struct Connector {
    shared: Arc<Mutex<Shared>>,
    address: SocketAddr,
}

impl Connector {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let router = Router::new().route("/send", post(take)).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shared, address }
    }

    /// Where to send to.
    pub fn url(&self) -> String {
        format!("http://{}/send", self.address)
    }

    /// Everything it was sent, refused or not, in order.
    pub fn sent(&self) -> Vec<Sent> {
        self.shared.lock().unwrap().sent.clone()
    }

    /// Answers the next send so, instead of taking it. Several queue up.
    pub fn refuse_next(&self, reply: Reply) {
        self.shared.lock().unwrap().replies.push_back(reply);
    }
}

async fn take(
    State(shared): State<Arc<Mutex<Shared>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let authorization = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let authorization = authorization.unwrap_or_default().to_owned();
    let mut shared = shared.lock().unwrap();
    if let Some(reply) = shared.replies.pop_front() {
        shared.sent.push(Sent { authorization, body, message_id: String::new() });
        let mut response =
            (StatusCode::from_u16(reply.status).unwrap(), reply.body.to_string()).into_response();
        if let Some(wait) = reply.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, wait.parse().unwrap());
        }
        return response;
    }
    shared.taken += 1;
    let message_id = format!("50c24400-124f-4678-9f4b-{:012}", shared.taken);
    let status = json!({
        "groupId": 1, "groupName": "PENDING", "id": 7, "name": "PENDING_ENROUTE",
        "description": "Message sent to next instance",
    });
    let to = body["destinations"][0]["to"].clone();
    shared.sent.push(Sent { authorization, body, message_id: message_id.clone() });
    let message = json!({ "to": to, "status": status, "messageId": message_id });
    json!({ "messages": [message] }).to_string().into_response()
}
