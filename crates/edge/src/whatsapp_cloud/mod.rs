//! The webhook of Meta's WhatsApp Cloud API: one address for every number of this server.
//!
//! Meta asks once whether it is ours, with the inbox's own word. A post is signed with the secret of its number's
//! app, and answered 200 once everything in it is committed; until then Meta posts it again, for days.

mod receive;

use axum::{Router, extract::State, http::StatusCode, routing::get};
use serde::Deserialize;

use app::directory::Connected;

use crate::{Edge, http::pairs};

/// The carrier of these inboxes.
pub const CARRIER: &str = "whatsapp_cloud";
/// What ChatApp's programs call this network.
pub const MESSENGER: &str = "WhatsApp";

pub(crate) fn routes() -> Router<Edge> {
    Router::new().route("/whatsapp/webhook", get(verify).post(receive::receive))
}

/// The half of an inbox's settings that concerns what it is brought.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Settings {
    phone_number_id: String,
    business_account_id: String,
    app_secret: String,
    verify_token: String,
}

/// Every inbox of this network with its settings.
fn inboxes(edge: &Edge) -> Vec<(Connected, Settings)> {
    let tables = edge.core.directory.tables();
    let all = tables.inboxes_by_carrier(CARRIER);
    all.map(|it| {
        let settings = serde_json::from_str(&it.settings).unwrap_or_default();
        (it.clone(), settings)
    })
    .collect()
}

/// `GET`: tells the challenge back to whoever shows an inbox's word.
async fn verify(
    State(edge): State<Edge>,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> (StatusCode, String) {
    let pairs = pairs(query.unwrap_or_default().as_bytes());
    let value = |wanted: &str| {
        let mut all = pairs.iter();
        all.find(|(name, _)| name == wanted)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    };
    let shown = value("hub.verify_token");
    let ours = inboxes(&edge).iter().any(|(_, it)| {
        !it.verify_token.is_empty() && wire::ctlive::auth::same(&it.verify_token, &shown)
    });
    if value("hub.mode") == "subscribe" && ours {
        (StatusCode::OK, value("hub.challenge"))
    } else {
        (StatusCode::FORBIDDEN, "this is not our word\n".to_owned())
    }
}
