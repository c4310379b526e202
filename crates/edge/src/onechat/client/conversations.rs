//! The contact's conversations: listed, begun, shown, resolved; its typing and its having read.

use app::{
    conversations::{self, NewConversation, NewStatus},
    ports::{ConversationRow, MessagePage, Tx, View},
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{ConversationStatus, Details, Message};

use super::{
    errors::Answer,
    seat::{Path, Seat},
    to_wire,
};
use crate::{
    Edge,
    http::json,
    onechat::{
        given::Given,
        typing::{self, Typist},
    },
};

/// Conversations in a list, newest first.
const LISTED: i64 = 20;
/// Messages shown in each conversation of a list, from the newest.
const LISTED_MESSAGES: i64 = 100;
/// Messages shown in one conversation, from the newest.
const SHOWN_MESSAGES: i64 = 1_000;

/// `GET …/conversations`: a bare array of the newest, oldest first. One statement, and one for each.
pub(super) async fn list(
    State(edge): State<Edge>,
    Path((identifier, source_id)): Path<(String, String)>,
) -> Answer {
    let seat = Seat::find(&edge, &identifier, &source_id)?;
    let with = seat.with();
    let mut all = edge.core.store.view(|view| {
        let rows = view.list_conversations_with(with, LISTED)?;
        rows.into_iter()
            .map(|row| {
                let page = MessagePage {
                    limit: LISTED_MESSAGES,
                    ..MessagePage::default()
                };
                let said = view.list_messages(row.conversation.id, page)?;
                told(&edge, row, said)
            })
            .collect::<app::Result<Vec<_>>>()
    })?;
    all.reverse();
    Ok(json(StatusCode::OK, &all))
}

/// `POST …/conversations`: a new one, unless the inbox has one for ever.
pub(super) async fn create(
    State(edge): State<Edge>,
    Path((identifier, source_id)): Path<(String, String)>,
    request: Request,
) -> Answer {
    let seat = Seat::find(&edge, &identifier, &source_id)?;
    let params = Given::read(&edge, request).await?.params;
    let attributes = params
        .object("custom_attributes")?
        .filter(|text| text != "{}");
    if attributes
        .as_ref()
        .is_some_and(|it| it.len() > app::limits::ATTRIBUTES_BYTES)
    {
        let text = "custom_attributes are too long";
        return Err(app::Error::refused(domain::Kind::Invalid, text).into());
    }
    let locked = seat.door.settings.lock_to_single_conversation;
    let with = app::ports::With::Address(seat.address.id);
    let new = NewConversation {
        details: Details {
            custom_attributes: attributes,
            ..Details::default()
        },
        ..NewConversation::default()
    };
    let (directory, scope, inbox) = (
        edge.core.directory.clone(),
        seat.scope.clone(),
        seat.door.inbox.clone(),
    );
    let seated = (seat.address.clone(), seat.contact.clone());
    let begin = move |tx: &mut dyn Tx| {
        let last = tx.list_conversations_with(with, 1)?;
        match last.first().filter(|_| locked) {
            Some(row) => Ok(row.conversation.number),
            None => {
                let new =
                    conversations::create(tx, &directory, &scope, &inbox, seated.clone(), &new);
                Ok(new?.conversation.number)
            }
        }
    };
    let number = edge.core.store.transact(begin).await?;
    shown(&edge, &seat, number)
}

/// `GET …/conversations/{n}`.
pub(super) async fn show(
    State(edge): State<Edge>,
    Path((identifier, source_id, number)): Path<(String, String, i64)>,
) -> Answer {
    let seat = Seat::find(&edge, &identifier, &source_id)?;
    shown(&edge, &seat, number)
}

/// `POST …/toggle_status`: a contact can only be done with it.
pub(super) async fn resolve(
    State(edge): State<Edge>,
    Path((identifier, source_id, number)): Path<(String, String, i64)>,
) -> Answer {
    let seat = Seat::find(&edge, &identifier, &source_id)?;
    seat.checked(&edge, number)?;
    let (directory, scope) = (edge.core.directory.clone(), seat.scope.clone());
    let resolve = move |tx: &mut dyn Tx| {
        let done = NewStatus::To(ConversationStatus::Resolved, None);
        conversations::set_status(tx, &directory, &scope, number, done)
    };
    edge.core.store.transact(resolve).await?;
    shown(&edge, &seat, number)
}

/// `POST …/toggle_typing {typing_status}`: anything but `on` and `off` does nothing.
pub(super) async fn toggle_typing(
    State(edge): State<Edge>,
    Path((identifier, source_id, number)): Path<(String, String, i64)>,
    request: Request,
) -> Answer {
    let seat = Seat::find(&edge, &identifier, &source_id)?;
    let params = Given::read(&edge, request).await?.params;
    let row = seat.checked(&edge, number)?;
    let word = params.text("typing_status")?.unwrap_or_default();
    typing::tell(&edge, row, Typist::Contact, &word, false).await?;
    Ok(nothing())
}

/// `POST …/update_last_seen`.
pub(super) async fn update_last_seen(
    State(edge): State<Edge>,
    Path((identifier, source_id, number)): Path<(String, String, i64)>,
) -> Answer {
    let seat = Seat::find(&edge, &identifier, &source_id)?;
    seat.checked(&edge, number)?;
    let (directory, scope) = (edge.core.directory.clone(), seat.scope.clone());
    edge.core
        .store
        .transact(move |tx| conversations::read(tx, &directory, &scope, number))
        .await?;
    Ok(nothing())
}

/// An empty 200.
pub(super) fn nothing() -> Response {
    StatusCode::OK.into_response()
}

fn shown(edge: &Edge, seat: &Seat, number: i64) -> Answer {
    let (row, messages) = edge.core.store.view(|view: &dyn View| {
        let row = seat.conversation(view, number)?;
        let page = MessagePage {
            limit: SHOWN_MESSAGES,
            ..MessagePage::default()
        };
        let messages = view.list_messages(row.conversation.id, page)?;
        Ok((row, messages))
    })?;
    Ok(json(StatusCode::OK, &told(edge, row, messages)?))
}

fn told(
    edge: &Edge,
    row: ConversationRow,
    messages: Vec<Message>,
) -> app::Result<wire::onechat::client::Conversation> {
    let directory = &edge.core.directory;
    let thread = conversations::thread(directory, row)?;
    let spoken = messages
        .into_iter()
        .filter(to_wire::is_for_contact)
        .map(|it| conversations::spoken(directory, it));
    Ok(to_wire::conversation(&edge.core, &thread, spoken))
}
