//! `GET logs`: what was said lately through the product's phones.

use std::{cmp::Reverse, sync::Arc};

use app::{
    messages::is_deleted,
    ports::{ConversationRow, MessagePage, RecentPage, View},
};
use axum::{extract::State, http::StatusCode};
use domain::{AccountId, Direction, Inbox, Message, MessageStatus, Timestamp};
use serde_json::{Value, json};
use wire::maytapi::{
    Form,
    answers::{Log, LogKind, Logs, Success},
};

use crate::{
    Edge,
    http::json as answer,
    maytapi::{
        bot::Bot,
        errors::Answer,
        to_wire::{Place, incoming},
        webhook::of_product,
    },
};

/// Entries that one answer has at most.
const SHOWN: usize = 100;
/// Conversations that are looked at together, the latest active first,
const TOGETHER: i64 = 100;
/// and how often, of an account whose phones are the least of it.
const LOOKS: usize = 20;

/// Something that a log tells of: a message that was said, or that it failed.
struct Told {
    at: Timestamp,
    kind: LogKind,
    inbox: Arc<Inbox>,
    row: ConversationRow,
    message: Message,
}

/// The newest first.
pub(in crate::maytapi) async fn logs(State(edge): State<Edge>, bot: Bot) -> Answer {
    let phones = bot.phones(&edge);
    let newest = edge
        .core
        .store
        .view(|view| newest(view, bot.account_id, &phones))?;
    let webhook = of_product(&edge, bot.account_id, None).map(|it| it.url.clone());
    let list: Vec<_> = newest
        .iter()
        .map(|it| log(&edge, &bot, it, webhook.as_deref()))
        .collect();
    let logs = Logs {
        count: list.len().to_string(),
        list,
    };
    Ok(answer(StatusCode::OK, &Success::with(logs)))
}

/// What was said last is in the conversations that were active last, so that no other is looked at.
fn newest(view: &dyn View, account: AccountId, phones: &[Arc<Inbox>]) -> app::Result<Vec<Told>> {
    let mut found: Vec<Told> = Vec::new();
    let mut page = RecentPage {
        limit: TOGETHER,
        ..RecentPage::default()
    };
    for _ in 0..LOOKS {
        let rows = view.list_recent(account, &page)?;
        let Some(last) = rows.last() else { break };
        page.before = Some((last.conversation.last_activity_at, last.conversation.id));
        for row in rows {
            let full = found.len() == SHOWN;
            let since = found.last().map(|it| it.at);
            if full && since > Some(row.conversation.last_activity_at) {
                return Ok(found);
            }
            let mut phones = phones.iter();
            if let Some(inbox) = phones.find(|it| it.id == row.address.inbox_id) {
                said(view, inbox, &row, &mut found)?;
            }
        }
    }
    Ok(found)
}

/// Adds what was said in a conversation, as far as it is new enough.
fn said(
    view: &dyn View,
    inbox: &Arc<Inbox>,
    row: &ConversationRow,
    found: &mut Vec<Told>,
) -> app::Result<()> {
    let page = MessagePage {
        limit: i64::try_from(SHOWN).unwrap_or(i64::MAX),
        ..MessagePage::default()
    };
    for message in view.list_messages(row.conversation.id, page)? {
        if message.private || message.direction == Direction::Activity || is_deleted(&message) {
            continue;
        }
        let told = |at, kind| Told {
            at,
            kind,
            inbox: inbox.clone(),
            row: row.clone(),
            message: message.clone(),
        };
        found.push(match message.direction {
            Direction::In => told(message.created_at, LogKind::Incoming),
            _ => told(message.created_at, LogKind::Outgoing),
        });
        if message.status == MessageStatus::Failed {
            found.push(told(message.updated_at, LogKind::Error));
        }
    }
    found.sort_by_key(|it| Reverse(it.at));
    found.truncate(SHOWN);
    Ok(())
}

fn log<'a>(edge: &Edge, bot: &'a Bot, told: &Told, webhook: Option<&str>) -> Log<'a, Value> {
    let said = &told.message;
    let place = Place {
        inbox: &told.inbox,
        contact: &told.row.contact,
        address: &told.row.address,
    };
    let body = incoming(&edge.core, &bot.product_id, place, said).to_json(Form::Current);
    let body: Option<Value> = body.ok().and_then(|it| serde_json::from_str(&it).ok());
    Log {
        id: said.id.0,
        pid: &bot.product_id,
        phone: told.inbox.id.0,
        created_at: said.created_at.to_string(),
        updated_at: said.updated_at.to_string(),
        kind: told.kind,
        data: json!({ "body": body, "webhook": webhook.unwrap_or_default(), "error": said.error }),
    }
}
