//! The files of a conversation (onechat.md, 4.3, `attachments`).

use app::{
    conversations,
    ports::{MessagePage, View},
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use serde_json::{Value, json as value};

use super::{
    caller::Caller,
    errors::Answer,
    given::Given,
    path::Path,
    to_wire::{Audience, push, seconds},
};
use crate::{Edge, http::json};

/// Files on a page.
const PAGE: usize = 100;
/// The newest messages of a conversation whose files are listed.
const MESSAGES: i64 = 10_000;

/// `GET …/conversations/{n}/attachments?page=`: the newest first.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, number)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.within(account)?;
    let params = Given::read(&edge, request).await?.params;
    let page = params.number("page")?.unwrap_or(1).clamp(1, MESSAGES);
    let page = usize::try_from(page).unwrap_or(1) - 1;
    let newest = MessagePage {
        before: None,
        after: None,
        limit: MESSAGES,
    };
    let (row, found) = edge.core.store.view(|view: &dyn View| {
        let row = conversations::load(view, &scope, number)?;
        let found = view.list_messages(row.conversation.id, newest)?;
        Ok((row, found))
    })?;
    let (core, directory) = (&edge.core, &edge.core.directory);
    let thread = conversations::thread(directory, row)?;
    let with_files = found
        .into_iter()
        .rev()
        .filter(|it| !it.attachments.is_empty());
    let all: Vec<(_, usize)> = with_files
        .flat_map(|it| {
            let files = it.attachments.len();
            let spoken = std::sync::Arc::new(conversations::spoken(directory, it));
            (0..files).map(move |index| (spoken.clone(), index))
        })
        .collect();
    let shown = all.iter().skip(page * PAGE).take(PAGE);
    let payload = shown.filter_map(|(spoken, index)| {
        let file = push::attachments(core, &spoken.message)
            .into_iter()
            .nth(*index)?;
        let mut told = serde_json::to_value(file).ok()?;
        let fields = told.as_object_mut()?;
        let sender = push::sender(core, &thread, spoken, Audience::Agents);
        fields.insert(
            "created_at".to_owned(),
            value!(seconds(spoken.message.created_at)),
        );
        fields.insert("sender".to_owned(), value!(sender));
        Some(told)
    });
    let payload: Vec<Value> = payload.collect();
    let body = value!({ "meta": { "total_count": all.len() }, "payload": payload });
    Ok(json(StatusCode::OK, &body))
}
