//! The account's webhooks: endpoints in OneChat's dialect, for administrators (onechat.md, 4.3 and 5.1).

use app::{
    Error,
    hooks::{
        Endpoint, HookDialect as _,
        endpoints::{self, NewEndpoint},
    },
    ports::Tx,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse as _};
use bytes::Bytes;
use domain::{EndpointId, InboxId, Kind};
use wire::onechat::{
    errors::Refusal,
    webhook::{
        Name, Named,
        rest::{self, Webhook, WebhookParams},
    },
};

use super::{OneChatHooks, caller::Caller, errors::Answer, path::Path};
use crate::{Edge, hooks::random, http::json};

fn shown(edge: &Edge, endpoint: &Endpoint) -> Webhook {
    let tables = edge.core.directory.tables();
    let inbox = endpoint.inbox_id.and_then(|id| tables.inboxes.get(&id));
    Webhook {
        id: endpoint.id.0,
        name: Some(endpoint.name.clone()).filter(|it| !it.is_empty()),
        url: endpoint.url.clone(),
        account_id: endpoint.account_id.0,
        subscriptions: endpoint
            .events
            .iter()
            .filter_map(|word| Name::find(word))
            .collect(),
        secret: endpoint.secrets.first().map(|it| it.text.clone()),
        inbox: inbox.map(|it| Named {
            id: it.inbox.id.0,
            name: it.inbox.name.clone(),
        }),
    }
}

/// `GET …/webhooks`.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.administers(account)?;
    let all = edge.core.store.view(|view| view.endpoints())?;
    let mine = all.iter().filter(|it| {
        it.account_id == scope.account_id && it.dialect == OneChatHooks::Account.name()
    });
    Ok(json(
        StatusCode::OK,
        &rest::list(mine.map(|it| shown(&edge, it)).collect()),
    ))
}

fn params(bytes: &Bytes) -> Answer<(WebhookParams, Option<Vec<String>>)> {
    let params = WebhookParams::from_json(bytes).map_err(|error| Refusal {
        status: 400,
        ..Refusal::unprocessable(&error.to_string())
    })?;
    let names = params
        .subscriptions()
        .map_err(|_| Refusal::invalid("Subscriptions Invalid events", &["subscriptions"]))?;
    let words = names.map(|all| all.iter().map(|it| it.as_str().to_owned()).collect());
    Ok((params, words))
}

fn checked_url(edge: &Edge, url: Option<&String>) -> Answer<String> {
    let url = url
        .filter(|it| !it.is_empty())
        .ok_or_else(|| Refusal::missing_param("url"))?;
    edge.hooks
        .poster
        .check(url)
        .map_err(|why| Refusal::invalid(&format!("Url {why}"), &["url"]))?;
    Ok(url.clone())
}

/// One address once in an account.
fn alone(tx: &dyn Tx, endpoint: &Endpoint) -> app::Result<()> {
    let taken = tx.endpoints()?.iter().any(|it| {
        it.id != endpoint.id
            && it.account_id == endpoint.account_id
            && it.dialect == endpoint.dialect
            && it.url == endpoint.url
    });
    if taken {
        let refusal = domain::Refusal::new(Kind::Invalid, "Url has already been taken");
        return Err(Error::Refused(refusal.of_field("url")));
    }
    Ok(())
}

/// `POST …/webhooks`.
pub(super) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    bytes: Bytes,
) -> Answer {
    let scope = caller.administers(account)?;
    let (params, words) = params(&bytes)?;
    let url = checked_url(&edge, params.url.as_ref())?;
    let new = NewEndpoint {
        name: params.name.unwrap_or_default(),
        events: words.unwrap_or_else(|| {
            Name::DEFAULTS
                .iter()
                .map(|it| it.as_str().to_owned())
                .collect()
        }),
        inbox_id: params.inbox_id.flatten().map(InboxId),
        secret: Some(OneChatHooks::Account.secret(&random()?)),
        ..NewEndpoint::new(scope.account_id, OneChatHooks::Account.name(), &url)
    };
    let made = edge
        .core
        .store
        .transact(move |tx| {
            let made = endpoints::create(tx, &new)?;
            alone(tx, &made)?;
            Ok(made)
        })
        .await?;
    Ok(json(StatusCode::OK, &rest::one(shown(&edge, &made))))
}

/// `PATCH …/webhooks/{id}`.
pub(super) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, webhook)): Path<(i64, i64)>,
    bytes: Bytes,
) -> Answer {
    let scope = caller.administers(account)?;
    let (params, words) = params(&bytes)?;
    if params.url.is_some() {
        checked_url(&edge, params.url.as_ref())?;
    }
    let changed = edge
        .core
        .store
        .transact(move |tx| {
            let id = EndpointId(webhook);
            mine(&endpoints::load(tx, scope.account_id, id)?)?;
            let changed = endpoints::change(tx, scope.account_id, id, |it| {
                it.url = params.url.clone().unwrap_or_else(|| it.url.clone());
                it.name = params.name.clone().unwrap_or_else(|| it.name.clone());
                it.events = words.clone().unwrap_or_else(|| it.events.clone());
                if let Some(inbox) = params.inbox_id {
                    it.inbox_id = inbox.map(InboxId);
                }
            })?;
            alone(tx, &changed)?;
            Ok(changed)
        })
        .await?;
    Ok(json(StatusCode::OK, &rest::one(shown(&edge, &changed))))
}

/// `DELETE …/webhooks/{id}`: an empty 200.
pub(super) async fn delete(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, webhook)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    edge.core
        .store
        .transact(move |tx| {
            let id = EndpointId(webhook);
            mine(&endpoints::load(tx, scope.account_id, id)?)?;
            endpoints::remove(tx, scope.account_id, id)
        })
        .await?;
    Ok(StatusCode::OK.into_response())
}

/// Endpoints of other dialects are not webhooks here.
fn mine(endpoint: &Endpoint) -> app::Result<()> {
    if endpoint.dialect == OneChatHooks::Account.name() {
        Ok(())
    } else {
        Err(Error::not_found("webhook"))
    }
}
