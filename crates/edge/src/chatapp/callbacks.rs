//! `…/callbackUrl` and `/v1/callbackUrls`: one address for each messenger of a licence (digest 3.2).

use app::{
    Error,
    hooks::{
        HookDialect as _, Posted,
        endpoints::{self, NewEndpoint},
    },
};
use axum::{extract::State, response::Response};
use bytes::Bytes;
use domain::Kind;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ChatAppHooks,
    errors::{Answer, done, ok},
    path::Path,
    scope::Caller,
};
use crate::Edge;

/// What a callback is asked for.
#[derive(Deserialize)]
struct Wanted {
    url: String,
    #[serde(default)]
    events: Vec<String>,
}

/// `PUT /v1/licenses/{license}/messengers/{messenger}/callbackUrl`. The address must answer 200 to an empty post.
pub(super) async fn put(
    State(edge): State<Edge>,
    Path((license, messenger)): Path<(i64, String)>,
    caller: Caller,
    body: Bytes,
) -> Answer {
    let inbox = caller.messenger(&edge, license, &messenger)?;
    let wanted: Wanted = serde_json::from_slice(&body)
        .map_err(|bad| Error::refused(Kind::Malformed, bad.to_string()))?;
    edge.hooks.check(&wanted.url)?;
    match edge.hooks.poster.post(&wanted.url, &[], "").await {
        Posted::Answered { status: 200, .. } => {}
        Posted::Answered { status, .. } => {
            let text = format!("the address answered {status} to an empty post, not 200");
            return Err(Error::refused(Kind::Invalid, text).into());
        }
        Posted::Failed { reason } => {
            let text = format!("the address did not answer an empty post: {reason}");
            return Err(Error::refused(Kind::Invalid, text).into());
        }
    }
    let new = NewEndpoint {
        name: messenger,
        events: wanted.events,
        ..NewEndpoint::new(inbox.account_id, ChatAppHooks.name(), &wanted.url)
    };
    // It has just answered, so whatever stopped it before is over.
    edge.core
        .store
        .transact(move |tx| endpoints::put_of_inbox(tx, inbox.id, &new))
        .await?;
    edge.hooks.news.notify_one();
    Ok(done())
}

/// `DELETE …/callbackUrl`.
pub(super) async fn delete(
    State(edge): State<Edge>,
    Path((license, messenger)): Path<(i64, String)>,
    caller: Caller,
) -> Answer {
    let inbox = caller.messenger(&edge, license, &messenger)?;
    edge.core
        .store
        .transact(
            move |tx| match endpoints::of_inbox(&*tx, ChatAppHooks.name(), inbox.id)? {
                Some(found) => endpoints::remove(tx, inbox.account_id, found.id),
                None => Err(Error::not_found("callback address")),
            },
        )
        .await?;
    Ok(done())
}

/// `GET /v1/callbackUrls`: every callback of the caller's companies.
pub(super) async fn list(State(edge): State<Edge>, caller: Caller) -> Response {
    let tables = edge.core.directory.tables();
    let mine = tables
        .endpoints
        .values()
        .filter(|it| it.dialect == ChatAppHooks.name() && caller.is_of(it.account_id));
    let items: Vec<Value> = mine
        .filter_map(|it| {
            let inbox = &tables.inboxes.get(&it.inbox_id?)?.inbox;
            Some(json!({
                "licenseId": inbox.license_id,
                "messengerType": inbox.messenger,
                "url": it.url,
                "events": it.events,
            }))
        })
        .collect();
    ok(json!({ "items": items }))
}
