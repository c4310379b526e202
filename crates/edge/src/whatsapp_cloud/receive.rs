//! What Meta brings: checked, its files fetched, and then all of it committed.

use std::sync::Arc;

use app::{
    Error,
    contacts::Told,
    directory::Connected,
    inboxes as app_inboxes,
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
        webhook::{File, Message, Post, Status, StatusKind, Value, What},
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
    /// Nothing of a number's is taken any more, for this reason.
    ShutOut(Connected, String),
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
    let not_metas = |_| refuse(StatusCode::BAD_REQUEST, "the post is not one of Meta's");
    let post = Post::parse(&body).map_err(not_metas)?;
    let mut signed = inboxes(edge);
    signed.retain(|(_, it)| signature::fits(&it.app_secret, &body, shown));
    if signed.is_empty() {
        let text = "the signature is not that of a number of ours";
        return Err(refuse(StatusCode::UNAUTHORIZED, text));
    }
    let mut items = Vec::new();
    for (account, what) in post.all().map_err(not_metas)? {
        let value = match what {
            What::Messages(value) => value,
            What::ShutOut(why) => {
                let all = signed.iter().filter(|(_, it)| {
                    !it.business_account_id.is_empty() && it.business_account_id == account
                });
                items.extend(all.map(|(it, _)| Item::ShutOut(it.clone(), why.clone())));
                continue;
            }
            What::Other => continue,
        };
        let number = value.phone_number_id();
        let mut ours = signed.iter();
        let found = ours.find(|(_, it)| !number.is_empty() && it.phone_number_id == number);
        let Some((connected, _)) = found else {
            // An app may have numbers that are not connected here; posting again would change nothing.
            tracing::info!(
                number,
                "the Cloud API told of a number that is none of ours"
            );
            continue;
        };
        for message in &value.messages {
            let inbound = inbound(edge, connected, &value, message).await;
            if let Some(it) = inbound.map_err(|error| told(&error))? {
                items.push(Item::Message(connected.inbox.clone(), Box::new(it)));
            }
        }
        for status in &value.statuses {
            if let Some(report) = report(status) {
                let (inbox, id) = (connected.inbox.clone(), status.id.clone());
                if status.is_shut_out() {
                    let why = status.reason().unwrap_or_default();
                    items.push(Item::ShutOut(connected.clone(), why));
                }
                items.push(Item::Report(inbox, id, report));
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
                    Item::ShutOut(connected, why) => {
                        let reason = format!("the Cloud API: {why}");
                        app_inboxes::pause(tx, connected, &reason)?;
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
    connected: &Connected,
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
    let (mut attachments, mut missing) = (Vec::new(), None);
    if let Some(file) = message.file() {
        match fetched(edge, connected, message, file).await {
            Ok(attachment) => attachments.push(attachment),
            Err(error) if error.kind() == Kind::Invalid || error.kind() == Kind::TooLarge => {
                let name = file.filename.as_deref().unwrap_or(&message.kind);
                missing = Some(format!("[{name}: {}]", error.public()));
            }
            Err(error) => return Err(error),
        }
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
    let lines: Vec<String> = said.into_iter().chain(missing).collect();
    // An emoji without text was taken away.
    let is_silent = lines.is_empty() && attachments.is_empty() && message.reaction.is_none();
    let content = match lines.is_empty() {
        false => Some(lines.join("\n")),
        true => is_silent.then(|| message.described()),
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

/// A file of a message, kept. Refuses with `Invalid` and `TooLarge` one that is never to be had.
async fn fetched(
    edge: &Edge,
    connected: &Connected,
    message: &Message,
    file: &File,
) -> app::Result<NewAttachment> {
    let fetcher = edge.files.get(CARRIER);
    let fetcher = fetcher.ok_or_else(|| Error::not_found("way to fetch files"))?;
    let name = file.filename.as_deref();
    let kept = fetcher.fetch(&connected.settings, &file.id, name).await?;
    let mut attachment = NewAttachment::of_file(kept);
    if file.voice {
        attachment.kind = AttachmentKind::Voice;
    } else if message.is_sticker() {
        attachment.kind = AttachmentKind::Sticker;
    }
    Ok(attachment)
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
