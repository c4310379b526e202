//! Macros: deeds that an agent writes down once and does with any conversation at once.
//!
//! A personal one is its writer's alone; a global one is everybody's to use and its writer's and the administrators'
//! to change. Only administrators write global ones.

use app::{
    Scope, documents,
    limits::{DOCUMENTS, NAME_CHARS},
    ports::{Tx, View},
    rules::{Doing, perform},
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::IntoResponse as _,
};
use domain::{AgentId, Document, DocumentId, DocumentKind, Kind, Role};
use serde_json::{Value, json as value};
use wire::onechat::{Params, errors::Refusal};

use super::{Book, actions, list as list_of, parsed};
use crate::{
    Edge,
    http::json,
    onechat::{caller::Caller, errors::Answer, given::Given, path::Path, to_wire::rest},
};

const KIND: DocumentKind = DocumentKind::Macro;
/// Conversations that one call executes a macro in.
const CONVERSATIONS: usize = 100;
/// What a webhook of a macro is called by.
const CALLED: &str = "macro.executed";

fn shown(edge: &Edge, it: &Document) -> Value {
    let body = parsed(it);
    let of = |key: &str| body.get(key).cloned().unwrap_or_default();
    let agent = |key: &str| {
        let id = of(key).as_i64().map(AgentId);
        let agent = id.and_then(|id| edge.core.directory.known(it.account_id, id));
        agent.map(|it| rest::agent(&edge.core, &it))
    };
    value!({
        "id": it.id.0,
        "name": of("name"),
        "visibility": of("visibility"),
        "created_by": agent("created_by_id"),
        "updated_by": agent("updated_by_id"),
        "account_id": it.account_id.0,
        "actions": of("actions"),
    })
}

fn is_global(it: &Document) -> bool {
    parsed(it).get("visibility").and_then(Value::as_str) == Some("global")
}

fn is_mine(it: &Document, caller: &Caller) -> bool {
    let by = parsed(it).get("created_by_id").and_then(Value::as_i64);
    by == Some(caller.agent.id.0)
}

fn find(edge: &Edge, caller: &Caller, scope: &Scope, id: i64) -> Answer<Document> {
    let find = |view: &dyn View| documents::load(view, scope, KIND, None, DocumentId(id));
    let found = edge.core.store.view(find)?;
    if is_global(&found) || is_mine(&found, caller) {
        return Ok(found);
    }
    Err(Refusal::not_authorized().into())
}

/// One that the caller may change.
fn own(edge: &Edge, caller: &Caller, scope: &Scope, id: i64) -> Answer<Document> {
    let found = find(edge, caller, scope, id)?;
    if is_mine(&found, caller) || caller.agent.role == Role::Administrator {
        return Ok(found);
    }
    Err(Refusal::not_authorized().into())
}

/// What was sent over what is kept, checked.
fn read(edge: &Edge, caller: &Caller, params: &Params, kept: &Value) -> Answer<Value> {
    let params = params.unwrapped("macro");
    let before = |key: &str, other: Value| kept.get(key).cloned().unwrap_or(other);
    let name = params.text("name")?;
    let name = name.map_or_else(|| before("name", Value::Null), Value::from);
    let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= NAME_CHARS;
    if !name.as_str().is_some_and(fits) {
        return Err(Refusal::invalid("Name can't be blank", &["name"]).into());
    }
    let visibility = params.text("visibility")?;
    let visibility =
        visibility.map_or_else(|| before("visibility", "personal".into()), Value::from);
    let visibility = match visibility.as_str() {
        _ if caller.agent.role != Role::Administrator => "personal",
        Some("global" | "1") => "global",
        Some("personal" | "0") => "personal",
        _ => {
            return Err(Refusal::invalid(
                "Visibility is not included in the list",
                &["visibility"],
            )
            .into());
        }
    };
    let actions = list_of(&params, "actions").unwrap_or_else(|| before("actions", value!([])));
    let wrong = match actions::read(&actions, asker(caller)) {
        Ok(deeds) => actions::uncallable(edge, &deeds),
        Err(bad) => Some(bad),
    };
    if let Some(bad) = wrong {
        return Err(Refusal::invalid(&format!("Actions {bad}"), &["actions"]).into());
    }
    let me = value!(caller.agent.id.0);
    Ok(value!({
        "name": name,
        "visibility": visibility,
        "actions": actions,
        "created_by_id": before("created_by_id", me.clone()),
        "updated_by_id": me,
    }))
}

