//! The demo's own connector, on loopback: takes an answer, and reports it delivered and then seen, as the phone
//! of a person who happens to be looking would.

use std::time::Duration;

use anyhow::Result;
use app::{Core, tokens::random_text};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    routing::post,
};
use carriers::guard::{Bounds, Guard, Policy};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use wire::ctlive::{auth, dates};

use super::{account::connector_settings, loopback};

/// How long the message travels, and then lies unseen.
const TRAVELS: Duration = Duration::from_millis(300);
const UNSEEN: Duration = Duration::from_millis(900);

/// How long a report may take.
const BOUNDS: Bounds = Bounds {
    whole: Duration::from_secs(10),
    answer_bytes: 64 * 1024,
};

#[derive(Clone)]
struct Connector {
    core: Core,
    guard: Guard,
    reports_to: String,
    username: String,
    password: String,
    scenario_key: String,
}

/// Starts it on a free port, and returns the address to send to.
pub(super) async fn start(core: &Core, key: &[u8; 32], base_url: &str) -> Result<String> {
    let settings = connector_settings(key, "")?;
    let policy = Policy {
        allow: loopback()?,
        https_only: false,
    };
    let connector = Connector {
        core: core.clone(),
        guard: Guard::new(policy)?,
        reports_to: format!("{base_url}/imchannel/message"),
        username: settings.username,
        password: settings.password,
        scenario_key: settings.scenario_key,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/send", listener.local_addr()?);
    let router = Router::new()
        .route("/send", post(send))
        .with_state(connector);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the demo's connector has stopped");
        }
    });
    Ok(url)
}

/// Takes a message as a connector does (source document, "Outbound Message").
async fn send(
    State(connector): State<Connector>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let shown = headers
        .get(header::AUTHORIZATION)
        .and_then(|it| it.to_str().ok());
    let known = shown.and_then(auth::basic).is_some_and(|(user, password)| {
        auth::same(&user, &connector.username) & auth::same(&password, &connector.password)
    });
    if !known || body["scenarioKey"] != json!(connector.scenario_key) {
        return (StatusCode::UNAUTHORIZED, Json(json!({})));
    }
    let to = body["destinations"][0]["to"]["phoneNumber"].clone();
    let Ok(message_id) = random_text() else {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({})));
    };
    tracing::info!(content = %body["whatsApp"], "the demo's connector got a message");
    tokio::spawn(connector.report(message_id.clone(), to.clone()));
    let status = json!({
        "groupId": 1, "groupName": "PENDING", "id": 7, "name": "PENDING_ENROUTE",
        "description": "Message sent to next instance",
    });
    let message = json!({ "to": { "phoneNumber": to }, "status": status, "messageId": message_id });
    (StatusCode::OK, Json(json!({ "messages": [message] })))
}

impl Connector {
    async fn report(self, message_id: String, to: Value) {
        let sent_at = self.now();
        tokio::time::sleep(TRAVELS).await;
        let status = json!({
            "id": 5, "groupId": 3, "groupName": "DELIVERED", "name": "DELIVERED_TO_HANDSET",
            "description": "Message delivered to handset",
        });
        self.post(json!({
            "bulkId": "", "status": status, "messageId": message_id, "doneAt": self.now(),
            "sentAt": sent_at, "to": to, "channel": "WHATSAPP",
        }))
        .await;
        tokio::time::sleep(UNSEEN).await;
        self.post(json!({
            "messageId": message_id, "to": to, "sentAt": sent_at, "seenAt": self.now(),
        }))
        .await;
    }

    fn now(&self) -> String {
        dates::format(self.core.clock.now().as_microsecond())
    }

    async fn post(&self, report: Value) {
        let body = json!({ "results": [report] }).to_string();
        let mut headers = HeaderMap::new();
        if let Ok(shown) = auth::to_basic(&self.username, &self.password).parse() {
            headers.insert(header::AUTHORIZATION, shown);
        }
        match self
            .guard
            .post(&self.reports_to, headers, body.into(), BOUNDS)
            .await
        {
            Ok(answer) if answer.is_success() => {}
            Ok(answer) => tracing::warn!(
                answer.status,
                "a report of the demo's connector was refused"
            ),
            Err(error) => tracing::warn!(%error, "the demo's connector could not report"),
        }
    }
}
