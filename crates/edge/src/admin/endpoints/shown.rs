//! Endpoints and deliveries as their owner sees them.

use app::{
    deliveries::{Attempt, Delivery, DeliveryState, Parcel},
    hooks::{Endpoint, EndpointState},
};
use serde_json::{Value, json};

/// An endpoint; its secret only where its owner asked for just this.
pub(super) fn endpoint(endpoint: &Endpoint, with_secret: bool) -> Value {
    let (state, reason) = match &endpoint.state {
        EndpointState::Active => ("active", None),
        EndpointState::Paused => ("paused", None),
        EndpointState::Disabled { reason } => ("disabled", Some(reason.as_str())),
    };
    let mut body = json!({
        "id": endpoint.id.0,
        "name": endpoint.name,
        "dialect": endpoint.dialect,
        "url": endpoint.url,
        "events": endpoint.events,
        "inbox_id": endpoint.inbox_id.map(|id| id.0),
        "state": state,
        "reason": reason,
        "ordered": endpoint.ordered,
        "per_second": endpoint.per_second,
        "in_flight": endpoint.in_flight,
        "failing_since": endpoint.failing_since.map(|at| at.to_string()),
        "failures": endpoint.failures,
        "created_at": endpoint.created_at.to_string(),
    });
    if let (true, Some(secret)) = (with_secret, endpoint.secrets.first()) {
        merge(&mut body, json!({ "secret": secret.text }));
    }
    body
}

/// A delivery, with the part of it that its receiver is to get.
pub(super) fn delivery(it: &Delivery) -> Value {
    let state = match it.state {
        DeliveryState::Pending | DeliveryState::Behind => "pending",
        DeliveryState::Done => "done",
        DeliveryState::Dead => "dead",
    };
    let next = (it.state == DeliveryState::Pending).then(|| it.next_at.to_string());
    let mut body = json!({
        "id": it.id.0,
        "state": state,
        "attempts": it.attempts,
        "next_at": next,
        "happened_at": it.happened_at.to_string(),
        "settled_at": it.settled_at.map(|at| at.to_string()),
    });
    let what = match &it.what {
        Parcel::Event(told) => json!({ "event": told.event }),
        Parcel::Part {
            message_id,
            part,
            parts,
        } => json!({ "message_id": message_id.0, "part": part, "parts": parts }),
        // No endpoint and no inbox is owed any.
        Parcel::Letter(_) => json!({}),
    };
    merge(&mut body, what);
    body
}

/// A delivery with everything there is to know of it.
pub(super) fn whole_delivery(it: &Delivery, attempts: &[Attempt]) -> Value {
    let mut body = delivery(it);
    let attempts: Vec<Value> = attempts.iter().map(attempt).collect();
    merge(&mut body, json!({ "attempts_made": attempts }));
    if let Parcel::Event(told) = &it.what {
        merge(&mut body, json!({ "body": told.body }));
    }
    body
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(all), Value::Object(more)) = (into.as_object_mut(), from) {
        all.extend(more);
    }
}

fn attempt(it: &Attempt) -> Value {
    json!({
        "number": it.number,
        "at": it.at.to_string(),
        "duration_ms": it.duration_ms,
        "status": it.status,
        "error": it.error,
        "answer": it.answer,
    })
}
