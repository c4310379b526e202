//! Automation rules, for administrators: making, showing, changing, copying and removing them.

use std::collections::BTreeMap;

use app::{
    Scope, documents,
    limits::{DOCUMENTS, NAME_CHARS},
    ports::View,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::IntoResponse as _,
};
use domain::{Document, DocumentId, DocumentKind};
use serde_json::{Value, json as value};
use wire::onechat::{
    Params,
    condition::{self, BadCondition, Model},
    errors::Refusal,
};

use super::{actions, book::EVENTS, list as list_of, parsed};
use crate::{
    Edge,
    http::json,
    onechat::{
        caller::Caller, errors::Answer, filters::Defined, given::Given, path::Path,
        to_wire::seconds,
    },
};

const KIND: DocumentKind = DocumentKind::AutomationRule;

/// What is wrong, by field, as the original tells it.
type Wrong = BTreeMap<&'static str, Vec<String>>;

fn shown(rule: &Document) -> Value {
    let body = parsed(rule);
    let of = |key: &str| body.get(key).cloned().unwrap_or_default();
    value!({
        "id": rule.id.0,
        "account_id": rule.account_id.0,
        "name": of("name"),
        "description": of("description"),
        "event_name": of("event_name"),
        "conditions": of("conditions"),
        "actions": of("actions"),
        "created_on": seconds(rule.created_at),
        "active": of("active"),
    })
}

/// What was sent over what is kept, checked.
fn read(edge: &Edge, scope: &Scope, params: &Params, kept: &Value) -> Answer<Value> {
    let params = params.unwrapped("automation_rule");
    let before = |key: &str, other: Value| kept.get(key).cloned().unwrap_or(other);
    let text = |key: &str| -> Answer<Value> {
        Ok(params
            .text(key)?
            .map_or_else(|| before(key, Value::Null), Value::from))
    };
    let all = |key: &str| list_of(&params, key).unwrap_or_else(|| before(key, value!([])));
    let body = value!({
        "name": text("name")?,
        "description": text("description")?,
        "event_name": text("event_name")?,
        "conditions": all("conditions"),
        "actions": all("actions"),
        "active": params.flag("active")?.map_or_else(|| before("active", true.into()), Value::from),
    });
    let wrong = check(edge, scope, &body)?;
    if wrong.is_empty() {
        return Ok(body);
    }
    Err(Refusal::wrong_fields(&wrong).into())
}

fn check(edge: &Edge, scope: &Scope, body: &Value) -> Answer<Wrong> {
    let mut wrong = Wrong::new();
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    if text("name").trim().is_empty() {
        wrong.insert("name", vec!["can't be blank".to_owned()]);
    }
    if text("name").chars().count() > NAME_CHARS {
        let text = format!("is too long (maximum is {NAME_CHARS} characters)");
        wrong.insert("name", vec![text]);
    }
    if !EVENTS.contains(&text("event_name")) {
        wrong.insert("event_name", vec!["is not an event of rules".to_owned()]);
    }
    if let Err(bad) = check_conditions(edge, scope, body.get("conditions"))? {
        wrong.insert("conditions", vec![bad.to_string()]);
    }
    let asker = actions::Asker {
        me: None,
        called: "",
        extra: None,
    };
    let wanted = body.get("actions").unwrap_or(&Value::Null);
    let bad = match actions::read(wanted, asker) {
        Ok(deeds) => actions::uncallable(edge, &deeds),
        Err(bad) => Some(bad),
    };
    wrong.extend(bad.map(|bad| ("actions", vec![bad])));
    Ok(wrong)
}

/// Whether conditions mean something.
fn check_conditions(
    edge: &Edge,
    scope: &Scope,
    conditions: Option<&Value>,
) -> Answer<Result<(), BadCondition>> {
    let model = Model::Events;
    let groups = match condition::groups(model, conditions) {
        Ok(groups) => groups,
        Err(bad) => return Ok(Err(bad)),
    };
    let defined = Defined::load(edge, scope, model, &groups)?;
    let mut all = groups.iter().flatten();
    Ok(all.try_for_each(|it| model.check(it, defined.holds(model, &it.key))))
}

fn find(edge: &Edge, scope: &Scope, id: i64) -> Answer<Document> {
    let find = |view: &dyn View| documents::load(view, scope, KIND, None, DocumentId(id));
    Ok(edge.core.store.view(find)?)
}

async fn add(edge: &Edge, scope: Scope, body: Value) -> Answer<Document> {
    let text = body.to_string();
    let add = move |tx: &mut dyn app::ports::Tx| documents::add(tx, &scope, KIND, None, &text);
    Ok(edge.core.store.transact(add).await?)
}

/// `GET …/automation_rules`.
pub(in crate::onechat) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.administers(account)?;
    let list = |view: &dyn View| view.list_documents(scope.account_id, KIND, None, DOCUMENTS);
    let all: Vec<Value> = edge.core.store.view(list)?.iter().map(shown).collect();
    Ok(json(StatusCode::OK, &value!({ "payload": all })))
}

/// `GET …/automation_rules/{id}`.
pub(in crate::onechat) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, id)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    let found = find(&edge, &scope, id)?;
    Ok(json(StatusCode::OK, &value!({ "payload": shown(&found) })))
}

/// `POST …/automation_rules`: bare, unlike the others.
pub(in crate::onechat) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let params = Given::read(&edge, request).await?.params;
    let body = read(&edge, &scope, &params, &Value::Null)?;
    let made = add(&edge, scope, body).await?;
    Ok(json(StatusCode::OK, &shown(&made)))
}

/// `PATCH …/automation_rules/{id}`.
pub(in crate::onechat) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, id)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let found = find(&edge, &scope, id)?;
    let params = Given::read(&edge, request).await?.params;
    let text = read(&edge, &scope, &params, &parsed(&found))?.to_string();
    let change = move |tx: &mut dyn app::ports::Tx| documents::change(tx, &scope, &found, &text);
    let changed = edge.core.store.transact(change).await?;
    Ok(json(
        StatusCode::OK,
        &value!({ "payload": shown(&changed) }),
    ))
}

/// `POST …/automation_rules/{id}/clone`: the same again.
pub(in crate::onechat) async fn copy(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, id)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    let body = parsed(&find(&edge, &scope, id)?);
    let made = add(&edge, scope, body).await?;
    Ok(json(StatusCode::OK, &value!({ "payload": shown(&made) })))
}

/// `DELETE …/automation_rules/{id}`: an empty 200.
pub(in crate::onechat) async fn delete(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, id)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    let found = find(&edge, &scope, id)?;
    let remove = move |tx: &mut dyn app::ports::Tx| documents::remove(tx, &scope, &found);
    edge.core.store.transact(remove).await?;
    Ok(StatusCode::OK.into_response())
}
