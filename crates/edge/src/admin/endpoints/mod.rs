//! Our own interface to an account's endpoints: what they are told, what came of it, and what to do about it.
//!
//! `/api/v1/accounts/{account}/endpoints`, for administrators.

mod deliveries;
mod shown;
mod wanted;

use std::sync::Arc;

use app::{
    Error, Result,
    hooks::{
        Endpoint, HookDialect,
        endpoints::{self, NewEndpoint},
    },
};
use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use domain::{EndpointId, Kind};
use serde_json::{Value, json};

use super::{
    errors::Problem,
    extract::{Owner, Path},
};
use crate::{Edge, http};
use wanted::Wanted;

type Answer = Result<Response, Problem>;

pub(super) fn routes() -> Router<Edge> {
    let one = Router::new()
        .route("/", get(show).patch(change).delete(remove))
        .route("/pause", post(pause))
        .route("/resume", post(resume))
        .route("/rotate", post(rotate))
        .route("/test", post(test))
        .merge(deliveries::routes());
    Router::new()
        .route(
            "/api/v1/accounts/{account}/endpoints",
            get(list).post(create),
        )
        .nest("/api/v1/accounts/{account}/endpoints/{endpoint}", one)
        .nest(
            "/api/v1/accounts/{account}/inboxes/{inbox}/deliveries",
            deliveries::routes_of_inbox(),
        )
}

async fn list(State(edge): State<Edge>, owner: Owner) -> Answer {
    let all = edge.core.store.view(|view| view.endpoints())?;
    let mine: Vec<Value> = all
        .iter()
        .filter(|it| it.account_id == owner.account_id)
        .map(|it| shown::endpoint(it, false))
        .collect();
    Ok(http::json(StatusCode::OK, &json!({ "endpoints": mine })))
}

type Body<T> = Result<Json<T>, axum::extract::rejection::JsonRejection>;

fn body<T>(body: Body<T>) -> Result<T> {
    body.map(|Json(it)| it)
        .map_err(|bad| Error::refused(Kind::Malformed, bad.body_text()))
}

async fn create(
    State(edge): State<Edge>,
    Owner { account_id }: Owner,
    wanted: Body<Wanted>,
) -> Answer {
    let wanted = body(wanted)?;
    let name = wanted.dialect.as_deref().unwrap_or("standard");
    let dialects = crate::hooks::dialects();
    let dialect = dialects.get(name).ok_or_else(|| {
        let known: Vec<&str> = dialects.keys().copied().collect();
        Error::refused(
            Kind::Invalid,
            format!("dialect is one of {}", known.join(", ")),
        )
    })?;
    stands_alone(&**dialect)?;
    wanted.check_events(&**dialect)?;
    let url = wanted.url.clone().unwrap_or_default();
    edge.hooks.check(&url)?;
    let new = NewEndpoint {
        name: wanted.name.clone().unwrap_or_default(),
        events: wanted.events.clone().unwrap_or_default(),
        inbox_id: wanted.inbox(&edge, account_id)?,
        // Who comes and who goes means nothing in another order.
        ordered: wanted.ordered.unwrap_or(name == "pusher"),
        per_second: wanted.per_second().unwrap_or(0),
        in_flight: wanted.in_flight().unwrap_or(endpoints::IN_FLIGHT),
        secret: Some(wanted.secret(&edge, account_id, &**dialect)?),
        ..NewEndpoint::new(account_id, name, &url)
    };
    let made = edge
        .core
        .store
        .transact(move |tx| endpoints::create(tx, &new))
        .await?;
    Ok(http::json(
        StatusCode::CREATED,
        &shown::endpoint(&made, true),
    ))
}

async fn show(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, endpoint)): Path<(i64, i64)>,
) -> Answer {
    let found = find(&edge, &owner, endpoint)?;
    Ok(http::json(StatusCode::OK, &shown::endpoint(&found, true)))
}

fn find(edge: &Edge, owner: &Owner, endpoint: i64) -> Result<Endpoint> {
    let found = edge
        .core
        .store
        .view(|view| view.find_endpoint(EndpointId(endpoint)))?;
    found
        .filter(|it| it.account_id == owner.account_id)
        .ok_or_else(|| Error::not_found("endpoint"))
}

