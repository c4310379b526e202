//! Our own interface to an account's endpoints: what they are told, what came of it, and what to do about it.
//!
//! `/api/v1/accounts/{account}/endpoints`, for administrators.

use std::sync::Arc;

use app::{
    Error, Result,
    hooks::{
        Attempt, Endpoint, EndpointState, Hook, HookDialect, HookState,
        endpoints::{self, NewEndpoint},
    },
};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{get, post},
};
use domain::{AccountId, EndpointId, HookId, InboxId, Kind, Role, Timestamp};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{
    errors::Problem,
    extract::{Path, Query},
};
use crate::{Edge, credentials, http};

/// Hooks on a page.
const PAGE: i64 = 50;

type Answer = Result<Response, Problem>;

pub(super) fn routes() -> Router<Edge> {
    let one = Router::new()
        .route("/", get(show).patch(change).delete(remove))
        .route("/pause", post(pause))
        .route("/resume", post(resume))
        .route("/rotate", post(rotate))
        .route("/test", post(test))
        .route("/replay", post(replay_dead))
        .route("/hooks", get(list_hooks))
        .route("/hooks/{hook}", get(show_hook))
        .route("/hooks/{hook}/replay", post(replay));
    Router::new()
        .route(
            "/api/v1/accounts/{account}/endpoints",
            get(list).post(create),
        )
        .nest("/api/v1/accounts/{account}/endpoints/{endpoint}", one)
}

/// The account, if the caller administers it.
fn administers(edge: &Edge, headers: &HeaderMap, account: i64) -> Result<AccountId> {
    let agent = credentials::agent(edge, headers).ok_or_else(|| {
        Error::refused(
            Kind::Unauthenticated,
            "an administrator's api_access_token is needed",
        )
    })?;
    if agent.account_id.0 != account {
        return Err(Error::not_found("account"));
    }
    if agent.role != Role::Administrator {
        return Err(Error::refused(
            Kind::Forbidden,
            "only an administrator may do this",
        ));
    }
    Ok(agent.account_id)
}

fn shown(endpoint: &Endpoint, with_secret: bool) -> Value {
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
    if let (true, Some(all), Some(secret)) =
        (with_secret, body.as_object_mut(), endpoint.secrets.first())
    {
        all.insert("secret".to_owned(), secret.text.clone().into());
    }
    body
}

fn shown_hook(hook: &Hook) -> Value {
    let state = match hook.state {
        HookState::Pending => "pending",
        HookState::Done => "done",
        HookState::Dead => "dead",
    };
    let next = (hook.state == HookState::Pending).then(|| hook.next_at.to_string());
    json!({
        "id": hook.id.0,
        "event": hook.event,
        "state": state,
        "attempts": hook.attempts,
        "next_at": next,
        "happened_at": hook.happened_at.to_string(),
        "settled_at": hook.settled_at.map(|at| at.to_string()),
    })
}

fn shown_attempt(attempt: &Attempt) -> Value {
    json!({
        "number": attempt.number,
        "at": attempt.at.to_string(),
        "duration_ms": attempt.duration_ms,
        "status": attempt.status,
        "error": attempt.error,
        "answer": attempt.answer,
    })
}

async fn list(State(edge): State<Edge>, headers: HeaderMap, Path(account): Path<i64>) -> Answer {
    let account = administers(&edge, &headers, account)?;
    let all = edge.core.store.view(|view| view.endpoints())?;
    let mine: Vec<Value> = all
        .iter()
        .filter(|it| it.account_id == account)
        .map(|it| shown(it, false))
        .collect();
    Ok(http::json(StatusCode::OK, &json!({ "endpoints": mine })))
}

/// What a request may say of an endpoint.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wanted {
    url: Option<String>,
    name: Option<String>,
    dialect: Option<String>,
    events: Option<Vec<String>>,
    /// Null for any inbox.
    #[serde(deserialize_with = "given")]
    inbox_id: Option<Option<i64>>,
    ordered: Option<bool>,
    per_second: Option<i64>,
    in_flight: Option<i64>,
}

