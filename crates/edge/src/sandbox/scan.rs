//! `POST /sandbox/scan`: a phone scans the code that a session shows.

use axum::{body::Body, extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::json;
use wire::maytapi::{Bad, chat};

use crate::{
    Edge,
    http::{json as answer, read_body},
    maytapi::errors::{Answer, Refused},
};

/// Bytes of a body.
const BODY_BYTES: usize = 16 * 1024;

/// What the code says, and which number scans it.
#[derive(Deserialize)]
struct Scan {
    #[serde(alias = "qr")]
    code: String,
    number: Option<String>,
}

pub(super) async fn scan(State(edge): State<Edge>, body: Body) -> Answer {
    let body = read_body(body, BODY_BYTES).await?;
    let wanted: Scan = serde_json::from_slice(&body)
        .map_err(|_| Bad::new("the body is an object with code, and number if it has one"))?;
    let number = match &wanted.number {
        Some(text) => {
            Some(chat::number(text).ok_or_else(|| Bad::new("number is no telephone number"))?)
        }
        None => None,
    };
    let world = edge.world.as_ref().ok_or_else(none)?;
    let inbox = world.scan(&wanted.code, number.as_deref()).await?;
    let told = json!({ "success": true, "phone": inbox.id.0 });
    Ok(answer(StatusCode::OK, &told))
}

pub(super) fn none() -> Refused {
    Refused::new(StatusCode::NOT_FOUND, "this server has no sandbox")
}
