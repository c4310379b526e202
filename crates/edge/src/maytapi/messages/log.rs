//! `GET logs`: what was said lately through the product's phones.

use app::ports::View;
use axum::{extract::State, http::StatusCode};
use domain::{Direction, Entry, Event, MessageStatus};
use serde_json::{Value, json};
use wire::maytapi::answers::{Log, LogKind, Logs, Success};

use crate::{
    Edge,
    http::json as answer,
    maytapi::{
        bot::Bot,
        errors::Answer,
        is_phone,
        to_wire::{message, user},
    },
};

/// Entries that one answer has at most.
const SHOWN: usize = 100;
/// Entries of the journal that it looks back on.
const LOOKED_AT: i64 = 5_000;

/// The newest first.
pub(in crate::maytapi) async fn logs(State(edge): State<Edge>, bot: Bot) -> Answer {
    let entries = edge.core.store.view(newest)?;
    let mut list = Vec::new();
    for entry in entries.iter().rev() {
        if list.len() < SHOWN
            && entry.account_id == bot.account_id
            && let Some(log) = log(&edge, &bot, entry)
        {
            list.push(log);
        }
    }
    let logs = Logs {
        count: list.len().to_string(),
        list,
    };
    Ok(answer(StatusCode::OK, &Success::with(logs)))
}

fn newest(view: &dyn View) -> app::Result<Vec<Entry>> {
    let head = view.journal_head()?;
    view.read_journal((head - LOOKED_AT).max(0), LOOKED_AT)
}

fn log<'a>(edge: &Edge, bot: &'a Bot, entry: &Entry) -> Option<Log<'a, Value>> {
    let (thread, spoken, failed) = match &entry.event {
        Event::MessageCreated { thread, spoken } => (thread, spoken, false),
        Event::MessageUpdated {
            thread,
            spoken,
            was,
        } => {
            let status = spoken.message.status;
            let failed = status == MessageStatus::Failed && *was != status;
            failed.then_some((thread, spoken, true))?
        }
        _ => return None,
    };
    let said = &spoken.message;
    if !is_phone(&thread.inbox) || said.private || said.direction == Direction::Activity {
        return None;
    }
    let kind = match (failed, said.direction) {
        (true, _) => LogKind::Error,
        (false, Direction::In) => LogKind::Incoming,
        (false, _) => LogKind::Outgoing,
    };
    let body = json!({
        "type": "message",
        "message": message(&edge.core, said),
        "user": user(thread, said),
        "conversation": thread.address.source_id,
        "timestamp": said.sent_at.as_second(),
    });
    Some(Log {
        id: said.id.0,
        pid: &bot.product_id,
        phone: thread.inbox.id.0,
        created_at: said.created_at.to_string(),
        updated_at: said.updated_at.to_string(),
        kind,
        data: json!({ "body": body, "error": said.error }),
    })
}