/// Tells what was given as null from what was not given.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Wanted {
    /// The inbox, if one is named; it must be the account's.
    fn inbox(&self, edge: &Edge, account: AccountId) -> Result<Option<InboxId>> {
        let Some(id) = self.inbox_id.flatten() else {
            return Ok(None);
        };
        let tables = edge.core.directory.tables();
        if tables.inboxes_of(account).any(|it| it.inbox.id.0 == id) {
            return Ok(Some(InboxId(id)));
        }
        let text = "inbox_id is none of the account's inboxes";
        Err(Error::refused(Kind::Invalid, text))
    }

    /// The events, if any are named; the dialect must have them.
    fn check_events(&self, dialect: &dyn HookDialect) -> Result<()> {
        let mut named = self.events.iter().flatten();
        match named.find(|it| !dialect.knows(it)) {
            None => Ok(()),
            Some(event) => Err(Error::refused(
                Kind::Invalid,
                format!("{event:?} is no event of the dialect {}", dialect.name()),
            )),
        }
    }

    /// Its limits, within ours.
    fn limit(&self, endpoint: &mut Endpoint) {
        let (per_second, in_flight) = (self.per_second, self.in_flight);
        endpoint.per_second = per_second.unwrap_or(endpoint.per_second).clamp(0, 10_000);
        endpoint.in_flight = in_flight.unwrap_or(endpoint.in_flight).clamp(1, 100);
    }
}

type Body<T> = Result<Json<T>, axum::extract::rejection::JsonRejection>;

fn body<T>(body: Body<T>) -> Result<T> {
    body.map(|Json(it)| it)
        .map_err(|bad| Error::refused(Kind::Malformed, bad.body_text()))
}

async fn create(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Path(account): Path<i64>,
    wanted: Body<Wanted>,
) -> Answer {
    let account_id = administers(&edge, &headers, account)?;
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
    wanted.check_events(&**dialect)?;
    let url = wanted.url.clone().unwrap_or_default();
    edge.hooks.check(&url)?;
    let new = NewEndpoint {
        account_id,
        dialect: name.to_owned(),
        name: wanted.name.clone().unwrap_or_default(),
        url,
        events: wanted.events.clone().unwrap_or_default(),
        inbox_id: wanted.inbox(&edge, account_id)?,
        ordered: wanted.ordered.unwrap_or(false),
        secret: Some(dialect.secret(&crate::hooks::random()?)),
    };
    let made = edge
        .core
        .store
        .transact(move |tx| {
            let made = endpoints::create(tx, &new)?;
            endpoints::change(tx, account_id, made.id, |it| wanted.limit(it))
        })
        .await?;
    Ok(http::json(StatusCode::CREATED, &shown(&made, true)))
}

async fn show(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Path((account, endpoint)): Path<(i64, i64)>,
) -> Answer {
    let found = find(&edge, &headers, account, endpoint)?;
    Ok(http::json(StatusCode::OK, &shown(&found, true)))
}

fn find(edge: &Edge, headers: &HeaderMap, account: i64, endpoint: i64) -> Result<Endpoint> {
    let account = administers(edge, headers, account)?;
    let found = edge
        .core
        .store
        .view(|view| view.find_endpoint(EndpointId(endpoint)))?;
    found
        .filter(|it| it.account_id == account)
        .ok_or_else(|| Error::not_found("endpoint"))
}

/// What an endpoint is told in.
fn dialect(endpoint: &Endpoint) -> Result<Arc<dyn HookDialect>> {
    crate::hooks::dialects()
        .remove(endpoint.dialect.as_str())
        .ok_or_else(|| Error::not_found("dialect"))
}

async fn change(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Path((account, endpoint)): Path<(i64, i64)>,
    wanted: Body<Wanted>,
) -> Answer {
    let found = find(&edge, &headers, account, endpoint)?;
    let account = found.account_id;
    let wanted = body(wanted)?;
    if let Some(url) = &wanted.url {
        edge.hooks.check(url)?;
    }
    if wanted.dialect.is_some() {
        return Err(Error::refused(Kind::Invalid, "an endpoint keeps its dialect").into());
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
                wanted.limit(it);
            })
        })
        .await?;
    Ok(http::json(StatusCode::OK, &shown(&changed, false)))
}

async fn remove(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Path((account, endpoint)): Path<(i64, i64)>,
) -> Answer {
    let account = administers(&edge, &headers, account)?;
    edge.core
        .store
        .transact(move |tx| endpoints::remove(tx, account, EndpointId(endpoint)))
        .await?;
    Ok(http::json(StatusCode::OK, &json!({})))
}

