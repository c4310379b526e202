//! What Meta brings: checked, its files fetched, and then all of it committed.

use std::sync::Arc;

use app::{
    Error,
    contacts::Told,
    messages::{self, Inbound, NewAttachment},
    ports::EarlyReport,
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use domain::{AttachmentKind, Direction, Inbox, Kind, MessageStatus, Timestamp};
use wire::{
    maytapi::extra::Extra,
    whatsapp_cloud::{
        signature,
        webhook::{Message, Post, Status, StatusKind, Value},
    },
};

use super::{CARRIER, inboxes};
use crate::{
    Edge,
    http::{BadBody, named, read_body},
};

/// Bytes of a post (Meta: up to 3 MB).
const BODY_BYTES: usize = 4 * 1024 * 1024;

type Answer = (StatusCode, String);

/// One thing to commit.
enum Item {
    Message(Arc<Inbox>, Box<Inbound>),
    Report(Arc<Inbox>, String, EarlyReport),
}

/// `POST`.
pub(super) async fn receive(State(edge): State<Edge>, headers: HeaderMap, body: Body) -> Answer {
    match taken(&edge, &headers, body).await {
        Ok(()) => (StatusCode::OK, String::new()),
        Err(refused) => refused,
    }
}

async fn taken(edge: &Edge, headers: &HeaderMap, body: Body) -> Result<(), Answer> {
    let refuse = |status, text: &str| (status, format!("{text}\n"));
    let body = read_body(body, BODY_BYTES).await.map_err(|bad| match bad {
        BadBody::TooLarge(_) => refuse(StatusCode::PAYLOAD_TOO_LARGE, "the post is too large"),
        BadBody::Broken => refuse(StatusCode::BAD_REQUEST, "the post broke off"),
    })?;
    let shown = named(headers, signature::HEADER).unwrap_or_default();
    let post = Post::parse(&body)
        .map_err(|_| refuse(StatusCode::BAD_REQUEST, "the post is not one of Meta's"))?;
    let all = inboxes(edge);
    let mut items = Vec::new();
    for value in post.values() {
        let mut ours = all.iter();
        let found = ours.find(|(_, it)| {
            !it.phone_number_id.is_empty() && it.phone_number_id == value.phone_number_id()
        });
        let signed = found.filter(|(_, it)| signature::fits(&it.app_secret, &body, shown));
        let (connected, _) = signed.ok_or_else(|| {
            refuse(
                StatusCode::UNAUTHORIZED,
                "the signature is not that of a number of ours",
            )
        })?;
        for message in &value.messages {
            let inbound = inbound(edge, connected, value, message).await;
            match inbound.map_err(|error| told(&error))? {
                Some(it) => items.push(Item::Message(connected.inbox.clone(), Box::new(it))),
                None => continue,
            }
        }
        for status in &value.statuses {
            if let Some(report) = report(status) {
                items.push(Item::Report(
                    connected.inbox.clone(),
                    status.id.clone(),
                    report,
                ));
            }
        }
    }
    let directory = edge.core.directory.clone();
    let committed = edge
        .core
        .store
        .transact(move |tx| {
            for item in &items {
                match item {
                    Item::Message(inbox, inbound) => {
                        messages::receive(tx, &directory, inbox, inbound)?;
                    }
                    Item::Report(inbox, id, report) => {
                        messages::report(tx, &directory, inbox, id, report)?;
                    }
                }
            }
            Ok(())
        })
        .await;
    committed.map_err(|error| told(&error))
}

/// A failure that may pass is told as one, so that Meta posts again.
fn told(error: &Error) -> Answer {
    let status = match error.kind() {
        Kind::Upstream | Kind::Unavailable | Kind::Broken => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    tracing::warn!(%error, "a post of the Cloud API was not taken");
    (status, format!("{}\n", error.public()))
}

/// A message as we take it in; `None` if it is there already, or says nothing that we know.
async fn inbound(
    edge: &Edge,
    connected: &app::directory::Connected,
    value: &Value,
    message: &Message,
) -> app::Result<Option<Inbound>> {
    let inbox = &connected.inbox;
    let known = edge
        .core
        .store
        .view(|view| view.find_message_by_external(inbox.id, Direction::In, &message.id))?;
    if known.is_some() || message.id.is_empty() || message.from.is_empty() {
        return Ok(None);
    }
    let mut attachments = Vec::new();
    if let Some(file) = message.file() {
        let fetcher = edge.files.get(CARRIER);
        let fetcher = fetcher.ok_or_else(|| Error::not_found("way to fetch files"))?;
        let kept = fetcher
            .fetch(&connected.settings, &file.id, file.filename.as_deref())
            .await?;
        let mut attachment = NewAttachment::of_file(kept);
        if file.voice {
            attachment.kind = AttachmentKind::Voice;
        } else if message.is_sticker() {
            attachment.kind = AttachmentKind::Sticker;
        }
        attachments.push(attachment);
    }
    if let Some(place) = &message.location {
        attachments.push(NewAttachment {
            kind: AttachmentKind::Location,
            file: None,
            title: place.name.clone(),
            coordinates: Some((place.latitude, place.longitude)),
            detail: None,
        });
    }
    for card in &message.contacts {
        let name = card["name"]["formatted_name"].as_str();
        attachments.push(NewAttachment {
            kind: AttachmentKind::Contact,
            file: None,
            title: name.map(str::to_owned),
            coordinates: None,
            detail: Some(card.to_string()),
        });
    }
    let said = message.said().map(|it| it.replace('\0', ""));
    let content = match (said, attachments.is_empty()) {
        (Some(said), _) => Some(said),
        (None, false) => None,
        // Better a word for it than silence.
        (None, true) => Some(format!("[{}]", message.kind)),
    };
    let reaction_to = message.reaction.as_ref().map(|it| it.message_id.clone());
    let extra = Extra {
        reaction_to: reaction_to.clone(),
        forwarded: message.is_forwarded(),
        ..Extra::default()
    };
    Ok(Some(Inbound {
        from: Told {
            source_id: message.from.clone(),
            name: value.name_of(&message.from).map(str::to_owned),
            phone: Some(format!("+{}", message.from)),
        },
        external_id: message.id.clone(),
        reply_to_external: reaction_to.or_else(|| message.answers().map(str::to_owned)),
        content,
        attachments,
        extra: extra.write(),
        sent_at: message
            .time()
            .and_then(|it| Timestamp::from_second(it).ok()),
    }))
}

fn report(status: &Status) -> Option<EarlyReport> {
    let failed = status.kind()? == StatusKind::Failed;
    Some(EarlyReport {
        status: match status.kind()? {
            StatusKind::Sent => MessageStatus::Sent,
            StatusKind::Delivered => MessageStatus::Delivered,
            StatusKind::Read => MessageStatus::Read,
            StatusKind::Failed => MessageStatus::Failed,
        },
        error: failed.then(|| status.reason()).flatten(),
    })
}
