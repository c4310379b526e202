//! Conversations: listing, showing, setting the status, assigning, having seen.

use app::{
    Scope,
    conversations::{self, NewStatus},
    ports::{ConversationFilter, ConversationRow, View},
};
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
};
use bytes::Bytes;
use domain::{AgentId, ConversationStatus, InboxId, LabelId, Role, TeamId, Timestamp};
use serde::de::DeserializeOwned;
use wire::onechat::{
    errors::Refusal,
    request::{Assign, AssigneeType, ListConversations, StatusFilter, ToggleStatus},
    rest::{ConversationPage, StatusToggled},
    words,
};

use super::{
    caller::Caller,
    errors::Answer,
    given::Given,
    path::Path,
    presence::available,
    to_wire::{conversation_status, push, rest},
    typing::{self, Typist},
};
use crate::{
    Edge,
    http::{json, pairs},
};

/// Conversations on a page.
const PAGE: i64 = 25;

pub(super) fn status_of(word: words::ConversationStatus) -> ConversationStatus {
    match word {
        words::ConversationStatus::Open => ConversationStatus::Open,
        words::ConversationStatus::Resolved => ConversationStatus::Resolved,
        words::ConversationStatus::Pending => ConversationStatus::Pending,
        words::ConversationStatus::Snoozed => ConversationStatus::Snoozed,
    }
}

/// A JSON body; an empty one is as good as `{}`.
pub(super) fn body<T: DeserializeOwned>(bytes: &Bytes) -> Answer<T> {
    let bytes = if bytes.is_empty() {
        b"{}"
    } else {
        bytes.as_ref()
    };
    serde_json::from_slice(bytes).map_err(|error| {
        let text = format!("the body is not what this route takes: {error}");
        let refusal = Refusal::unprocessable(&text);
        let status = if error.is_data() { 422 } else { 400 };
        Refusal { status, ..refusal }.into()
    })
}

struct Listing {
    filter: ConversationFilter,
    page: i64,
}

fn listing(edge: &Edge, scope: &Scope, query: Option<String>, me: AgentId) -> Answer<Listing> {
    let pairs = pairs(query.unwrap_or_default().as_bytes());
    let wanted = ListConversations::from_pairs(pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())))
        .map_err(|bad| Refusal::unprocessable(&bad.to_string()))?;
    let (assignee, assigned) = match wanted.assignee_type {
        AssigneeType::Me => (Some(Some(me)), false),
        AssigneeType::Unassigned => (Some(None), false),
        AssigneeType::Assigned => (None, true),
        AssigneeType::All => (None, false),
    };
    let status = match wanted.status {
        StatusFilter::All => None,
        StatusFilter::Only(status) => Some(status_of(status)),
    };
    let inbox_id = wanted.inbox_id.map(InboxId);
    let filter = ConversationFilter {
        status,
        inbox_id,
        assignee,
        assigned,
        label_id: labeled(edge, scope, &wanted.labels)?,
    };
    Ok(Listing {
        filter,
        page: wanted.page,
    })
}

/// The label that a list is asked for. A title that no label has is a label that nothing carries.
fn labeled(edge: &Edge, scope: &Scope, titles: &[String]) -> Answer<Option<LabelId>> {
    let title = match titles {
        [] => return Ok(None),
        [title] => title,
        [_, _, ..] => return Err(Refusal::unprocessable("labels: one at a time").into()),
    };
    let tables = edge.core.directory.tables();
    let mine = tables.labels_of(scope.account_id);
    let found = mine.iter().find(|it| it.is_titled(title));
    Ok(Some(found.map_or(LabelId(0), |it| it.id)))
}

/// `GET …/conversations`: one statement for the page and one for the counts, whatever the history.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    RawQuery(query): RawQuery,
) -> Answer {
    let scope = caller.within(account)?;
    let Listing { filter, page } = listing(&edge, &scope, query, caller.agent.id)?;
    let offset = (page - 1).saturating_mul(PAGE);
    let (rows, counts) = edge.core.store.view(|view| {
        let rows = view.list_conversations(scope.account_id, &filter, PAGE, offset)?;
        Ok((
            rows,
            view.count_conversations(scope.account_id, &filter, caller.agent.id)?,
        ))
    })?;
    let payload = rows
        .into_iter()
        .map(|row| show_row(&edge, row))
        .collect::<app::Result<Vec<_>>>()?;
    Ok(json(
        StatusCode::OK,
        &ConversationPage {
            meta: rest::counts(counts),
            payload,
        },
    ))
}

/// `GET …/conversations/meta`.
pub(super) async fn meta(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    RawQuery(query): RawQuery,
) -> Answer {
    let scope = caller.within(account)?;
    let Listing { filter, .. } = listing(&edge, &scope, query, caller.agent.id)?;
    let count =
        |view: &dyn View| view.count_conversations(scope.account_id, &filter, caller.agent.id);
    let meta = rest::counts(edge.core.store.view(count)?);
    Ok(json(StatusCode::OK, &serde_json::json!({ "meta": meta })))
}

