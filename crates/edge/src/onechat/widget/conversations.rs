//! The visitor's conversation, which is the last one.

use app::{
    conversations::{self, NewStatus},
    messages::{self, Words},
    ports::{HistoryPage, Tx},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use domain::{Conversation, ConversationStatus, Details};
use serde_json::{Value, json as value};
use wire::onechat::{
    Params,
    json::{joined, keyed, without},
};

use super::{
    browser,
    visitor::{Visitor, seen_by},
};
use crate::{
    Edge,
    http::json,
    onechat::{
        client::{contact_row, identify, message, told},
        errors::Answer,
        given::Given,
        to_wire::{conversation_status, maybe_seconds},
        transcript,
        typing::{self, Typist},
    },
};

/// Messages shown with a new conversation.
const SHOWN: i64 = 20;

/// The visitor who calls, and what they told.
pub(super) async fn visit(edge: &Edge, request: Request) -> Answer<(Visitor, Params)> {
    let headers = request.headers().clone();
    let params = Given::read(edge, request).await?.params;
    let visitor = Visitor::find(edge, &headers, &params)?;
    Ok((visitor, params))
}

/// `GET …/conversations`: the last one, or `{}`.
pub(super) async fn show(State(edge): State<Edge>, request: Request) -> Answer {
    let (visitor, _) = visit(&edge, request).await?;
    let found = edge.core.store.view(|view| visitor.last(view))?;
    let body = match found {
        None => value!({}),
        Some(row) => shown(&row.conversation),
    };
    Ok(json(StatusCode::OK, &body))
}

/// A conversation as its visitor sees it.
pub(super) fn shown(it: &Conversation) -> Value {
    value!({
        "id": it.number,
        "inbox_id": it.inbox_id.0,
        "contact_last_seen_at": maybe_seconds(it.contact_last_seen_at),
        "status": conversation_status(it.status),
    })
}

/// Where a conversation began, from what a page tells with its first message.
pub(super) fn began(params: &Params, headers: &HeaderMap) -> Answer<Details> {
    let message = params.within("message");
    let referer = message.text("referer_url")?.filter(|it| it.len() <= 2_000);
    let timestamp = message.text("timestamp")?.filter(|it| it.len() <= 200);
    let mut about = browser::told(headers);
    if let Some(referer) = referer {
        about.insert("referer".to_owned(), referer.into());
    }
    if let Some(timestamp) = timestamp {
        let at = value!({ "timestamp": timestamp });
        about.insert("initiated_at".to_owned(), at);
    }
    let custom = params.object("custom_attributes")?;
    let custom = custom.filter(|it| it != "{}" && it.len() <= app::limits::ATTRIBUTES_BYTES);
    Ok(Details {
        custom_attributes: custom,
        additional_attributes: Some(Value::Object(about).to_string()),
        ..Details::default()
    })
}

/// `POST …/conversations`: the first words, with what the visitor told before.
pub(super) async fn create(State(edge): State<Edge>, request: Request) -> Answer {
    let headers = request.headers().clone();
    let (visitor, params) = visit(&edge, request).await?;
    let mut known = told(&params.within("contact"))?;
    known.identifier = None;
    let details = began(&params, &headers)?;
    let content = params.within("message").text("content")?;
    let (replies, address) = (visitor.widget.replies(&edge), visitor.address.clone());
    let directory = edge.core.directory.clone();
    let begin = move |tx: &mut dyn Tx| {
        let contact = identify(
            tx,
            &directory,
            &visitor.scope,
            &visitor.contact,
            known.clone(),
        )?;
        let (number, _) = visitor.current(tx, &directory, &contact, &details)?;
        let words = Words {
            content: content.clone(),
            replies: replies.clone(),
            ..Words::default()
        };
        if content.as_ref().is_some_and(|it| !it.is_empty()) {
            messages::say(tx, &directory, &visitor.scope, number, &words)?;
        }
        let row = conversations::load(tx, &visitor.scope, number)?;
        let page = HistoryPage {
            limit: SHOWN,
            ..HistoryPage::default()
        };
        let mut said = tx.list_history(row.conversation.id, &page)?;
        said.reverse();
        Ok((contact, conversations::thread(&directory, row)?, said))
    };
    let (contact, thread, said) = edge.core.store.transact(begin).await?;
    let it = &thread.conversation;
    let said: Vec<_> = said
        .into_iter()
        .map(|it| {
            let spoken = conversations::spoken(&edge.core.directory, it);
            message(&edge.core, &thread, &spoken)
        })
        .collect();
    let body = value!({
        "id": it.number,
        "inbox_id": it.inbox_id.0,
        "contact_last_seen_at": maybe_seconds(it.contact_last_seen_at),
        "status": conversation_status(it.status),
        "messages": said,
        "custom_attributes": {},
        "contact": contact_row(&seen_by(&edge, &address, &contact)),
    });
    Ok(json(StatusCode::OK, &body))
}

/// `POST …/conversations/update_last_seen`.
pub(super) async fn update_last_seen(State(edge): State<Edge>, request: Request) -> Answer {
    let (visitor, _) = visit(&edge, request).await?;
    let number = visitor.conversation(&edge)?.conversation.number;
    let (directory, scope) = (edge.core.directory.clone(), visitor.scope);
    edge.core
        .store
        .transact(move |tx| conversations::read(tx, &directory, &scope, number))
        .await?;
    Ok(nothing())
}

/// `POST …/conversations/toggle_typing {typing_status}`.
pub(super) async fn toggle_typing(State(edge): State<Edge>, request: Request) -> Answer {
    let (visitor, params) = visit(&edge, request).await?;
    let row = visitor.conversation(&edge)?;
    let word = params.text("typing_status")?.unwrap_or_default();
    typing::tell(&edge, row, Typist::Contact, &word, false).await?;
    Ok(nothing())
}

/// `POST …/conversations/transcript`: to the visitor's own address, and to no other.
pub(super) async fn send_transcript(State(edge): State<Edge>, request: Request) -> Answer {
    let (visitor, _) = visit(&edge, request).await?;
    let row = visitor.conversation(&edge)?;
    let email = visitor.contact.email.clone().unwrap_or_default();
    transcript::mail(&edge, visitor.scope, &row, &email).await
}

/// `GET …/conversations/toggle_status`: the visitor is done with it.
pub(super) async fn resolve(State(edge): State<Edge>, request: Request) -> Answer {
    let (visitor, _) = visit(&edge, request).await?;
    let number = visitor.conversation(&edge)?.conversation.number;
    let (directory, scope) = (edge.core.directory.clone(), visitor.scope);
    let resolve = move |tx: &mut dyn Tx| {
        let done = NewStatus::To(ConversationStatus::Resolved, None);
        conversations::set_status(tx, &directory, &scope, number, done)
    };
    edge.core.store.transact(resolve).await?;
    Ok(nothing())
}

/// `POST …/conversations/set_custom_attributes {custom_attributes}`: over those that are kept.
pub(super) async fn set_custom_attributes(State(edge): State<Edge>, request: Request) -> Answer {
    let (visitor, params) = visit(&edge, request).await?;
    let told = params.object("custom_attributes")?.unwrap_or_default();
    alter(&edge, visitor, move |kept| joined(kept, &told)).await
}

/// `POST …/conversations/destroy_custom_attributes {custom_attribute: [key]}`.
pub(super) async fn destroy_custom_attributes(
    State(edge): State<Edge>,
    request: Request,
) -> Answer {
    let (visitor, params) = visit(&edge, request).await?;
    let mut keys = params.texts("custom_attribute")?;
    keys.extend(params.texts("custom_attributes")?);
    alter(&edge, visitor, move |kept| without(kept, &keyed(&keys))).await
}

async fn alter(
    edge: &Edge,
    visitor: Visitor,
    change: impl Fn(&str) -> String + Send + 'static,
) -> Answer {
    let number = visitor.conversation(edge)?.conversation.number;
    let (directory, scope) = (edge.core.directory.clone(), visitor.scope);
    let describe = move |tx: &mut dyn Tx| {
        conversations::describe(tx, &directory, &scope, number, |details| {
            let kept = details.custom_attributes.as_deref().unwrap_or("{}");
            let now = change(kept);
            if now.len() > app::limits::ATTRIBUTES_BYTES {
                let text = "custom_attributes are too long";
                return Err(app::Error::refused(domain::Kind::Invalid, text));
            }
            details.custom_attributes = Some(now).filter(|it| it != "{}");
            Ok(())
        })
    };
    edge.core.store.transact(describe).await?;
    Ok(nothing())
}

fn nothing() -> Response {
    StatusCode::OK.into_response()
}
