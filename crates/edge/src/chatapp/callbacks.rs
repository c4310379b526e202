//! `…/callbackUrl` and `/v1/callbackUrls`: one address for each messenger of a licence (digest 3.2).

use app::{
    Error,
    hooks::{
        Endpoint, HookDialect as _, Posted,
        endpoints::{self, NewEndpoint},
    },
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use bytes::Bytes;
use domain::{Inbox, Kind};
use serde::Deserialize;
use serde_json::{Value, json as value};
use wire::chatapp::errors::Success;

use super::{ChatAppHooks, errors::tell, path::Path, tokens::caller};
use crate::{Edge, http::json};

/// What a callback is asked for.
#[derive(Deserialize)]
struct Wanted {
    url: String,
    #[serde(default)]
    events: Vec<String>,
}

/// The inbox of a licence's messenger, if it is the caller's account's.
fn inbox(edge: &Edge, headers: &HeaderMap, license: i64, messenger: &str) -> app::Result<Inbox> {
    let agent = caller(edge, headers)?;
    let tables = edge.core.directory.tables();
    let mut mine = tables.inboxes_of(agent.account_id);
    let found = mine.find(|it| it.inbox.license_id == license && it.inbox.messenger == messenger);
    found
        .map(|it| Inbox::clone(&it.inbox))
        .ok_or_else(|| Error::not_found("messenger"))
}

fn of(endpoint: &Endpoint, inbox: &Inbox) -> bool {
    endpoint.dialect == ChatAppHooks.name() && endpoint.inbox_id == Some(inbox.id)
}

/// `PUT /v1/licenses/{license}/messengers/{messenger}/callbackUrl`. The address must answer 200 to an empty post.
pub(super) async fn put(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Path((license, messenger)): Path<(i64, String)>,
    body: Bytes,
) -> Response {
    match set(&edge, &headers, license, &messenger, &body).await {
        Ok(()) => json(StatusCode::OK, &Success::new(value!({}))),
        Err(error) => tell(&error),
    }
}

async fn set(
    edge: &Edge,
    headers: &HeaderMap,
    license: i64,
    messenger: &str,
    body: &Bytes,
) -> app::Result<()> {
    let inbox = inbox(edge, headers, license, messenger)?;
    let wanted: Wanted = serde_json::from_slice(body)
        .map_err(|bad| Error::refused(Kind::Malformed, bad.to_string()))?;
    let poster = &edge.hooks.poster;
    poster
        .check(&wanted.url)
        .map_err(|why| Error::refused(Kind::Invalid, why))?;
    match poster.post(&wanted.url, &[], "").await {
        Posted::Answered { status: 200, .. } => {}
        Posted::Answered { status, .. } => {
            let text = format!("the address answered {status} to an empty post, not 200");
            return Err(Error::refused(Kind::Invalid, text));
        }
        Posted::Failed { reason } => {
            let text = format!("the address did not answer an empty post: {reason}");
            return Err(Error::refused(Kind::Invalid, text));
        }
    }
    let new = NewEndpoint {
        account_id: inbox.account_id,
        dialect: ChatAppHooks.name().to_owned(),
        name: messenger.to_owned(),
        url: wanted.url,
        events: wanted.events,
        inbox_id: Some(inbox.id),
        ordered: false,
        secret: None,
    };
    edge.core
        .store
        .transact(move |tx| {
            let before = tx.endpoints()?.into_iter().find(|it| of(it, &inbox));
            match before {
                None => endpoints::create(tx, &new)?,
                Some(before) => {
                    endpoints::change(tx, inbox.account_id, before.id, |it| {
                        it.url.clone_from(&new.url);
                        it.events.clone_from(&new.events);
                    })?;
                    // It has just answered, so whatever stopped it is over.
                    endpoints::resume(tx, inbox.account_id, before.id)?
                }
            };
            Ok(())
        })
        .await?;
    edge.hooks.news.notify_one();
    Ok(())
}

/// `DELETE …/callbackUrl`.
pub(super) async fn delete(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Path((license, messenger)): Path<(i64, String)>,
) -> Response {
    let inbox = match inbox(&edge, &headers, license, &messenger) {
        Ok(inbox) => inbox,
        Err(error) => return tell(&error),
    };
    let removed = edge
        .core
        .store
        .transact(
            move |tx| match tx.endpoints()?.into_iter().find(|it| of(it, &inbox)) {
                Some(found) => endpoints::remove(tx, inbox.account_id, found.id),
                None => Err(Error::not_found("callback address")),
            },
        )
        .await;
    match removed {
        Ok(()) => json(StatusCode::OK, &Success::new(value!({}))),
        Err(error) => tell(&error),
    }
}

/// `GET /v1/callbackUrls`: every callback of the caller's account.
pub(super) async fn list(State(edge): State<Edge>, headers: HeaderMap) -> Response {
    let agent = match caller(&edge, &headers) {
        Ok(agent) => agent,
        Err(error) => return tell(&error),
    };
    let tables = edge.core.directory.tables();
    let mine = tables
        .endpoints
        .values()
        .filter(|it| it.account_id == agent.account_id && it.dialect == ChatAppHooks.name());
    let items: Vec<Value> = mine
        .filter_map(|it| {
            let inbox = &tables.inboxes.get(&it.inbox_id?)?.inbox;
            Some(value!({
                "licenseId": inbox.license_id,
                "messengerType": inbox.messenger,
                "url": it.url,
                "events": it.events,
            }))
        })
        .collect();
    json(StatusCode::OK, &Success::new(value!({ "items": items })))
}
