//! The account itself: what it is called and what its people keep about it (swagger, `account_detail`).

use app::{
    Scope, accounts,
    conversations::{self, Idle},
    limits::{CONTENT_CHARS, NAME_CHARS},
    ports::Tx,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::IntoResponse as _,
};
use domain::{AccountId, AgentId};
use serde_json::{Map, Value, json as value};
use wire::onechat::{Iso, Params, errors::Refusal};

use super::{caller::Caller, errors::Answer, given::Given, path::Path, to_wire::iso};
use crate::{Edge, http::json};

/// Under whose name accounts' settings are kept.
const KEEPER: &str = "onechat/account";
/// Under whose name it is kept when somebody last worked for an account.
const ACTIVE: &str = "onechat/active_at";
/// Characters of a setting.
const SETTING_CHARS: usize = 255;
/// The settings that are texts of the account itself, and those that are shown among its attributes.
const TEXTS: [&str; 3] = ["locale", "domain", "support_email"];
const ATTRIBUTES: [&str; 3] = ["industry", "company_size", "timezone"];
/// The settings of conversations in which nothing happens.
const IDLE: [&str; 4] = [
    "auto_resolve_after",
    "auto_resolve_message",
    "auto_resolve_label",
    "auto_resolve_ignore_waiting",
];
/// Languages that texts of the server are in.
const LOCALE: &str = "en";
/// What of the original's there is here, and what there is not: its clients hide what there is not.
const FEATURES: [(&str, bool); 20] = [
    ("agent_bots", true),
    ("agent_management", true),
    ("automations", true),
    ("canned_responses", true),
    ("channel_website", true),
    ("custom_attributes", true),
    ("inbox_management", true),
    ("labels", true),
    ("macros", true),
    ("reports", true),
    ("team_management", true),
    ("audit_logs", false),
    ("campaigns", false),
    ("channel_email", false),
    ("channel_facebook", false),
    ("crm", false),
    ("custom_roles", false),
    ("help_center", false),
    ("integrations", false),
    ("sla", false),
];

/// `GET /api/v1/accounts/{a}`.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    shown(&edge, &scope)
}

/// `PATCH /api/v1/accounts/{a}`: what is sent changes.
pub(super) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let params = Given::read(&edge, request).await?.params;
    let params = params.unwrapped("account");
    let name = params.text("name")?;
    if name.as_ref().is_some_and(|it| it.trim().is_empty()) {
        return Err(Refusal::invalid("Name can't be blank", &["name"]).into());
    }
    if name
        .as_ref()
        .is_some_and(|it| it.chars().count() > NAME_CHARS)
    {
        return Err(Refusal::invalid("Name is too long", &["name"]).into());
    }
    let mut kept = load(&edge, scope.account_id)?;
    let keeps = set(&mut kept, &params)?;
    let id = scope.account_id;
    let idle = idle(&edge, id, &params)?;
    let change = move |tx: &mut dyn Tx| {
        if let Some(name) = &name {
            accounts::rename(tx, id, name)?;
        }
        if let Some(idle) = &idle {
            conversations::set_idle(tx, id, idle.as_ref())?;
        }
        if keeps {
            let text = Value::Object(kept.clone()).to_string();
            tx.keep(KEEPER, &id.to_string(), Some(&text))?;
        }
        Ok(())
    };
    edge.core.store.transact(change).await?;
    shown(&edge, &scope)
}

/// `POST /api/v1/accounts/{a}/update_active_at`: the caller works for the account now. An empty 200.
pub(super) async fn update_active_at(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    let name = seat(scope.account_id, caller.agent.id);
    let keep = move |tx: &mut dyn Tx| {
        let now = tx.now().as_microsecond().to_string();
        tx.keep(ACTIVE, &name, Some(&now))
    };
    edge.core.store.transact(keep).await?;
    Ok(StatusCode::OK.into_response())
}

/// When somebody last worked for an account.
pub(super) fn active_at(
    core: &app::Core,
    account: AccountId,
    agent: AgentId,
) -> app::Result<Option<Iso>> {
    let name = seat(account, agent);
    let kept = core.store.view(|view| view.find_kept(ACTIVE, &name))?;
    Ok(kept.and_then(|it| it.parse().ok()).map(Iso::from_micros))
}

/// Forgets an account's settings.
pub(super) fn forget(tx: &mut dyn Tx, id: AccountId) -> app::Result<()> {
    tx.keep(KEEPER, &id.to_string(), None)
}

fn seat(account: AccountId, agent: AgentId) -> String {
    format!("{account}/{agent}")
}

fn load(edge: &Edge, account: AccountId) -> Answer<Map<String, Value>> {
    let name = account.to_string();
    let kept = edge.core.store.view(|view| view.find_kept(KEEPER, &name))?;
    Ok(serde_json::from_str(kept.as_deref().unwrap_or("{}")).unwrap_or_default())
}

