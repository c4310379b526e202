//! The caller's notifications, and of what they want to be told (onechat.md, 4.3).

use app::{
    Scope,
    agents::{self, AgentChange},
    conversations,
    notifications::{self, Act},
    ports::{NotificationPage, Tx, View},
};
use axum::{
    extract::{RawQuery, Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{
    Agent, ConversationId, Notification, NotificationId, NotificationKind, Timestamp, Wishes,
};
use serde_json::{Value, json as value};
use wire::onechat::{Params, errors::Refusal};

use super::{
    caller::Caller,
    errors::Answer,
    given::Given,
    path::Path,
    to_wire::{iso, notification_type, push},
};
use crate::{
    Edge,
    http::{json, pairs},
};

/// Notifications on a page.
const PAGE: i64 = 15;

/// `GET …/notifications?page=&includes[]=read|snoozed&sort_order=asc|desc`.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    RawQuery(query): RawQuery,
) -> Answer {
    let scope = caller.within(account)?;
    let mut params = Params::default();
    let pairs = pairs(query.unwrap_or_default().as_bytes());
    params.add_pairs(pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())));
    let includes = params.texts("includes")?;
    let current = params.number("page")?.unwrap_or(1).max(1);
    let page = NotificationPage {
        sight: None,
        read: includes.iter().any(|it| it == "read"),
        snoozed: includes.iter().any(|it| it == "snoozed"),
        ascending: params.text("sort_order")?.as_deref() == Some("asc"),
        limit: PAGE,
        offset: (current - 1).saturating_mul(PAGE),
    };
    let me = caller.agent.id;
    let list = |view: &dyn View| notifications::list(view, &scope, me, page.clone());
    let listed = edge.core.store.view(list)?;
    let directory = &edge.core.directory;
    let mut payload = Vec::new();
    for (it, mut row) in listed.rows {
        let about = row.last_message.take();
        let about = about.map(|it| conversations::spoken(directory, it));
        let thread = conversations::thread(directory, row)?;
        let told = push::notification(&edge.core, &it, &thread, about.as_ref());
        payload.extend(told);
    }
    let body = value!({ "data": {
        "meta": {
            "unread_count": listed.unread, "count": listed.count, "current_page": current,
        },
        "payload": payload,
    } });
    Ok(json(StatusCode::OK, &body))
}

/// `GET …/notifications/unread_count`: a bare number.
pub(super) async fn unread_count(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    let count = |view: &dyn View| notifications::unread(view, &scope);
    let unread = edge.core.store.view(count)?;
    Ok(json(StatusCode::OK, &unread))
}

/// `POST …/notifications/read_all {primary_actor_type, primary_actor_id}`: an empty 200. Everything of a
/// conversation, or everything.
pub(super) async fn read_all(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let number = params.number("primary_actor_id")?;
    let read = move |tx: &mut dyn Tx| {
        let of = match number {
            Some(number) => Some(conversations::load(&*tx, &scope, number)?.conversation),
            None => None,
        };
        notifications::read_all(tx, &scope, of.as_ref())
    };
    edge.core.store.transact(read).await?;
    Ok(nothing())
}

/// `PATCH …/notifications/{id}`: read. Answers the bare row.
pub(super) async fn read(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, id)): Path<(i64, i64)>,
) -> Answer {
    act(&edge, caller.within(account)?, id, Act::Read).await
}

/// `POST …/notifications/{id}/unread`: answers the bare row.
pub(super) async fn unread(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, id)): Path<(i64, i64)>,
) -> Answer {
    act(&edge, caller.within(account)?, id, Act::Unread).await
}

/// `POST …/notifications/{id}/snooze {snoozed_until}`: answers the bare row.
pub(super) async fn snooze(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, id)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let told = params.text("snoozed_until")?.unwrap_or_default();
    let seconds = told
        .parse()
        .ok()
        .and_then(|at| Timestamp::from_second(at).ok());
    let until = seconds.or_else(|| told.parse().ok());
    let until = until.ok_or_else(|| Refusal::unprocessable("snoozed_until: not a time"))?;
    act(&edge, scope, id, Act::Snooze(until)).await
}

async fn act(edge: &Edge, scope: Scope, id: i64, act: Act) -> Answer {
    let directory = edge.core.directory.clone();
    let id = NotificationId(id);
    let done = edge
        .core
        .store
        .transact(move |tx| notifications::act(tx, &directory, &scope, id, act));
    let done = done.await?;
    let conversation = done.conversation_id;
    Ok(json(
        StatusCode::OK,
        &row(&done, number_of(edge, conversation)?),
    ))
}