pub(super) fn show_row(
    edge: &Edge,
    mut row: ConversationRow,
) -> app::Result<wire::onechat::rest::Conversation> {
    let directory = &edge.core.directory;
    let last = row
        .last_message
        .take()
        .map(|it| conversations::spoken(directory, it));
    let thread = conversations::thread(directory, row)?;
    Ok(rest::conversation(&edge.core, &thread, last.as_ref()))
}

/// `GET …/conversations/{n}`: bare.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let row = edge
        .core
        .store
        .view(|view| conversations::load(view, &scope, number))?;
    Ok(json(StatusCode::OK, &show_row(&edge, row)?))
}

/// `POST …/toggle_status`. Without a status, open and resolved change places. An agent who opens a conversation
/// that nobody has takes it.
pub(super) async fn toggle_status(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    bytes: Bytes,
) -> Answer {
    let scope = caller.within(account)?;
    let wanted: ToggleStatus = body(&bytes)?;
    let until = wanted
        .snoozed_until
        .and_then(|at| Timestamp::from_second(at).ok());
    let new = match wanted.status {
        None => NewStatus::Toggled,
        Some(status) => NewStatus::To(status_of(status), until),
    };
    let takes = caller.agent.role == Role::Agent;
    let me = caller.agent.id;
    let directory = edge.core.directory.clone();
    let thread = edge
        .core
        .store
        .transact(move |tx| {
            let thread = conversations::set_status(tx, &directory, &scope, number, new)?;
            let it = &thread.conversation;
            if takes && it.status == ConversationStatus::Open && it.assignee_id.is_none() {
                return conversations::assign(tx, &directory, &scope, number, Some(me));
            }
            Ok(thread)
        })
        .await?;
    let it = &thread.conversation;
    let toggled = StatusToggled {
        conversation_id: it.number,
        current_status: conversation_status(it.status),
        snoozed_until: it
            .snoozed_until
            .map(|at| wire::onechat::Seconds::from_micros(at.as_microsecond())),
    };
    Ok(json(StatusCode::OK, &toggled))
}

/// `POST …/assignments`: answers the new assignee, or the team, or `null`.
pub(super) async fn assign(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    bytes: Bytes,
) -> Answer {
    let scope: Scope = caller.within(account)?;
    let assignee = match body::<Assign>(&bytes)? {
        Assign::Agent(id) => id.map(AgentId),
        Assign::Team(id) => return assign_team(&edge, scope, number, id.map(TeamId)).await,
        Assign::AgentBot(_) => {
            return Err(Refusal::unprocessable("only agents can be assigned").into());
        }
        Assign::Nothing => return Err(Refusal::missing_param("assignee_id").into()),
    };
    let directory = edge.core.directory.clone();
    let thread = edge
        .core
        .store
        .transact(move |tx| conversations::assign(tx, &directory, &scope, number, assignee))
        .await?;
    let assignee = thread
        .assignee
        .as_ref()
        .map(|it| rest::agent(&edge.core, it));
    Ok(json(StatusCode::OK, &assignee))
}

async fn assign_team(edge: &Edge, scope: Scope, number: i64, team: Option<TeamId>) -> Answer {
    let directory = edge.core.directory.clone();
    let free = available(edge, scope.account_id);
    let assigned = edge.core.store.transact(move |tx| {
        conversations::assign_team(tx, &directory, &scope, number, team, &free)
    });
    let team = assigned.await?.team.as_deref().map(push::team);
    Ok(json(StatusCode::OK, &team))
}

/// `POST …/update_last_seen`: bare conversation.
pub(super) async fn update_last_seen(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let (directory, me) = (edge.core.directory.clone(), caller.agent.id);
    let (thread, last) = edge
        .core
        .store
        .transact(move |tx| conversations::seen(tx, &directory, &scope, number, me))
        .await?;
    Ok(json(
        StatusCode::OK,
        &rest::conversation(&edge.core, &thread, last.as_deref()),
    ))
}

/// `POST …/toggle_typing_status {typing_status, is_private}`: anything but `on` and `off` does nothing.
pub(super) async fn toggle_typing(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    request: axum::extract::Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let row = edge
        .core
        .store
        .view(|view| conversations::load(view, &scope, number))?;
    let word = params.text("typing_status")?.unwrap_or_default();
    let is_private = params.flag("is_private")?.unwrap_or(false);
    typing::tell(&edge, row, Typist::Agent(caller.agent), &word, is_private).await?;
    Ok(axum::response::IntoResponse::into_response(StatusCode::OK))
}
