//! What receivers are owed, what came of it, and making it again.

use app::{
    Error, Result,
    deliveries::{DeliveryState, Receiver},
    hooks::endpoints,
};
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use domain::{DeliveryId, InboxId, Kind, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::extract::{Owner, Path, Query},
    Answer, find, shown,
};
use crate::{Edge, http};

/// Deliveries on a page.
const PAGE: i64 = 50;

/// Below an endpoint.
pub(super) fn routes() -> Router<Edge> {
    Router::new()
        .route("/replay", post(replay_dead))
        .route("/deliveries", get(list))
        .route("/deliveries/{delivery}", get(show))
        .route("/deliveries/{delivery}/replay", post(replay))
}

/// Below an inbox's own path. A message is sent again by sending it again, so there is nothing to replay here.
pub(super) fn routes_of_inbox() -> Router<Edge> {
    Router::new()
        .route("/", get(list_of_inbox))
        .route("/{delivery}", get(show_of_inbox))
}

#[derive(Deserialize)]
struct Listing {
    state: Option<String>,
    before: Option<i64>,
}

async fn list(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, endpoint)): Path<(i64, i64)>,
    Query(listing): Query<Listing>,
) -> Answer {
    let found = find(&edge, &owner, endpoint)?;
    page(&edge, Receiver::Endpoint(found.id), &listing)
}

async fn list_of_inbox(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, inbox)): Path<(i64, i64)>,
    Query(listing): Query<Listing>,
) -> Answer {
    page(&edge, find_inbox(&edge, &owner, inbox)?, &listing)
}

fn page(edge: &Edge, to: Receiver, listing: &Listing) -> Answer {
    let state = match listing.state.as_deref() {
        None => None,
        Some("pending") => Some(DeliveryState::Pending),
        Some("done") => Some(DeliveryState::Done),
        Some("dead") => Some(DeliveryState::Dead),
        Some(_) => {
            let text = "state is pending, done or dead";
            return Err(Error::refused(Kind::Invalid, text).into());
        }
    };
    let before = listing.before.map(DeliveryId);
    let found = edge.core.store.view(|view| {
        let mut found = view.list_deliveries(to, state, before, PAGE)?;
        // What is behind another is pending as well, to whoever waits for it.
        if state == Some(DeliveryState::Pending) {
            found.extend(view.list_deliveries(to, Some(DeliveryState::Behind), before, PAGE)?);
            found.sort_by_key(|it| std::cmp::Reverse(it.id));
            found.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
        }
        Ok(found)
    })?;
    let found: Vec<Value> = found.iter().map(shown::delivery).collect();
    Ok(http::json(StatusCode::OK, &json!({ "deliveries": found })))
}

async fn show(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, endpoint, delivery)): Path<(i64, i64, i64)>,
) -> Answer {
    let found = find(&edge, &owner, endpoint)?;
    whole(&edge, Receiver::Endpoint(found.id), delivery)
}

async fn show_of_inbox(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, inbox, delivery)): Path<(i64, i64, i64)>,
) -> Answer {
    whole(&edge, find_inbox(&edge, &owner, inbox)?, delivery)
}

fn whole(edge: &Edge, to: Receiver, delivery: i64) -> Answer {
    let (delivery, attempts) = edge.core.store.view(|view| {
        let found = view.find_delivery(DeliveryId(delivery))?;
        let found = found.filter(|it| it.to == to);
        let found = found.ok_or_else(|| Error::not_found("delivery"))?;
        let attempts = view.list_attempts(found.id)?;
        Ok((found, attempts))
    })?;
    Ok(http::json(
        StatusCode::OK,
        &shown::whole_delivery(&delivery, &attempts),
    ))
}

fn find_inbox(edge: &Edge, owner: &Owner, inbox: i64) -> Result<Receiver> {
    let found = edge.core.directory.inbox(InboxId(inbox));
    let found = found.filter(|it| it.inbox.account_id == owner.account_id);
    let found = found.ok_or_else(|| Error::not_found("inbox"))?;
    Ok(Receiver::Inbox(found.inbox.id))
}

async fn replay(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, endpoint, delivery)): Path<(i64, i64, i64)>,
) -> Answer {
    let found = find(&edge, &owner, endpoint)?;
    let delivery = DeliveryId(delivery);
    edge.core
        .store
        .transact(move |tx| endpoints::replay(tx, found.account_id, found.id, delivery))
        .await?;
    edge.hooks.news.notify_one();
    Ok(http::json(StatusCode::ACCEPTED, &json!({ "replayed": 1 })))
}

/// Since when to replay; from the beginning of the failure without it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Since {
    since: Option<Moment>,
}

/// A time in a request, as ISO 8601.
#[derive(Deserialize)]
struct Moment(String);

async fn replay_dead(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, endpoint)): Path<(i64, i64)>,
    bytes: bytes::Bytes,
) -> Answer {
    let found = find(&edge, &owner, endpoint)?;
    let wanted: Since = if bytes.is_empty() {
        Since::default()
    } else {
        serde_json::from_slice(&bytes)
            .map_err(|bad| Error::refused(Kind::Malformed, bad.to_string()))?
    };
    let since = match wanted.since {
        None => found.failing_since.unwrap_or(Timestamp::UNIX_EPOCH),
        Some(Moment(text)) => text.parse().map_err(|_| {
            Error::refused(
                Kind::Invalid,
                "since is a time such as 2026-11-20T09:00:00Z",
            )
        })?,
    };
    let count = edge
        .core
        .store
        .transact(move |tx| endpoints::replay_dead(tx, found.account_id, found.id, since))
        .await?;
    edge.hooks.news.notify_one();
    Ok(http::json(
        StatusCode::ACCEPTED,
        &json!({ "replayed": count }),
    ))
}