fn number_of(edge: &Edge, id: ConversationId) -> app::Result<i64> {
    let found = edge
        .core
        .store
        .view(|view| view.find_conversation_by_id(id))?;
    Ok(found.map_or(0, |it| it.conversation.number))
}

/// A notification as the stored row.
fn row(it: &Notification, number: i64) -> Value {
    let (kind, other) = match (it.message_id, it.by) {
        (Some(id), _) => (Some("Message"), Some(id.0)),
        (None, Some(id)) => (Some("User"), Some(id.0)),
        (None, None) => (None, None),
    };
    value!({
        "id": it.id.0,
        "account_id": it.account_id.0,
        "user_id": it.agent_id.0,
        "notification_type": notification_type(it.kind),
        "primary_actor_type": "Conversation",
        "primary_actor_id": number,
        "secondary_actor_type": kind,
        "secondary_actor_id": other,
        "read_at": it.read_at.map(iso),
        "snoozed_until": it.snoozed_until.map(iso),
        "last_activity_at": iso(it.active_at),
        "created_at": iso(it.created_at),
        "updated_at": iso(it.active_at),
        "meta": {},
    })
}

/// `DELETE …/notifications/{id}`: an empty 200.
pub(super) async fn delete(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, id)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let id = NotificationId(id);
    let directory = edge.core.directory.clone();
    let remove = move |tx: &mut dyn Tx| notifications::remove(tx, &directory, &scope, id);
    edge.core.store.transact(remove).await?;
    Ok(nothing())
}

/// `POST …/notifications/destroy_all {type: all|read}`: an empty 200.
pub(super) async fn delete_all(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let read_alone = params.text("type")?.as_deref() == Some("read");
    let directory = edge.core.directory.clone();
    let remove =
        move |tx: &mut dyn Tx| notifications::remove_all(tx, &directory, &scope, read_alone);
    edge.core.store.transact(remove).await?;
    Ok(nothing())
}

/// `GET …/notification_settings`.
pub(super) async fn settings(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    let agent = edge.core.directory.seat(scope.account_id, caller.agent.id);
    Ok(shown(&*agent.ok_or_else(Refusal::not_found)?))
}

/// `PATCH …/notification_settings {notification_settings: {selected_email_flags, selected_push_flags}}`.
pub(super) async fn set_settings(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let params = params.unwrapped("notification_settings");
    let mut wishes = caller.agent.wishes.clone();
    for (key, way, kinds) in [
        ("selected_email_flags", "email", &mut wishes.email),
        ("selected_push_flags", "push", &mut wishes.push),
    ] {
        if params.has(key) {
            *kinds = flags(&params, key, way)?;
        }
    }
    let (directory, me) = (edge.core.directory.clone(), caller.agent.id);
    let change = AgentChange {
        wishes: Some(wishes),
        ..AgentChange::default()
    };
    let change = move |tx: &mut dyn Tx| agents::change(tx, &directory, &scope, me, &change);
    Ok(shown(&*edge.core.store.transact(change).await?))
}

/// The kinds behind `email_conversation_mention` and the like.
fn flags(params: &Params, key: &str, way: &str) -> Answer<Vec<NotificationKind>> {
    let mut kinds = Vec::new();
    for flag in params.texts(key)? {
        let known = NotificationKind::ALL
            .into_iter()
            .find(|it| flag == format!("{way}_{}", notification_type(*it)));
        let Some(kind) = known else {
            return Err(Refusal::unprocessable(&format!("{key}: not a flag")).into());
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    Ok(kinds)
}

fn shown(agent: &Agent) -> Response {
    let named = |way: &str, kinds: &[NotificationKind]| -> Vec<String> {
        let kinds = kinds.iter();
        kinds
            .map(|it| format!("{way}_{}", notification_type(*it)))
            .collect()
    };
    let Wishes { email, push } = &agent.wishes;
    let body = value!({
        "id": agent.id.0,
        "user_id": agent.id.0,
        "account_id": agent.account_id.0,
        "all_email_flags": named("email", &NotificationKind::ALL),
        "selected_email_flags": named("email", email),
        "all_push_flags": named("push", &NotificationKind::ALL),
        "selected_push_flags": named("push", push),
    });
    json(StatusCode::OK, &body)
}

fn nothing() -> Response {
    StatusCode::OK.into_response()
}
