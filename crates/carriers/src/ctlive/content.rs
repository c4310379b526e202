//! Which of the dialect's bodies a part becomes.
//!
//! The dialect has no voice notes, stickers and cards: they go as audio, picture and text. Formats and sizes are the connector's
//! to refuse.

use app::ports::Outgoing;
use domain::{Attachment, AttachmentKind};
use wire::ctlive::outbound::Outgoing as Content;

/// The content of a part, or why it has none.
pub(super) fn of(outgoing: &Outgoing) -> Result<Content<'_>, &'static str> {
    let text = outgoing.text.as_deref();
    match (&outgoing.attachment, &outgoing.file_url, text) {
        (Some(attachment), Some(url), text) => of_file(attachment, url, text),
        (Some(attachment), None, _) => of_other(attachment),
        (None, _, Some(text)) => Ok(Content::Text(text)),
        (None, _, None) => Err("the message is empty"),
    }
}

fn of_file<'a>(
    attachment: &'a Attachment,
    url: &'a str,
    text: Option<&'a str>,
) -> Result<Content<'a>, &'static str> {
    let name = attachment.file.as_ref().map(|file| file.name.as_str());
    Ok(match attachment.kind {
        AttachmentKind::Image => Content::Image { url, caption: text },
        AttachmentKind::Sticker => Content::Image { url, caption: None },
        AttachmentKind::Video => Content::Video { url, caption: text },
        AttachmentKind::Audio | AttachmentKind::Voice => Content::Audio { url },
        AttachmentKind::File => Content::File { url, name },
        AttachmentKind::Location | AttachmentKind::Contact => return of_other(attachment),
    })
}

fn of_other(attachment: &Attachment) -> Result<Content<'_>, &'static str> {
    let title = attachment.title.as_deref().filter(|it| !it.is_empty());
    match (attachment.kind, attachment.coordinates, title) {
        (AttachmentKind::Location, Some((latitude, longitude)), name) => Ok(Content::Location {
            longitude,
            latitude,
            name,
            address: None,
        }),
        (AttachmentKind::Location | AttachmentKind::Contact, _, Some(title)) => {
            Ok(Content::Text(title))
        }
        (AttachmentKind::Location, None, None) => Err("the place has no coordinates"),
        (AttachmentKind::Contact, _, None) => Err("the card has no name"),
        (
            AttachmentKind::Image
            | AttachmentKind::Video
            | AttachmentKind::Audio
            | AttachmentKind::Voice
            | AttachmentKind::Sticker
            | AttachmentKind::File,
            ..,
        ) => Err("the attachment has no file"),
    }
}
