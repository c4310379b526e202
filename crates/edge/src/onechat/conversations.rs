//! Conversations: listing, showing, setting the status, assigning, having seen.

use app::{
    Scope,
    conversations::{self, NewStatus},
    ports::{
        Condition, Conditions, ConversationFilter, ConversationOrder, ConversationRow, Field,
        Given as Value, Test, View,
    },
};
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
};
use bytes::Bytes;
use domain::{AgentId, ConversationStatus, InboxId, LabelId, Role, TeamId, Timestamp};
use jiff::SignedDuration;
use serde::de::DeserializeOwned;
use wire::onechat::{
    condition::Model,
    errors::Refusal,
    request::{
        Assign, AssigneeType, ConversationType, ListConversations, SortBy, StatusFilter,
        ToggleStatus,
    },
    rest::{ConversationCounts, ConversationPage, StatusToggled},
    words,
};

use super::{
    caller::Caller,
    errors::Answer,
    filters,
    given::Given,
    path::Path,
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

/// Conversations that are listed at once where a client asks for no pages.
const UNPAGED: i64 = 1_000;

/// A list as it was asked for.
struct Listing {
    filter: ConversationFilter,
    limit: i64,
    offset: i64,
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
    let (label_id, conditions) = labeled(edge, scope, &wanted.labels);
    let changed_after = match wanted.updated_within {
        Some(seconds) => Some(ago(edge.core.clock.now(), seconds)?),
        None => None,
    };
    let (limit, offset) = match changed_after {
        Some(_) => (UNPAGED, 0),
        None => (PAGE, (wanted.page - 1) * PAGE),
    };
    let mut filter = ConversationFilter {
        status,
        inbox_id: wanted.inbox_id.map(InboxId),
        assignee,
        assigned,
        label_id,
        team_id: wanted.team_id.map(TeamId),
        unattended: wanted.conversation_type == Some(ConversationType::Unattended),
        changed_after,
        source_id: wanted.source_id,
        words: wanted.q.as_deref().map(app::words::words),
        conditions,
        order: order_of(wanted.sort_by),
    };
    let involved = match wanted.conversation_type {
        Some(ConversationType::Mention) => Some(Field::Named),
        Some(ConversationType::Participating) => Some(Field::Participant),
        Some(ConversationType::Unattended) | None => None,
    };
    if let Some(field) = involved {
        filter.require(Condition {
            field,
            test: Test::Is(vec![Value::Number(me.0)]),
        });
    }
    Ok(Listing {
        filter: filter.seen_by(scope),
        limit,
        offset,
    })
}

fn order_of(sort: SortBy) -> ConversationOrder {
    match sort {
        SortBy::LastActivityDesc => ConversationOrder::LatestActive,
        SortBy::LastActivityAsc => ConversationOrder::LongestSilent,
        SortBy::CreatedDesc => ConversationOrder::Newest,
        SortBy::CreatedAsc => ConversationOrder::Oldest,
        SortBy::PriorityDesc => ConversationOrder::MostUrgent,
        SortBy::PriorityAsc => ConversationOrder::LeastUrgent,
        SortBy::PriorityDescCreatedAsc => ConversationOrder::MostUrgentOldest,
        SortBy::WaitingAsc => ConversationOrder::WaitingLongest,
        SortBy::WaitingDesc => ConversationOrder::WaitingShortest,
    }
}

fn ago(now: Timestamp, seconds: i64) -> Answer<Timestamp> {
    let then = now.checked_sub(SignedDuration::from_secs(seconds.max(0)));
    Ok(then.map_err(|_| Refusal::unprocessable("updated_within: too long"))?)
}

/// The labels that a list is asked for: one has an index of its own, several are a condition. A title that no label
/// has is a label that nothing carries.
fn labeled(edge: &Edge, scope: &Scope, titles: &[String]) -> (Option<LabelId>, Conditions) {
    match *labels_titled(edge, scope, titles) {
        [] => (None, Vec::new()),
        [one] => (Some(one), Vec::new()),
        ref several => (None, vec![vec![labeled_with(several)]]),
    }
}

/// The account's labels with these titles, and one that nothing carries for each other title.
pub(super) fn labels_titled(edge: &Edge, scope: &Scope, titles: &[String]) -> Vec<LabelId> {
    let tables = edge.core.directory.tables();
    let mine = tables.labels_of(scope.account_id);
    let find = |title: &String| {
        let found = mine.iter().find(|it| it.is_titled(title));
        found.map_or(LabelId::NOBODYS, |it| it.id)
    };
    titles.iter().map(find).collect()
}

/// Carries one of these labels.
pub(super) fn labeled_with(labels: &[LabelId]) -> Condition {
    let values = labels.iter().map(|id| Value::Number(id.0));
    Condition {
        field: Field::Label,
        test: Test::Is(values.collect()),
    }
}

/// `GET …/conversations`: one statement for the counts and one for the page, whatever the history.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    RawQuery(query): RawQuery,
) -> Answer {
    let scope = caller.within(account)?;
    let listing = listing(&edge, &scope, query, caller.agent.id)?;
    let (meta, payload) = find_page(&edge, &scope, &listing, caller.agent.id)?;
    Ok(json(StatusCode::OK, &ConversationPage { meta, payload }))
}