/// Refuses what only the inbox of such an endpoint may change.
fn stands_alone(dialect: &dyn HookDialect) -> Result<()> {
    if dialect.belongs_to_inbox() {
        let text = "this endpoint is its inbox's: its address and secret are set there";
        return Err(Error::refused(Kind::Invalid, text));
    }
    Ok(())
}

/// What an endpoint is told in.
fn dialect(endpoint: &Endpoint) -> Result<Arc<dyn HookDialect>> {
    crate::hooks::dialects()
        .remove(endpoint.dialect.as_str())
        .ok_or_else(|| Error::not_found("dialect"))
}

async fn change(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, endpoint)): Path<(i64, i64)>,
    wanted: Body<Wanted>,
) -> Answer {
    let found = find(&edge, &owner, endpoint)?;
    let account = found.account_id;
    let wanted = body(wanted)?;
    if let Some(url) = &wanted.url {
        stands_alone(&*dialect(&found)?)?;
        edge.hooks.check(url)?;
    }
    if wanted.dialect.is_some() || wanted.app_id.is_some() {
        let text = "an endpoint keeps its dialect and its application";
        return Err(Error::refused(Kind::Invalid, text).into());
    }
    wanted.check_events(&*dialect(&found)?)?;
    let inbox = wanted.inbox(&edge, account)?;
    let changed = edge
        .core
        .store
        .transact(move |tx| {
            endpoints::change(tx, account, EndpointId(endpoint), |it| {
                it.url = wanted.url.clone().unwrap_or_else(|| it.url.clone());
                it.name = wanted.name.clone().unwrap_or_else(|| it.name.clone());
                it.events = wanted.events.clone().unwrap_or_else(|| it.events.clone());
                it.ordered = wanted.ordered.unwrap_or(it.ordered);
                if wanted.inbox_id.is_some() {
                    it.inbox_id = inbox;
                }
                it.per_second = wanted.per_second().unwrap_or(it.per_second);
                it.in_flight = wanted.in_flight().unwrap_or(it.in_flight);
            })
        })
        .await?;
    Ok(http::json(
        StatusCode::OK,
        &shown::endpoint(&changed, false),
    ))
}

async fn remove(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, endpoint)): Path<(i64, i64)>,
) -> Answer {
    let found = find(&edge, &owner, endpoint)?;
    stands_alone(&*dialect(&found)?)?;
    edge.core
        .store
        .transact(move |tx| endpoints::remove(tx, found.account_id, found.id))
        .await?;
    Ok(http::json(StatusCode::OK, &json!({})))
}

/// A use case that changes an endpoint and answers it.
macro_rules! act {
    ($name:ident, $use_case:path) => {
        async fn $name(
            State(edge): State<Edge>,
            Owner { account_id }: Owner,
            Path((_, endpoint)): Path<(i64, i64)>,
        ) -> Answer {
            let changed = edge
                .core
                .store
                .transact(move |tx| $use_case(tx, account_id, EndpointId(endpoint)))
                .await?;
            edge.hooks.news.notify_one();
            Ok(http::json(
                StatusCode::OK,
                &shown::endpoint(&changed, false),
            ))
        }
    };
}
act!(pause, endpoints::pause);
act!(resume, endpoints::resume);

async fn rotate(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, endpoint)): Path<(i64, i64)>,
) -> Answer {
    let found = find(&edge, &owner, endpoint)?;
    let dialect = dialect(&found)?;
    stands_alone(&*dialect)?;
    let secret = dialect.secret(&crate::hooks::random()?);
    if secret.is_empty() {
        let text = "an endpoint of this dialect has no secret of its own";
        return Err(Error::refused(Kind::Invalid, text).into());
    }
    let changed = edge
        .core
        .store
        .transact(move |tx| endpoints::rotate(tx, found.account_id, found.id, &secret))
        .await?;
    Ok(http::json(StatusCode::OK, &shown::endpoint(&changed, true)))
}

async fn test(
    State(edge): State<Edge>,
    owner: Owner,
    Path((_, endpoint)): Path<(i64, i64)>,
) -> Answer {
    let found = find(&edge, &owner, endpoint)?;
    let told = dialect(&found)?.test(&found, edge.core.clock.now());
    let delivery = edge
        .core
        .store
        .transact(move |tx| endpoints::test(tx, found.account_id, found.id, &told))
        .await?;
    edge.hooks.news.notify_one();
    Ok(http::json(
        StatusCode::ACCEPTED,
        &json!({ "delivery_id": delivery.0 }),
    ))
}
