//! A connector's items as what our use cases take.

use app::{
    contacts::Told,
    messages::{Inbound, NewAttachment},
    ports::EarlyReport,
};
use domain::{AttachmentKind, MessageStatus, Timestamp};
use wire::ctlive::{
    content::{Content, MediaKind},
    inbound, report,
    status::Outcome,
};

/// What must be fetched before a message can be taken.
pub(super) struct ToFetch {
    pub(super) url: String,
    pub(super) name: Option<String>,
    pub(super) kind: AttachmentKind,
}

/// A message, and the file it speaks of.
pub(super) fn message(it: inbound::Inbound) -> (Inbound, Option<ToFetch>) {
    let mut message = Inbound {
        from: Told {
            phone: phone(&it.from),
            name: it.contact_name,
            source_id: it.from,
        },
        external_id: it.message_id,
        reply_to_external: it.paired_message_id,
        sent_at: it
            .received_at
            .and_then(|at| Timestamp::from_microsecond(at).ok()),
        ..Inbound::default()
    };
    let mut fetch = None;
    match it.content {
        Content::Text { text } => message.content = Some(text),
        Content::Media { kind, url, caption } => {
            message.content = caption;
            fetch = Some(ToFetch {
                url,
                name: None,
                kind: media_kind(kind),
            });
        }
        // The caption of a document is its file's name (source document, "Document message").
        Content::Document { url, file_name } => {
            fetch = Some(ToFetch {
                url,
                name: file_name,
                kind: AttachmentKind::File,
            });
        }
        Content::Location {
            latitude,
            longitude,
            name,
            address,
            url,
        } => {
            let title = [name, address]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", ");
            message.attachments.push(NewAttachment {
                kind: AttachmentKind::Location,
                file: None,
                title: Some(title).filter(|it| !it.is_empty()),
                coordinates: Some((latitude, longitude)),
                detail: url.map(|url| serde_json::json!({ "url": url }).to_string()),
            });
        }
        Content::Contact { json } => message.attachments.push(NewAttachment {
            kind: AttachmentKind::Contact,
            file: None,
            title: card_name(&json),
            coordinates: None,
            detail: Some(json),
        }),
        Content::Reply { text, json, .. } => {
            message.content = Some(text);
            message.extra = Some(json);
        }
        Content::Raw { json, .. } => message.extra = Some(json),
    }
    (message, fetch)
}

fn media_kind(kind: MediaKind) -> AttachmentKind {
    match kind {
        MediaKind::Image => AttachmentKind::Image,
        MediaKind::Video => AttachmentKind::Video,
        MediaKind::Audio => AttachmentKind::Audio,
        MediaKind::Voice => AttachmentKind::Voice,
        MediaKind::Sticker => AttachmentKind::Sticker,
    }
}

/// Digits enough for a telephone number are one.
fn phone(from: &str) -> Option<String> {
    let digits = from.strip_prefix('+').unwrap_or(from);
    let fits = (6..=15).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
    fits.then(|| format!("+{digits}"))
}

fn card_name(json: &str) -> Option<String> {
    let cards: serde_json::Value = serde_json::from_str(json).ok()?;
    let name = cards.get(0)?.get("name")?;
    let shown = name
        .get("formattedName")
        .or_else(|| name.get("firstName"))
        .unwrap_or(name);
    shown.as_str().map(str::to_owned)
}

/// A delivery report, if it says something.
pub(super) fn delivery(it: &report::Delivery) -> Option<EarlyReport> {
    let (status, error) = match it.outcome() {
        Outcome::Queued | Outcome::Ignored => return None,
        Outcome::Sent => (MessageStatus::Sent, None),
        Outcome::Delivered => (MessageStatus::Delivered, None),
        // Nobody will send it again for the connector, so a failure is one whatever may have passed by then.
        Outcome::FailedForNow { reason } | Outcome::Failed { reason } => {
            (MessageStatus::Failed, Some(reason))
        }
    };
    Some(EarlyReport { status, error })
}

/// A seen report.
pub(super) fn seen(_: &report::Seen) -> EarlyReport {
    EarlyReport {
        status: MessageStatus::Read,
        error: None,
    }
}