/// The page and its counts.
fn find_page(
    edge: &Edge,
    scope: &Scope,
    listing: &Listing,
    me: AgentId,
) -> Answer<(ConversationCounts, Vec<wire::onechat::rest::Conversation>)> {
    let Listing {
        filter,
        limit,
        offset,
    } = listing;
    let page = (*limit, *offset);
    let (rows, counts) = edge
        .core
        .store
        .view(|view| conversations::list(view, scope.account_id, filter, me, page))?;
    let rows = rows.into_iter().map(|row| show_row(edge, row));
    let payload = rows.collect::<app::Result<Vec<_>>>()?;
    Ok((rest::counts(counts), payload))
}

/// `POST …/conversations/filter?page=`: the page and the counts, not wrapped in `data`.
pub(super) async fn filter(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: axum::extract::Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let page = params.number("page")?.unwrap_or(1).clamp(1, 1_000_000);
    let conditions = filters::conditions(&edge, &scope, Model::Conversations, &params)?;
    let sort = params.text("sort_by")?.unwrap_or_default();
    let listing = Listing {
        filter: ConversationFilter {
            conditions,
            order: order_of(SortBy::find(&sort).unwrap_or(SortBy::LastActivityDesc)),
            ..ConversationFilter::default()
        }
        .seen_by(&scope),
        limit: PAGE,
        offset: (page - 1) * PAGE,
    };
    let (meta, payload) = find_page(&edge, &scope, &listing, caller.agent.id)?;
    let body = serde_json::json!({ "meta": meta, "payload": payload });
    Ok(json(StatusCode::OK, &body))
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
            // Whoever opens what is nobody's has it, whoever's turn it was.
            let before = conversations::load(tx, &scope, number)?.conversation;
            let thread = conversations::set_status(tx, &directory, &scope, number, new)?;
            let is_open = thread.conversation.status == ConversationStatus::Open;
            if takes && is_open && before.assignee_id.is_none() {
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
        Assign::AgentBot(Some(id)) => {
            return assign_bot(&edge, scope, number, AgentId(id)).await;
        }
        Assign::AgentBot(None) => None,
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

/// To a bot that answers in the conversation's inbox: answers the bot.
async fn assign_bot(edge: &Edge, scope: Scope, number: i64, bot: AgentId) -> Answer {
    let directory = edge.core.directory.clone();
    let assign = move |tx: &mut dyn app::ports::Tx| {
        conversations::assign_bot(tx, &directory, &scope, number, bot)
    };
    let thread = edge.core.store.transact(assign).await?;
    let bot = thread.assignee.as_deref();
    Ok(json(
        StatusCode::OK,
        &bot.map(|it| push::user(&edge.core, it)),
    ))
}

async fn assign_team(edge: &Edge, scope: Scope, number: i64, team: Option<TeamId>) -> Answer {
    let directory = edge.core.directory.clone();
    let assigned = edge
        .core
        .store
        .transact(move |tx| conversations::assign_team(tx, &directory, &scope, number, team));
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
