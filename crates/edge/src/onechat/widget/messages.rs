//! What visitor and agents said, and what the visitor says.

use app::{
    contacts::Change,
    conversations::{self, Relabel},
    messages::{self, Words},
    ports::{HistoryPage, Tx, View},
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use domain::MessageId;
use serde_json::json as value;
use wire::onechat::{errors::Refusal, json::joined};

use super::{
    conversations::began,
    labels,
    visitor::{Visitor, Widget, seen_by},
};
use crate::{
    Edge,
    http::{json, named},
    onechat::{
        client::{self, identify, is_for_contact, submitted},
        errors::Answer,
        given::Given,
        may_write,
        path::Path,
        to_wire::maybe_seconds,
    },
};

/// Messages on a page, and those that come after one.
const PAGE: i64 = 20;
const AFTER: i64 = 200;
/// Bytes of a file that a visitor sends.
const FILE_BYTES: i64 = 40 * 1024 * 1024;

/// `GET …/messages?before=&after=`: ascending.
pub(super) async fn list(State(edge): State<Edge>, request: Request) -> Answer {
    let headers = request.headers().clone();
    let params = Given::read(&edge, request).await?.params;
    let visitor = Visitor::find(&edge, &headers, &params)?;
    let after = params.number("after")?.map(MessageId);
    let page = HistoryPage {
        forward: after.is_some(),
        beyond: after.or(params.number("before")?.map(MessageId)),
        limit: if after.is_some() { AFTER } else { PAGE },
        ..HistoryPage::default()
    };
    let found = edge.core.store.view(|view: &dyn View| {
        let Some(row) = visitor.last(view)? else {
            return Ok(None);
        };
        let said = view.list_history(row.conversation.id, &page)?;
        Ok(Some((row, said)))
    })?;
    let Some((row, mut said)) = found else {
        let none = value!({ "payload": [], "meta": { "contact_last_seen_at": 0 } });
        return Ok(json(StatusCode::OK, &none));
    };
    if !page.forward {
        said.reverse();
    }
    let directory = &edge.core.directory;
    let seen = maybe_seconds(row.conversation.contact_last_seen_at);
    let thread = conversations::thread(directory, row)?;
    let payload: Vec<_> = said
        .into_iter()
        .map(|it| client::message(&edge.core, &thread, &conversations::spoken(directory, it)))
        .collect();
    let body = value!({ "payload": payload, "meta": { "contact_last_seen_at": seen } });
    Ok(json(StatusCode::OK, &body))
}

/// `POST …/messages {message: {content, echo_id, attachments[], referer_url, timestamp}}`: begins a conversation if
/// there is none. The same `Idempotency-Key` is the same message.
pub(super) async fn create(State(edge): State<Edge>, request: Request) -> Answer {
    let headers = request.headers().clone();
    let key = named(&headers, "idempotency-key").map(str::to_owned);
    // Whoever is not known should not upload either.
    let mut early = wire::onechat::Params::default();
    let query = crate::http::pairs(request.uri().query().unwrap_or_default().as_bytes());
    early.add_pairs(query.iter().map(|(k, v)| (k.as_str(), v.as_str())));
    let visitor = Visitor::find(&edge, &headers, &early)?;
    if let Some(row) = edge.core.store.view(|view| visitor.last(view))? {
        may_write(&edge, row.conversation.id)?;
    }
    let given = Given::read(&edge, request).await?;
    let said = say(&edge, &headers, &given, key).await;
    if !matches!(&said, Ok(said) if said.fresh) {
        given.forget(&edge).await;
    }
    let said = said?;
    Ok(json(
        StatusCode::OK,
        &client::message(&edge.core, &said.thread, &said.spoken),
    ))
}

async fn say(
    edge: &Edge,
    headers: &axum::http::HeaderMap,
    given: &Given,
    key: Option<String>,
) -> Answer<messages::Sent> {
    let visitor = Visitor::find(edge, headers, &given.params)?;
    let mut files = given.files.iter().filter_map(|it| it.file.as_ref());
    if files.any(|it| it.bytes > FILE_BYTES) {
        let text = "a file has at most 40 megabytes";
        return Err(Refusal::unprocessable(text).into());
    }
    let message = given.params.within("message");
    let details = began(&given.params, headers)?;
    let words = Words {
        content: message.text("content")?,
        attachments: given.files.clone(),
        reply_to: message.number("reply_to")?.map(MessageId),
        client_key: key,
        echo: message.text("echo_id")?,
        replies: visitor.widget.replies(edge),
        ..Words::default()
    };
    let directory = edge.core.directory.clone();
    let labels = given.params.texts("labels")?;
    let labels = labels::known(&directory, &visitor.scope, &labels);
    let say = move |tx: &mut dyn Tx| {
        let (number, begins) = visitor.current(tx, &directory, &visitor.contact, &details)?;
        if begins && !labels.is_empty() {
            let wanted = Relabel::Add(labels.clone());
            conversations::label(tx, &directory, &visitor.scope, number, &wanted)?;
        }
        messages::say(tx, &directory, &visitor.scope, number, &words)
    };
    Ok(edge.core.store.transact(say).await?)
}

/// `PATCH …/messages/{id}`: an e-mail address, or what was filled in.
pub(super) async fn update(
    State(edge): State<Edge>,
    Path(message): Path<i64>,
    request: Request,
) -> Answer {
    let headers = request.headers().clone();
    let params = Given::read(&edge, request).await?.params;
    let visitor = Visitor::find(&edge, &headers, &params)?;
    let number = visitor.conversation(&edge)?.conversation.number;
    let email = params.within("contact").text("email")?;
    let said = email.as_deref().map(|it| it.trim().to_lowercase());
    let told = match &email {
        Some(email) => Some(value!({ "submitted_email": email }).to_string()),
        None => submitted(&params.within("message")),
    };
    let directory = edge.core.directory.clone();
    let Visitor {
        scope,
        contact,
        address,
        widget: Widget { .. },
    } = visitor;
    let answer = move |tx: &mut dyn Tx| {
        let id = MessageId(message);
        messages::annotate(tx, &directory, &scope, number, id, |message| {
            if !is_for_contact(message) {
                return Err(app::Error::not_found("message"));
            }
            let kept = message.extra.as_deref().unwrap_or("{}");
            Ok(match &told {
                Some(told) => Some(joined(kept, told)),
                None => message.extra.clone(),
            })
        })?;
        let change = Change {
            email: email.clone(),
            ..Change::default()
        };
        identify(tx, &directory, &scope, &contact, change)
    };
    let contact = edge.core.store.transact(answer).await?;
    let mut seen = seen_by(&edge, &address, &contact);
    // What they just said is no secret.
    seen.email = seen
        .email
        .or_else(|| said.filter(|it| Some(it) == contact.email.as_ref()));
    let body = value!({ "contact": client::contact_row(&seen) });
    Ok(json(StatusCode::OK, &body))
}
