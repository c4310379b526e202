//! Looking for something in the whole account: conversations, contacts and messages (onechat.md, 4.3, "search").

use app::{
    Scope, conversations,
    ports::{
        Condition, ContactPage, ConversationFilter, ConversationOrder, ConversationRow, Field,
        Given as Number, MessageSearch, Test, View,
    },
    words::words,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use domain::{Kind, Thread};
use serde_json::{Value, json as value};
use wire::onechat::errors::Refusal;

use super::{
    caller::Caller,
    errors::Answer,
    given::Given,
    path::Path,
    to_wire::{rest, seconds},
};
use crate::{Edge, http::json};

/// What each kind shows on a page.
const PAGE: i64 = 15;
/// Contacts whose conversations are found with them: the newest.
const CONTACTS: i64 = 200;

/// What is looked for.
struct Wanted {
    text: String,
    offset: i64,
}

impl Wanted {
    async fn read(edge: &Edge, request: Request) -> Answer<Self> {
        let params = Given::read(edge, request).await?.params;
        let text = params.text("q")?.unwrap_or_default().trim().to_owned();
        if text.is_empty() {
            let text = "Specify search string with parameter q";
            return Err(Refusal::unprocessable(text).into());
        }
        let page = params.number("page")?.unwrap_or(1).clamp(1, 1_000_000);
        Ok(Self {
            text,
            offset: (page - 1) * PAGE,
        })
    }
}

/// A search for some kinds of things.
macro_rules! search_for {
    ($(#[$doc:meta])* $name:ident: $($kind:ident),*) => {
        $(#[$doc])*
        pub(super) async fn $name(
            State(edge): State<Edge>,
            caller: Caller,
            Path(account): Path<i64>,
            request: Request,
        ) -> Answer {
            let scope = caller.within(account)?;
            let wanted = Wanted::read(&edge, request).await?;
            let payload = edge.core.store.view(|view| {
                Ok(value!({ $(stringify!($kind): $kind(&edge, view, &scope, &wanted)?),* }))
            })?;
            Ok(found(&payload))
        }
    };
}

search_for! {
    /// `GET …/search?q=&page=`: of each kind a page.
    all: conversations, contacts, messages, articles
}
search_for! {
    /// `GET …/search/conversations`.
    only_conversations: conversations
}
search_for! {
    /// `GET …/search/contacts`.
    only_contacts: contacts
}
search_for! {
    /// `GET …/search/messages`.
    only_messages: messages
}
search_for! {
    /// `GET …/search/articles`: there is no help centre.
    only_articles: articles
}

fn found(payload: &Value) -> Response {
    json(StatusCode::OK, &value!({ "payload": payload }))
}

/// Conversations by their number, or by whom they are with, newest first.
fn conversations(
    edge: &Edge,
    view: &dyn View,
    scope: &Scope,
    wanted: &Wanted,
) -> app::Result<Vec<Value>> {
    let text = wanted.text.to_lowercase();
    let people = ContactPage {
        containing: Some(&text),
        descending: true,
        limit: CONTACTS,
        ..ContactPage::default()
    };
    let people = view.list_contacts(scope.account_id, &people)?;
    let ids: Vec<Number> = people.iter().map(|it| Number::Number(it.id.0)).collect();
    let mut rows = Vec::new();
    // A number is found before anybody's name.
    if let (Ok(number), 0) = (text.trim_start_matches('#').parse(), wanted.offset) {
        match conversations::load(view, scope, number) {
            Ok(row) => rows.push(row),
            Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Forbidden) => {}
            Err(error) => return Err(error),
        }
    }
    if !ids.is_empty() {
        let condition = Condition {
            field: Field::Contact,
            test: Test::Is(ids),
        };
        let filter = ConversationFilter {
            conditions: vec![vec![condition]],
            order: ConversationOrder::Newest,
            ..ConversationFilter::default()
        }
        .seen_by(scope);
        let with = view.list_conversations(scope.account_id, &filter, PAGE, wanted.offset)?;
        let known: Vec<_> = rows.iter().map(|it| it.conversation.id).collect();
        rows.extend(
            with.into_iter()
                .filter(|it| !known.contains(&it.conversation.id)),
        );
    }
    rows.truncate(usize::try_from(PAGE).unwrap_or(0));
    rows.into_iter().map(|it| conversation(edge, it)).collect()
}

fn conversation(edge: &Edge, mut row: ConversationRow) -> app::Result<Value> {
    let directory = &edge.core.directory;
    let last = row.last_message.take();
    let thread = conversations::thread(directory, row)?;
    let it = &thread.conversation;
    let last = last.map(|last| message(edge, &thread, last));
    let mut shown = value!({
        "id": it.number,
        "account_id": it.account_id.0,
        "created_at": seconds(it.created_at),
        "message": last,
        "contact": person(&thread),
        "inbox": rest::slim_inbox(&edge.core, it.inbox_id),
        "additional_attributes": rest::conversation(&edge.core, &thread, None).additional_attributes,
    });
    if let Some(agent) = &thread.assignee
        && let Some(all) = shown.as_object_mut()
    {
        all.insert("agent".to_owned(), value!(rest::agent(&edge.core, agent)));
    }
    Ok(shown)
}

fn person(thread: &Thread) -> Value {
    let it = &thread.contact;
    value!({
        "id": it.id.0,
        "name": it.name,
        "email": it.email,
        "phone_number": it.phone,
        "identifier": it.identifier,
    })
}

/// Contacts by a part of what they are known by, newest first.
fn contacts(
    edge: &Edge,
    view: &dyn View,
    scope: &Scope,
    wanted: &Wanted,
) -> app::Result<Vec<Value>> {
    let text = wanted.text.to_lowercase();
    let page = ContactPage {
        containing: Some(&text),
        descending: true,
        limit: PAGE,
        offset: wanted.offset,
        ..ContactPage::default()
    };
    let found = view.list_contacts(scope.account_id, &page)?;
    let shown = |it| value!(rest::contact(&edge.core, scope.account_id, it));
    Ok(found.iter().map(shown).collect())
}

/// Messages by their words, newest first.
fn messages(
    edge: &Edge,
    view: &dyn View,
    scope: &Scope,
    wanted: &Wanted,
) -> app::Result<Vec<Value>> {
    let words = words(&wanted.text);
    let inboxes = scope.sight().map(|it| it.inboxes.iter().copied());
    let inboxes = inboxes.map(Iterator::collect::<Vec<_>>);
    let search = MessageSearch {
        words: &words,
        inboxes: inboxes.as_deref(),
        limit: PAGE,
        offset: wanted.offset,
    };
    let found = view.find_messages(scope.account_id, &search)?;
    let mut shown = Vec::new();
    for mut row in found {
        if let Some(found) = row.last_message.take() {
            let thread = conversations::thread(&edge.core.directory, row)?;
            shown.push(message(edge, &thread, found));
        }
    }
    Ok(shown)
}

fn message(edge: &Edge, thread: &Thread, message: domain::Message) -> Value {
    let spoken = conversations::spoken(&edge.core.directory, message);
    let mut shown = value!(rest::message(&edge.core, thread, &spoken));
    if let Some(all) = shown.as_object_mut() {
        let inbox = rest::slim_inbox(&edge.core, thread.conversation.inbox_id);
        all.insert("inbox".to_owned(), value!(inbox));
    }
    shown
}

#[expect(clippy::unnecessary_wraps, reason = "one of several alike")]
fn articles(_: &Edge, _: &dyn View, _: &Scope, _: &Wanted) -> app::Result<Vec<Value>> {
    Ok(Vec::new())
}

/// `GET …/conversations/search?q=&page=`: conversations in which something with these words was said; slim.
pub(super) async fn in_conversations(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let page = params.number("page")?.unwrap_or(1).clamp(1, 1_000_000);
    let filter = ConversationFilter {
        words: Some(words(&params.text("q")?.unwrap_or_default())),
        ..ConversationFilter::default()
    }
    .seen_by(&scope);
    let me = caller.agent.id;
    let page = (CONVERSATIONS, (page - 1) * CONVERSATIONS);
    let (rows, counts) = edge
        .core
        .store
        .view(|view| conversations::list(view, scope.account_id, &filter, me, page))?;
    let payload: Vec<Value> = rows
        .into_iter()
        .map(|row| slim(&edge, row))
        .collect::<app::Result<_>>()?;
    let body = value!({ "meta": rest::counts(counts), "payload": payload });
    Ok(json(StatusCode::OK, &body))
}

/// Conversations on a page.
const CONVERSATIONS: i64 = 25;

fn slim(edge: &Edge, mut row: ConversationRow) -> app::Result<Value> {
    let last = row.last_message.take();
    let thread = conversations::thread(&edge.core.directory, row)?;
    let said = last.map(|it| {
        let spoken = conversations::spoken(&edge.core.directory, it);
        let shown = rest::message(&edge.core, &thread, &spoken);
        let name = match &spoken.author {
            Some(agent) => agent.name.clone(),
            None => thread.contact.name.clone(),
        };
        value!({
            "id": shown.id,
            "content": shown.content,
            "message_type": shown.message_type,
            "created_at": shown.created_at,
            "sender_name": name,
        })
    });
    let it = &thread.conversation;
    let agent = thread.assignee.as_ref();
    Ok(value!({
        "id": it.number,
        "account_id": it.account_id.0,
        "inbox_id": it.inbox_id.0,
        "created_at": seconds(it.created_at),
        "messages": said.into_iter().collect::<Vec<_>>(),
        "contact": person(&thread),
        "agent": agent.map(|it| value!({ "id": it.id.0, "name": it.name })),
    }))
}