fn asker(caller: &Caller) -> actions::Asker<'static> {
    actions::Asker {
        me: Some(caller.agent.id),
        called: CALLED,
        extra: None,
    }
}

/// `GET …/macros`: everybody's and the caller's own.
pub(in crate::onechat) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    let list = |view: &dyn View| view.list_documents(scope.account_id, KIND, None, DOCUMENTS);
    let all = edge.core.store.view(list)?;
    let may = all
        .iter()
        .filter(|it| is_global(it) || is_mine(it, &caller));
    let all: Vec<Value> = may.map(|it| shown(&edge, it)).collect();
    Ok(json(StatusCode::OK, &value!({ "payload": all })))
}

/// `GET …/macros/{id}`.
pub(in crate::onechat) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, id)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let found = find(&edge, &caller, &scope, id)?;
    Ok(json(
        StatusCode::OK,
        &value!({ "payload": shown(&edge, &found) }),
    ))
}

/// `POST …/macros {name, visibility, actions}`.
pub(in crate::onechat) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let text = read(&edge, &caller, &params, &Value::Null)?.to_string();
    let add = move |tx: &mut dyn Tx| documents::add(tx, &scope, KIND, None, &text);
    let made = edge.core.store.transact(add).await?;
    Ok(json(
        StatusCode::OK,
        &value!({ "payload": shown(&edge, &made) }),
    ))
}

/// `PATCH …/macros/{id}`.
pub(in crate::onechat) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, id)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let found = own(&edge, &caller, &scope, id)?;
    let params = Given::read(&edge, request).await?.params;
    let text = read(&edge, &caller, &params, &parsed(&found))?.to_string();
    let change = move |tx: &mut dyn Tx| documents::change(tx, &scope, &found, &text);
    let changed = edge.core.store.transact(change).await?;
    Ok(json(
        StatusCode::OK,
        &value!({ "payload": shown(&edge, &changed) }),
    ))
}

/// `DELETE …/macros/{id}`: an empty 200.
pub(in crate::onechat) async fn delete(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, id)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let found = own(&edge, &caller, &scope, id)?;
    let remove = move |tx: &mut dyn Tx| documents::remove(tx, &scope, &found);
    edge.core.store.transact(remove).await?;
    Ok(StatusCode::OK.into_response())
}

/// `POST …/macros/{id}/execute {conversation_ids[]}`: an empty 200 when it is done. Numbers that the account does not
/// have are passed over.
pub(in crate::onechat) async fn execute(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, id)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let found = find(&edge, &caller, &scope, id)?;
    let params = Given::read(&edge, request).await?.params.unwrapped("macro");
    let numbers = params.numbers("conversation_ids")?;
    if numbers.len() > CONVERSATIONS {
        let text = format!("at most {CONVERSATIONS} conversations at once");
        return Err(Refusal::unprocessable(&text).into());
    }
    let body = parsed(&found);
    let wanted = body.get("actions").unwrap_or(&Value::Null);
    let deeds = actions::read(wanted, asker(&caller))
        .map_err(|bad| app::Error::refused(Kind::Invalid, bad))?;
    let (core, book) = (edge.core.clone(), Book::new(edge.core.clone()));
    let work = move |tx: &mut dyn Tx| {
        let doing = Doing {
            directory: &core.directory,
            scope: &scope,
            book: &book,
        };
        for number in &numbers {
            if tx.find_conversation(scope.account_id, *number)?.is_some() {
                perform(tx, doing, *number, &deeds)?;
            }
        }
        Ok(())
    };
    edge.core.store.transact(work).await?;
    Ok(StatusCode::OK.into_response())
}
