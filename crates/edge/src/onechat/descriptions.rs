//! Beginning a conversation, and what agents keep about one: priority, free attributes, whether it is muted or to be
//! looked at again.

use app::{
    Scope,
    conversations::{self, NewConversation},
    limits::ATTRIBUTES_BYTES,
    ports::Tx,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{
    AgentId, ContactId, ConversationStatus, Details, Priority, TeamId, Thread, Timestamp,
};
use serde_json::{Value, json as value};
use wire::onechat::{Params, errors::Refusal, request::CreateMessage, words};

use super::{
    caller::Caller,
    contacts::{address_in, own_inbox},
    conversations::{show_row, status_of},
    errors::Answer,
    given::Given,
    messages::write,
    path::Path,
    random_uuid,
    settings::api_replies,
};
use crate::{Edge, http::json};

/// `POST …/conversations {inbox_id, contact_id, source_id, status, assignee_id, message, …}`: bare.
pub(super) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let given = Given::read(&edge, request).await?;
    let begun = begin(&edge, &scope, &given).await;
    if begun.is_err() {
        given.forget(&edge).await;
    }
    let number = begun?;
    shown(&edge, &scope, number)
}

async fn begin(edge: &Edge, scope: &Scope, given: &Given) -> Answer<i64> {
    let params = &given.params;
    let number = |key: &str| params.number(key).map(|it| it.filter(|it| *it != 0));
    let source_id = params.text("source_id")?.filter(|it| !it.is_empty());
    let inbox_id = match (number("inbox_id")?, &source_id) {
        (Some(id), _) => id,
        (None, Some(source_id)) => inbox_that_knows(edge, scope, source_id)?,
        (None, None) => return Err(Refusal::missing_param("inbox_id").into()),
    };
    let inbox = own_inbox(edge, scope, inbox_id)?;
    let contact = match (number("contact_id")?, &source_id) {
        (Some(id), _) => ContactId(id),
        (None, Some(source_id)) => {
            let found = edge
                .core
                .store
                .view(|view| view.find_address(inbox.id, source_id))?;
            let found = found.ok_or_else(|| app::Error::not_found("contact"))?;
            found.1.id
        }
        (None, None) => return Err(Refusal::missing_param("contact_id").into()),
    };
    let message = params.within("message");
    let first = match message.has("content") || !given.files.is_empty() {
        true => Some(CreateMessage::from_params(&message)?),
        false => None,
    };
    let new = NewConversation {
        status: read_status(params)?,
        snoozed_until: read_until(params)?,
        assignee: number("assignee_id")?.map(AgentId),
        details: Details {
            priority: read_priority(params)?.flatten(),
            team_id: number("team_id")?.map(TeamId),
            custom_attributes: attributes(params, "custom_attributes")?,
            additional_attributes: attributes(params, "additional_attributes")?,
        },
    };
    let (directory, fresh) = (edge.core.directory.clone(), random_uuid()?);
    let api = api_replies(edge, inbox.id);
    let by = scope.clone();
    let make = move |tx: &mut dyn Tx| {
        let place = (source_id.as_deref(), fresh.as_str());
        let seated = address_in(tx, &by, &inbox, contact, place)?;
        let thread = conversations::create(tx, &directory, &by, &inbox, seated, &new)?;
        Ok(thread.conversation.number)
    };
    let number = edge.core.store.transact(make).await?;
    if let Some(first) = first {
        write(edge, scope, number, (first, given), None, api).await?;
    }
    Ok(number)
}

/// The first of the inboxes that the caller sees which knows somebody by this name.
fn inbox_that_knows(edge: &Edge, scope: &Scope, source_id: &str) -> Answer<i64> {
    let tables = edge.core.directory.tables();
    let mut mine = tables
        .inboxes_of(scope.account_id)
        .map(|it| it.inbox.id)
        .filter(|id| scope.sees_inbox(*id));
    let found = edge.core.store.view(|view| {
        for id in mine.by_ref() {
            if view.find_address(id, source_id)?.is_some() {
                return Ok(Some(id.0));
            }
        }
        Ok(None)
    });
    Ok(found?.ok_or_else(|| app::Error::not_found("contact"))?)
}

/// `snoozed_until`: seconds, or a date and time as it is written down.
fn read_until(params: &Params) -> Answer<Option<Timestamp>> {
    let text = params.text("snoozed_until")?.unwrap_or_default();
    let text = text.trim();
    if matches!(text, "" | "0") {
        return Ok(None);
    }
    let seconds = text.parse().ok().map(Timestamp::from_second);
    let read = seconds.unwrap_or_else(|| text.parse());
    let refused = |_| Refusal::unprocessable("snoozed_until: not a time");
    Ok(Some(read.map_err(refused)?))
}

