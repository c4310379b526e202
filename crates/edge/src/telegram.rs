//! The webhook of Telegram bots: one address for each, with a secret of its own.

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use domain::{InboxId, Kind};
use serde::Deserialize;
use wire::telegram::SECRET_HEADER;

use crate::{
    Edge,
    http::{named, read_body},
};

/// The carrier of these inboxes.
pub const CARRIER: &str = "telegram";
/// What ChatApp's programs call this network.
pub const MESSENGER: &str = "telegram";

/// Bytes of an update.
const BODY_BYTES: usize = 1024 * 1024;

pub(crate) fn routes() -> Router<Edge> {
    Router::new().route("/telegram/{inbox}", post(receive))
}

/// The half of an inbox's settings that concerns what it is brought.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Settings {
    webhook_secret: Option<String>,
}

/// An update. Until it is answered 200, Telegram brings it again.
async fn receive(
    State(edge): State<Edge>,
    Path(inbox): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    let id = inbox.parse().map(InboxId).unwrap_or(InboxId(0));
    let found = edge.core.directory.inbox(id);
    let Some(connected) = found.filter(|it| it.inbox.carrier == CARRIER) else {
        return StatusCode::NOT_FOUND;
    };
    let settings: Settings = serde_json::from_str(&connected.settings).unwrap_or_default();
    let shown = named(&headers, SECRET_HEADER).unwrap_or_default();
    let fits = settings
        .webhook_secret
        .is_some_and(|it| !it.is_empty() && wire::ctlive::auth::same(&it, shown));
    if !fits {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(body) = read_body(body, BODY_BYTES).await else {
        return StatusCode::BAD_REQUEST;
    };
    let Some(intake) = edge.intakes.get(CARRIER) else {
        return StatusCode::NOT_FOUND;
    };
    match intake
        .take(&connected.inbox, &connected.settings, &body)
        .await
    {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            tracing::warn!(%error, inbox.id = id.0, "an update of Telegram's was not taken");
            match error.kind() {
                Kind::Malformed | Kind::Invalid => StatusCode::BAD_REQUEST,
                _ => StatusCode::SERVICE_UNAVAILABLE,
            }
        }
    }
}
