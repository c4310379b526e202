//! One attempt to hand a part of a message to its network.

use domain::{AttachmentKind, InboxId, Message, MessageId};

use super::{outcome::Made, settings::Shared};
use crate::{
    Core, Result,
    ports::{Outgoing, SendError},
};

/// One part of a message: a text, a file, or a file with its caption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Whether the message's text goes with it.
    pub text: bool,
    /// Which of the message's attachments it is.
    pub attachment: Option<usize>,
}

/// The parts in which a message goes out: networks take one file at a time, and only a picture or a film has a
/// caption. Depends on nothing but the message, so a part keeps its number for good.
pub fn parts(message: &Message) -> Vec<Part> {
    let captioned = |kind| matches!(kind, AttachmentKind::Image | AttachmentKind::Video);
    let caption = message
        .attachments
        .first()
        .is_some_and(|it| captioned(it.kind));
    let text = message.content.is_some();
    let mut parts = Vec::with_capacity(message.attachments.len() + 1);
    if text && !caption {
        parts.push(Part {
            text: true,
            attachment: None,
        });
    }
    for index in 0..message.attachments.len() {
        parts.push(Part {
            text: text && caption && index == 0,
            attachment: Some(index),
        });
    }
    parts
}

/// Hands a part over.
pub(super) async fn make(
    shared: &Shared,
    inbox: InboxId,
    message: MessageId,
    part: i64,
) -> Result<Made> {
    let Some(connected) = shared.core.directory.inbox(inbox) else {
        return Ok(Made::refused("the inbox is gone".to_owned()));
    };
    let Some(carrier) = shared.carriers.get(connected.inbox.carrier.as_str()) else {
        let reason = format!("this server has no carrier {}", connected.inbox.carrier);
        return Ok(Made::of(Err(SendError::ForNow {
            reason,
            retry_after: None,
        })));
    };
    let Some(outgoing) = outgoing(&shared.core, message, part)? else {
        return Ok(Made::refused("the message is gone".to_owned()));
    };
    let (inbox, settings) = (&connected.inbox, &connected.settings);
    Ok(Made::of(carrier.send(inbox, settings, &outgoing).await))
}

fn outgoing(core: &Core, message: MessageId, part: i64) -> Result<Option<Outgoing>> {
    let found = core.store.view(|view| {
        let Some(message) = view.find_message(message)? else {
            return Ok(None);
        };
        let row = view.find_conversation_by_id(message.conversation_id)?;
        Ok(row.map(|row| (message, row.address.source_id)))
    })?;
    let Some((message, to)) = found else {
        return Ok(None);
    };
    let all = parts(&message);
    let number = usize::try_from(part).unwrap_or(usize::MAX);
    let Some(part) = all.get(number).copied() else {
        return Ok(None);
    };
    let attachment = part
        .attachment
        .and_then(|index| message.attachments.get(index));
    let file_url = part
        .attachment
        .zip(attachment)
        .and_then(|(index, it)| core.file_url(&message, index, it));
    let attachment = attachment.cloned();
    let text = message.content.clone().filter(|_| part.text);
    Ok(Some(Outgoing {
        message,
        part: number,
        parts: all.len(),
        text,
        attachment,
        file_url,
        to,
    }))
}
