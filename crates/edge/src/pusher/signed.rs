//! What every request of the HTTP API is asked first: which application, and did it sign this.
//!
//! Refusals are plain text with a line end, as hosted Pusher's are; client libraries put them into their errors.

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use wire::pusher::{App, Code, api, request};

use crate::{
    Edge,
    http::{BadBody, pairs, read_body, status},
};

/// Room for the JSON around the data, whose own limit the API checks.
const BODY_BYTES: usize = 10 * 1024 * 1024;

/// A refusal.
pub(super) struct Refused {
    status: StatusCode,
    text: String,
}

/// A request that its application signed.
pub(super) struct Signed {
    pub(super) app: Arc<App>,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Bytes,
}

impl Refused {
    fn new(status: StatusCode, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { status, text }
    }
}

impl From<api::Refused> for Refused {
    fn from(refused: api::Refused) -> Self {
        Self::new(status(refused.status), refused.text)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let content_type = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        (self.status, content_type, self.text + "\n").into_response()
    }
}

/// Reads a request and checks its signature. The application is the one with the id in the path, or, if the path
/// has none, the one that the request names as its own.
pub(super) async fn read(
    edge: &Edge,
    app_id: Option<&str>,
    request: Request,
) -> Result<Signed, Refused> {
    let (parts, body) = request.into_parts();
    let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
    let app = match app_id {
        Some(id) => edge.pusher.find_by_id(id),
        None => query
            .iter()
            .find(|(name, _)| name == "auth_key")
            .and_then(|(_, key)| edge.pusher.find(key)),
    };
    let app = app.ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, "No such application"))?;
    let body = read_body(body, BODY_BYTES).await.map_err(|bad| match bad {
        BadBody::TooLarge(limit) => {
            let text = format!("The body is over {limit} bytes");
            Refused::new(StatusCode::PAYLOAD_TOO_LARGE, text)
        }
        BadBody::Broken => Refused::new(StatusCode::BAD_REQUEST, "The body broke off"),
    })?;
    let signed = request::Request {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: &query,
        body: &body,
    };
    let now_s = u64::try_from(edge.core.clock.now().as_second()).unwrap_or(0);
    let window_s = edge.pusher.settings().timestamp_window_s;
    request::verify(&signed, &app, now_s, window_s)
        .map_err(|refused| Refused::new(status(request::Refused::STATUS), refused.to_string()))?;
    if edge.pusher.is_disabled(&app) {
        let text = Code::AppDisabled.text();
        return Err(Refused::new(StatusCode::FORBIDDEN, text));
    }
    Ok(Signed { app, query, body })
}
