//! `GET /v1/chats` and `GET …/messengers/{messenger}/chats`: the latest active first, page by page.

use app::{
    conversations,
    ports::{ConversationRow, RecentPage},
};
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use domain::{AccountId, ConversationId, InboxId, LabelId, Timestamp};
use wire::chatapp::rest::{
    Page,
    cursor::ChatPlace,
    query::{BadQuery, ListChats},
};

use super::to_wire::chat;
use crate::{
    Edge,
    chatapp::{
        errors::{Answer, ok},
        path::Path,
        scope::Caller,
    },
    http::pairs,
};

/// The chats of a company, the caller's first unless one is named, in all of its messengers or in those that are asked for.
pub(in crate::chatapp) async fn of_company(
    State(edge): State<Edge>,
    mut caller: Caller,
    RawQuery(query): RawQuery,
) -> Answer {
    let asked = asked(query)?;
    if let Some(company) = asked.company_id {
        caller = caller.in_company(company)?;
    }
    let account = caller.agent.account_id;
    let inboxes = chosen(&edge, account, &asked);
    page(&edge, account, inboxes.as_deref(), &asked)
}

/// The chats of one messenger.
pub(in crate::chatapp) async fn of_messenger(
    State(edge): State<Edge>,
    caller: Caller,
    Path((license, messenger)): Path<(i64, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let inbox = caller.messenger(&edge, license, &messenger)?;
    let asked = asked(query)?;
    page(&edge, inbox.account_id, Some(&[inbox.id]), &asked)
}

fn asked(query: Option<String>) -> Result<ListChats, BadQuery> {
    ListChats::from_pairs(&pairs(query.unwrap_or_default().as_bytes()))
}

/// The account's inboxes that the filters let through; `None` for all of them.
fn chosen(edge: &Edge, account: AccountId, asked: &ListChats) -> Option<Vec<InboxId>> {
    if asked.license_ids.is_none() && asked.messenger_types.is_none() {
        return None;
    }
    let tables = edge.core.directory.tables();
    let licenses = asked.license_ids.as_ref();
    let messengers = asked.messenger_types.as_ref();
    let fits = tables.inboxes_of(account).filter(|it| {
        licenses.is_none_or(|all| all.contains(&it.inbox.license_id))
            && messengers.is_none_or(|all| all.contains(&it.inbox.messenger))
    });
    Some(fits.map(|it| it.inbox.id).collect())
}

fn page(
    edge: &Edge,
    account: AccountId,
    inboxes: Option<&[InboxId]>,
    asked: &ListChats,
) -> Answer<Response> {
    let before = place(asked);
    // One more than asked for tells whether anything follows.
    let limit = asked.limit + 1;
    let labels = asked.tag_ids.as_deref().map(|it| labels(edge, account, it));
    let (inboxes, labels) = (each(inboxes), each(labels.as_deref()));
    let mut rows = edge.core.store.view(|view| {
        let mut rows = Vec::new();
        for &inbox_id in &inboxes {
            for &label_id in &labels {
                let page = RecentPage {
                    inbox_id,
                    label_id,
                    before,
                    limit,
                };
                rows.extend(view.list_recent(account, &page)?);
            }
        }
        Ok(rows)
    })?;
    rows.sort_by_key(|row| std::cmp::Reverse(order(row)));
    // A chat with two of the tags was found by each.
    rows.dedup_by_key(|row| row.conversation.id);
    let asked_for = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let more = rows.len() > asked_for;
    rows.truncate(asked_for);
    let next_page = rows.last().filter(|_| more).map(|row| {
        let (time, id) = order(row);
        let micros = time.as_microsecond();
        ChatPlace { micros, id: id.0 }.to_string()
    });
    let directory = &edge.core.directory;
    let threads = rows
        .into_iter()
        .map(|row| conversations::thread(directory, row))
        .collect::<app::Result<Vec<_>>>()?;
    let items = threads.iter().map(chat).collect();
    Ok(ok(Page { items, next_page }))
}

/// Each of these, or once for all.
fn each<T: Copy>(some: Option<&[T]>) -> Vec<Option<T>> {
    some.map_or_else(|| vec![None], |all| all.iter().copied().map(Some).collect())
}

/// The account's labels among these tags.
fn labels(edge: &Edge, account: AccountId, tags: &[i64]) -> Vec<LabelId> {
    let tables = edge.core.directory.tables();
    let mine = tables.labels_of(account).into_iter().map(|it| it.id);
    mine.filter(|id| tags.contains(&id.0)).collect()
}

/// What lists are ordered by.
fn order(row: &ConversationRow) -> (Timestamp, ConversationId) {
    (row.conversation.last_activity_at, row.conversation.id)
}

/// Where to go on. A time that no clock shows is after or before everything.
fn place(asked: &ListChats) -> Option<(Timestamp, ConversationId)> {
    if let Some(place) = asked.next_page {
        let time = Timestamp::from_microsecond(place.micros).unwrap_or(Timestamp::MAX);
        return Some((time, ConversationId(place.id)));
    }
    let last = asked.last_time?;
    let time = Timestamp::from_second(last).unwrap_or(Timestamp::MAX);
    Some((time, ConversationId(0)))
}