/// Takes what a request sends. Returns whether there was anything.
fn set(kept: &mut Map<String, Value>, params: &Params) -> Answer<bool> {
    let mut keeps = false;
    for key in TEXTS.into_iter().chain(ATTRIBUTES) {
        if !params.has(key) {
            continue;
        }
        let text = params.text(key)?.unwrap_or_default();
        if text.chars().count() > SETTING_CHARS {
            return Err(Refusal::invalid("is too long", &[key]).into());
        }
        if key == "locale" && !matches!(text.as_str(), "" | LOCALE) {
            return Err(Refusal::invalid("Locale is not one that there is", &[key]).into());
        }
        kept.insert(key.to_owned(), text.into());
        keeps = true;
    }
    Ok(keeps)
}

/// What a request says of conversations in which nothing happens, over what is kept; `None` if it says nothing of them.
fn idle(edge: &Edge, id: AccountId, params: &Params) -> Answer<Option<Option<Idle>>> {
    const AFTER: &str = "auto_resolve_after";
    if !IDLE.iter().any(|key| params.has(key)) {
        return Ok(None);
    }
    let kept = edge
        .core
        .store
        .view(|view| conversations::find_idle(view, id))?;
    let minutes = match params.has(AFTER) {
        true => params.number(AFTER)?,
        false => kept.as_ref().map(|it| it.minutes),
    };
    let Some(minutes) = minutes else {
        return Ok(Some(None));
    };
    if !conversations::IDLE_MINUTES.contains(&minutes) {
        let text = "Auto resolve after must be between 10 and 1439856 minutes";
        return Err(Refusal::invalid(text, &[AFTER]).into());
    }
    let text = |key: &str, kept: Option<&String>, most: usize| -> Answer<Option<String>> {
        if !params.has(key) {
            return Ok(kept.cloned());
        }
        let text = params.text(key)?.unwrap_or_default().trim().to_owned();
        if text.chars().count() > most {
            return Err(Refusal::invalid("is too long", &[key]).into());
        }
        Ok(Some(text).filter(|it| !it.is_empty()))
    };
    let before = kept.as_ref();
    let message = before.and_then(|it| it.message.as_ref());
    let label = before.and_then(|it| it.label.as_ref());
    let spares = before.is_some_and(|it| it.spares_waiting);
    Ok(Some(Some(Idle {
        minutes,
        message: text("auto_resolve_message", message, CONTENT_CHARS)?,
        label: text("auto_resolve_label", label, SETTING_CHARS)?,
        spares_waiting: params
            .flag("auto_resolve_ignore_waiting")?
            .unwrap_or(spares),
    })))
}

/// What is shown of that.
fn settings(edge: &Edge, id: AccountId) -> Answer<Value> {
    let idle = edge
        .core
        .store
        .view(|view| conversations::find_idle(view, id))?;
    let Some(idle) = idle else {
        return Ok(value!({}));
    };
    let mut told = value!({
        "auto_resolve_after": idle.minutes,
        "auto_resolve_ignore_waiting": idle.spares_waiting,
    });
    let texts = [
        ("auto_resolve_message", idle.message),
        ("auto_resolve_label", idle.label),
    ];
    if let Some(all) = told.as_object_mut() {
        let texts = texts
            .into_iter()
            .filter_map(|(key, text)| Some((key, text?)));
        all.extend(texts.map(|(key, text)| (key.to_owned(), text.into())));
    }
    Ok(told)
}

fn shown(edge: &Edge, scope: &Scope) -> Answer {
    let tables = edge.core.directory.tables();
    let account = tables.accounts.get(&scope.account_id);
    let account = account.ok_or_else(Refusal::not_found)?;
    let kept = load(edge, scope.account_id)?;
    let text = |key: &str| kept.get(key).and_then(Value::as_str).unwrap_or_default();
    let attributes: Map<String, Value> = ATTRIBUTES
        .into_iter()
        .filter(|key| kept.contains_key(*key))
        .map(|key| (key.to_owned(), text(key).into()))
        .collect();
    let features: Map<String, Value> = FEATURES
        .into_iter()
        .map(|(key, there)| (key.to_owned(), there.into()))
        .collect();
    let subscribed = FEATURES.into_iter().filter(|it| it.1).map(|it| it.0);
    let body = value!({
        "id": account.id.0,
        "name": account.name,
        "locale": LOCALE,
        "domain": text("domain"),
        "support_email": text("support_email"),
        "status": "active",
        "created_at": iso(account.created_at),
        "cache_keys": edge.cache.keys(account.id).cache_keys,
        "features": features,
        "settings": settings(edge, account.id)?,
        "custom_attributes": attributes,
        "latest_chatwoot_version": null,
        "subscribed_features": subscribed.collect::<Vec<_>>(),
    });
    Ok(json(StatusCode::OK, &body))
}