/// A use case that changes an endpoint and answers it.
macro_rules! act {
    ($name:ident, $use_case:path) => {
        async fn $name(
            State(edge): State<Edge>,
            headers: HeaderMap,
            Path((account, endpoint)): Path<(i64, i64)>,
        ) -> Answer {
            let account = administers(&edge, &headers, account)?;
            let changed = edge
                .core
                .store
                .transact(move |tx| $use_case(tx, account, EndpointId(endpoint)))
                .await?;
            edge.hooks.news.notify_one();
            Ok(http::json(StatusCode::OK, &shown(&changed, false)))
        }
    };
}
act!(pause, endpoints::pause);
act!(resume, endpoints::resume);

async fn rotate(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Path((account, endpoint)): Path<(i64, i64)>,
) -> Answer {
    let found = find(&edge, &headers, account, endpoint)?;
    let secret = dialect(&found)?.secret(&crate::hooks::random()?);
    let changed = edge
        .core
        .store
        .transact(move |tx| endpoints::rotate(tx, found.account_id, found.id, &secret))
        .await?;
    Ok(http::json(StatusCode::OK, &shown(&changed, true)))
}

async fn test(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Path((account, endpoint)): Path<(i64, i64)>,
) -> Answer {
    let found = find(&edge, &headers, account, endpoint)?;
    let told = dialect(&found)?.test(&found, edge.core.clock.now());
    let hook = edge
        .core
        .store
        .transact(move |tx| endpoints::test(tx, found.account_id, found.id, &told))
        .await?;
    edge.hooks.news.notify_one();
    Ok(http::json(
        StatusCode::ACCEPTED,
        &json!({ "hook_id": hook.0 }),
    ))
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
    headers: HeaderMap,
    Path((account, endpoint)): Path<(i64, i64)>,
    bytes: bytes::Bytes,
) -> Answer {
    let found = find(&edge, &headers, account, endpoint)?;
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

#[derive(Deserialize)]
struct Listing {
    state: Option<String>,
    before: Option<i64>,
}

async fn list_hooks(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Path((account, endpoint)): Path<(i64, i64)>,
    Query(listing): Query<Listing>,
) -> Answer {
    let found = find(&edge, &headers, account, endpoint)?;
    let state = match listing.state.as_deref() {
        None => None,
        Some("pending") => Some(HookState::Pending),
        Some("done") => Some(HookState::Done),
        Some("dead") => Some(HookState::Dead),
        Some(_) => {
            let text = "state is pending, done or dead";
            return Err(Error::refused(Kind::Invalid, text).into());
        }
    };
    let before = listing.before.map(HookId);
    let hooks = edge
        .core
        .store
        .view(|view| view.list_hooks(found.id, state, before, PAGE))?;
    let hooks: Vec<Value> = hooks.iter().map(shown_hook).collect();
    Ok(http::json(StatusCode::OK, &json!({ "hooks": hooks })))
}

async fn show_hook(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Path((account, endpoint, hook)): Path<(i64, i64, i64)>,
) -> Answer {
    let found = find(&edge, &headers, account, endpoint)?;
    let (hook, attempts) = edge.core.store.view(|view| {
        let hook = view
            .find_hook(HookId(hook))?
            .filter(|it| it.endpoint_id == found.id);
        let hook = hook.ok_or_else(|| Error::not_found("hook"))?;
        let attempts = view.list_attempts(hook.id)?;
        Ok((hook, attempts))
    })?;
    let mut body = shown_hook(&hook);
    if let Some(all) = body.as_object_mut() {
        let attempts: Vec<Value> = attempts.iter().map(shown_attempt).collect();
        all.insert("body".to_owned(), hook.body.into());
        all.insert("attempts_made".to_owned(), attempts.into());
    }
    Ok(http::json(StatusCode::OK, &body))
}

async fn replay(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Path((account, endpoint, hook)): Path<(i64, i64, i64)>,
) -> Answer {
    let found = find(&edge, &headers, account, endpoint)?;
    edge.core
        .store
        .transact(move |tx| endpoints::replay(tx, found.account_id, found.id, HookId(hook)))
        .await?;
    edge.hooks.news.notify_one();
    Ok(http::json(StatusCode::ACCEPTED, &json!({ "replayed": 1 })))
}