fn read_status(params: &Params) -> Answer<Option<ConversationStatus>> {
    let word = params.text("status")?.unwrap_or_default();
    if word.is_empty() {
        return Ok(None);
    }
    let found = words::ConversationStatus::find(&word);
    let found = found.ok_or_else(|| Refusal::unprocessable("status: not a status"))?;
    Ok(Some(status_of(found)))
}

/// `None` if nothing was sent, `Some(None)` for no priority.
fn read_priority(params: &Params) -> Answer<Option<Option<Priority>>> {
    if !params.has("priority") {
        return Ok(None);
    }
    let word = params.text("priority")?.unwrap_or_default();
    let priority = match word.as_str() {
        "" | "null" | "nil" | "none" => None,
        "low" => Some(Priority::Low),
        "medium" => Some(Priority::Medium),
        "high" => Some(Priority::High),
        "urgent" => Some(Priority::Urgent),
        _ => return Err(Refusal::unprocessable("priority: not a priority").into()),
    };
    Ok(Some(priority))
}

fn attributes(params: &Params, key: &str) -> Answer<Option<String>> {
    let told = params.object(key)?.filter(|it| it != "{}");
    if told.as_ref().is_some_and(|it| it.len() > ATTRIBUTES_BYTES) {
        return Err(Refusal::unprocessable(&format!("{key} are too long")).into());
    }
    Ok(told)
}

fn shown(edge: &Edge, scope: &Scope, number: i64) -> Answer {
    let row = edge
        .core
        .store
        .view(|view| conversations::load(view, scope, number))?;
    Ok(json(StatusCode::OK, &show_row(edge, row)?))
}

async fn describe(
    edge: &Edge,
    scope: &Scope,
    number: i64,
    alter: impl Fn(&mut Details) + Send + 'static,
) -> Answer<Thread> {
    let (directory, scope) = (edge.core.directory.clone(), scope.clone());
    let describe = move |tx: &mut dyn Tx| {
        conversations::describe(tx, &directory, &scope, number, |details| {
            alter(details);
            Ok(())
        })
    };
    Ok(edge.core.store.transact(describe).await?)
}

/// `PATCH …/conversations/{n} {priority}`: bare.
pub(super) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request)
        .await?
        .params
        .unwrapped("conversation");
    if let Some(priority) = read_priority(&params)? {
        describe(&edge, &scope, number, move |it| it.priority = priority).await?;
    }
    shown(&edge, &scope, number)
}

/// `POST …/toggle_priority {priority}`.
pub(super) async fn toggle_priority(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let priority = read_priority(&params)?.flatten();
    describe(&edge, &scope, number, move |it| it.priority = priority).await?;
    Ok(nothing())
}

/// `POST …/custom_attributes {custom_attributes}`: in place of those that are kept.
pub(super) async fn custom_attributes(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let told = attributes(&params, "custom_attributes")?;
    let kept = told.clone();
    describe(&edge, &scope, number, move |it| {
        it.custom_attributes.clone_from(&kept);
    })
    .await?;
    let told: Value = serde_json::from_str(told.as_deref().unwrap_or("{}")).unwrap_or_default();
    Ok(json(StatusCode::OK, &value!({ "custom_attributes": told })))
}

/// `POST …/mute`: done with, and nothing more from this contact.
pub(super) async fn mute(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
) -> Answer {
    set_muted(&edge, &caller, account, number, true).await
}

/// `POST …/unmute`.
pub(super) async fn unmute(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
) -> Answer {
    set_muted(&edge, &caller, account, number, false).await
}

async fn set_muted(edge: &Edge, caller: &Caller, account: i64, number: i64, muted: bool) -> Answer {
    let scope = caller.within(account)?;
    let directory = edge.core.directory.clone();
    let set =
        move |tx: &mut dyn Tx| conversations::mute(tx, &directory, &scope, number, muted).map(drop);
    edge.core.store.transact(set).await?;
    Ok(nothing())
}

/// `POST …/unread`: bare.
pub(super) async fn unread(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let (directory, by) = (edge.core.directory.clone(), scope.clone());
    edge.core
        .store
        .transact(move |tx| conversations::unsee(tx, &directory, &by, number))
        .await?;
    shown(&edge, &scope, number)
}

fn nothing() -> Response {
    StatusCode::OK.into_response()
}
