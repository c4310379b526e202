//! What the agents' client shows beside inboxes, labels and teams (onechat.md, 4.3, `unread_counts`).

use std::{collections::BTreeMap, fmt::Display};

use app::conversations::{self, UnreadCounts};
use axum::{extract::State, http::StatusCode};
use serde_json::{Value, json as value};

use super::{caller::Caller, errors::Answer, path::Path};
use crate::{Edge, http::json};

/// `GET …/conversations/unread_counts`: `{payload: {inboxes, labels, teams}}`, of each the counts of open conversations with
/// something unread, by number.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    let tables = edge.core.directory.tables();
    let counts = edge
        .core
        .store
        .view(|view| conversations::unread_counts(view, &tables, &scope))?;
    let UnreadCounts {
        inboxes,
        labels,
        teams,
    } = counts;
    let payload = value!({
        "inboxes": by_number(inboxes),
        "labels": by_number(labels),
        "teams": by_number(teams),
    });
    Ok(json(StatusCode::OK, &value!({ "payload": payload })))
}

fn by_number<K: Display>(counts: BTreeMap<K, i64>) -> Value {
    let counts = counts.into_iter();
    counts
        .map(|(id, n)| (id.to_string(), Value::from(n)))
        .collect()
}
