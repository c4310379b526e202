//! A connector that remembers what it was sent, and answers as it is told to.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Instant,
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

use crate::http::Client;

/// One send, as it came.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The `Authorization` header.
    pub authorization: String,
    /// The body.
    pub body: Value,
    /// The id it was answered with; empty if it was refused.
    pub message_id: String,
    /// When it came.
    pub at: Instant,
}

impl Sent {
    /// The text of the message.
    pub fn text(&self) -> &str {
        self.body["whatsApp"]["text"].as_str().unwrap_or_default()
    }

    /// The number it goes to.
    pub fn to(&self) -> &str {
        self.body["destinations"][0]["to"]["phoneNumber"]
            .as_str()
            .unwrap_or_default()
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

impl Reply {
    /// This status, with an empty body.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            retry_after: None,
            body: Value::Null,
        }
    }
}

/// When to report a message as delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reports {
    /// Before its send is answered: the report is there first.
    First,
    /// Once its send is answered.
    After,
}

/// Where to report, and what to show there.
#[derive(Clone)]
struct Reporting {
    when: Reports,
    url: String,
    basic: String,
    client: Client,
}

#[derive(Default)]
struct Shared {
    sent: Vec<Sent>,
    /// What to answer instead of taking the message, soonest first.
    replies: VecDeque<Reply>,
    /// The same for one number only.
    replies_to: HashMap<String, VecDeque<Reply>>,
    reporting: Option<Reporting>,
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
        let router = Router::new()
            .route("/send", post(take))
            .with_state(shared.clone());
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

    /// Answers the next send to this number so, instead of taking it. Several queue up.
    pub fn refuse_next_to(&self, number: &str, reply: Reply) {
        let mut shared = self.shared.lock().unwrap();
        shared
            .replies_to
            .entry(number.to_owned())
            .or_default()
            .push_back(reply);
    }

    /// From now on reports every message that it takes as delivered to `url`, again and again until that is
    /// acknowledged. `basic` is the `Authorization` to show there.
    pub fn report_to(&self, when: Reports, url: String, basic: String) {
        let client = Client::default();
        self.shared.lock().unwrap().reporting = Some(Reporting {
            when,
            url,
            basic,
            client,
        });
    }
}

/// A delivery report, as a connector posts it.
pub fn delivered(message_id: &str, to: &str) -> Value {
    json!({
        "bulkId": "", "messageId": message_id, "to": to, "channel": "WHATSAPP",
        "status": { "id": 5, "groupId": 3, "groupName": "DELIVERED", "name": "DELIVERED_TO_HANDSET" },
        "doneAt": "2026-11-20T16:01:56.494-0300", "sentAt": "2026-11-20T16:00:58.647-0300",
    })
}

async fn report(reporting: Reporting, sent: Sent) {
    let body = json!({ "results": [delivered(&sent.message_id, sent.to())] }).to_string();
    let headers = [("authorization", reporting.basic.as_str())];
    reporting
        .client
        .insist("POST", &reporting.url, &headers, body)
        .await;
}

async fn take(
    State(shared): State<Arc<Mutex<Shared>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let authorization = headers
        .get(header::AUTHORIZATION)
        .and_then(|it| it.to_str().ok());
    let authorization = authorization.unwrap_or_default().to_owned();
    let (sent, answer, reporting) = shared.lock().unwrap().answer(authorization, body);
    match reporting {
        Some(it) if it.when == Reports::First => report(it, sent).await,
        Some(it) => drop(tokio::spawn(report(it, sent))),
        None => {}
    }
    answer
}

impl Shared {
    /// Remembers a send. Tells what to answer, and where to report it if it is taken.
    fn answer(
        &mut self,
        authorization: String,
        body: Value,
    ) -> (Sent, Response, Option<Reporting>) {
        let mut sent = Sent {
            authorization,
            body,
            message_id: String::new(),
            at: Instant::now(),
        };
        let own = self
            .replies_to
            .get_mut(sent.to())
            .and_then(VecDeque::pop_front);
        if let Some(reply) = own.or_else(|| self.replies.pop_front()) {
            self.sent.push(sent.clone());
            return (sent, refused(&reply), None);
        }
        self.taken += 1;
        sent.message_id = format!("50c24400-124f-4678-9f4b-{:012}", self.taken);
        self.sent.push(sent.clone());
        let status = json!({
            "groupId": 1, "groupName": "PENDING", "id": 7, "name": "PENDING_ENROUTE",
            "description": "Message sent to next instance",
        });
        let to = &sent.body["destinations"][0]["to"];
        let message = json!({ "to": to, "status": status, "messageId": sent.message_id });
        let answer = json!({ "messages": [message] }).to_string().into_response();
        (sent, answer, self.reporting.clone())
    }
}

fn refused(reply: &Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap();
    let mut response = (status, reply.body.to_string()).into_response();
    if let Some(wait) = &reply.retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, wait.parse().unwrap());
    }
    response
}
