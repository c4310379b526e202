//! What contact and agents said to one another, and what the contact says.

use app::{
    conversations,
    messages::{self, Words},
    ports::{HistoryPage, Tx, View},
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use domain::MessageId;
use wire::onechat::{Params, json::joined};

use super::{
    errors::Answer,
    seat::{Path, Seat},
    to_wire,
};
use crate::{
    Edge,
    http::{json, named},
    onechat::{given::Given, may_write, settings::API},
};

/// Messages on a page.
const PAGE: i64 = 20;

/// `GET …/messages?before=`: a bare array, the newest 20 or the 20 before a message, ascending.
pub(super) async fn list(
    State(edge): State<Edge>,
    Path((identifier, source_id, number)): Path<(String, String, i64)>,
    request: Request,
) -> Answer {
    let seat = Seat::find(&edge, &identifier, &source_id)?;
    let params = Given::read(&edge, request).await?.params;
    let page = HistoryPage {
        beyond: params.number("before")?.map(MessageId),
        limit: PAGE,
        ..HistoryPage::default()
    };
    let (row, mut found) = edge.core.store.view(|view: &dyn View| {
        let row = seat.conversation(view, number)?;
        let found = view.list_history(row.conversation.id, &page)?;
        Ok((row, found))
    })?;
    found.reverse();
    let directory = &edge.core.directory;
    let thread = conversations::thread(directory, row)?;
    let all: Vec<_> = found
        .into_iter()
        .map(|it| to_wire::message(&edge.core, &thread, &conversations::spoken(directory, it)))
        .collect();
    Ok(json(StatusCode::OK, &all))
}

/// `POST …/messages`. The `echo_id` is told back on the socket, not here. With an `Idempotency-Key` header the same
/// key is the same message.
pub(super) async fn create(
    State(edge): State<Edge>,
    Path((identifier, source_id, number)): Path<(String, String, i64)>,
    request: Request,
) -> Answer {
    let seat = Seat::find(&edge, &identifier, &source_id)?;
    let row = seat.checked(&edge, number)?;
    may_write(&edge, row.conversation.id)?;
    let key = named(request.headers(), "idempotency-key").map(str::to_owned);
    let given = Given::read(&edge, request).await?;
    let sent = say(&edge, &seat, number, &given, key).await;
    if !matches!(&sent, Ok(sent) if sent.fresh) {
        given.forget(&edge).await;
    }
    let sent = sent?;
    Ok(json(
        StatusCode::OK,
        &to_wire::message(&edge.core, &sent.thread, &sent.spoken),
    ))
}

async fn say(
    edge: &Edge,
    seat: &Seat,
    number: i64,
    given: &Given,
    key: Option<String>,
) -> Answer<messages::Sent> {
    let words = Words {
        content: given.params.text("content")?,
        attachments: given.files.clone(),
        client_key: key,
        echo: given.params.text("echo_id")?,
        replies: seat.door.settings.replies(API, edge.core.clock.now()),
        ..Words::default()
    };
    let (directory, scope) = (edge.core.directory.clone(), seat.scope.clone());
    let say = move |tx: &mut dyn Tx| messages::say(tx, &directory, &scope, number, &words);
    Ok(edge.core.store.transact(say).await?)
}

/// `PATCH …/messages/{id}`: what the contact filled in or chose.
pub(super) async fn update(
    State(edge): State<Edge>,
    Path((identifier, source_id, number, message)): Path<(String, String, i64, i64)>,
    request: Request,
) -> Answer {
    let seat = Seat::find(&edge, &identifier, &source_id)?;
    seat.checked(&edge, number)?;
    let params = Given::read(&edge, request).await?.params;
    let submitted = submitted(&params);
    let (directory, scope) = (edge.core.directory.clone(), seat.scope.clone());
    let answer = move |tx: &mut dyn Tx| {
        let id = MessageId(message);
        messages::annotate(tx, &directory, &scope, number, id, |message| {
            if !to_wire::is_for_contact(message) {
                return Err(app::Error::not_found("message"));
            }
            Ok(match &submitted {
                Some(told) => Some(joined(message.extra.as_deref().unwrap_or("{}"), told)),
                None => message.extra.clone(),
            })
        })
    };
    let (thread, spoken) = edge.core.store.transact(answer).await?;
    Ok(json(
        StatusCode::OK,
        &to_wire::message(&edge.core, &thread, &spoken),
    ))
}

/// What was submitted as an object of content attributes, if anything was.
pub(in crate::onechat) fn submitted(params: &Params) -> Option<String> {
    let values = params.value("submitted_values")?.clone();
    let told = serde_json::json!({ "submitted_values": values }).to_string();
    (told.len() <= app::limits::ATTRIBUTES_BYTES).then_some(told)
}
