//! What is sent, as a draft of ours. Files are fetched and kept before anything is queued.

use app::messages::{Draft, NewAttachment};
use axum::http::StatusCode;
use domain::{AttachmentKind, Message, StoredFile};
use wire::maytapi::{
    extra::{Extra, mentions},
    send::Content,
};

use super::find;
use crate::{
    Edge,
    maytapi::{
        bot::Phone,
        errors::{Answer, Refused},
        phone::chats::products,
        to_wire::{card_detail, vcard},
    },
};

/// A draft, and the files that were kept for it.
pub(super) struct Prepared {
    pub(super) draft: Draft,
    pub(super) kept: Vec<String>,
}

impl Prepared {
    fn text(text: String) -> Self {
        let extra = Extra {
            mentions: mentions(&text),
            ..Extra::default()
        };
        Self {
            draft: Draft {
                content: Some(text),
                extra: extra.write(),
                ..Draft::default()
            },
            kept: Vec::new(),
        }
    }

    fn file(file: StoredFile, caption: Option<String>) -> Self {
        let kept = vec![file.key.clone()];
        let mut attachment = NewAttachment::of_file(file);
        let sound = attachment.file.as_ref().map(|it| it.content_type.as_str());
        // The one kind of sound that WhatsApp shows as spoken.
        if matches!(sound, Some("audio/ogg" | "audio/opus")) {
            attachment.kind = AttachmentKind::Voice;
        }
        Self {
            draft: Draft {
                content: caption,
                attachments: vec![attachment],
                ..Draft::default()
            },
            kept,
        }
    }

    fn thing(attachment: NewAttachment) -> Self {
        Self {
            draft: Draft {
                attachments: vec![attachment],
                ..Draft::default()
            },
            kept: Vec::new(),
        }
    }
}

/// Turns content into a draft. What is about another message is none, and not asked here.
pub(super) async fn prepare(edge: &Edge, phone: &Phone, content: Content) -> Answer<Prepared> {
    Ok(match content {
        Content::Text(text) => Prepared::text(text),
        Content::Link { url, text } => {
            Prepared::text(text.map_or_else(|| url.clone(), |text| format!("{text}\n{url}")))
        }
        Content::Buttons {
            title,
            text,
            footer,
            buttons,
        } => Prepared::text(listed(title, text, footer, &buttons)),
        Content::Product(id) => product(phone, &id).await?,
        Content::File {
            url,
            caption,
            filename,
        } => {
            let file = edge.core.media.fetch(&url, filename.as_deref()).await?;
            Prepared::file(file, caption)
        }
        Content::Inline {
            file,
            caption,
            filename,
        } => {
            let name = filename.unwrap_or_else(|| file.name.to_owned());
            let (kind, bytes) = (file.content_type, file.bytes.into());
            let kept = edge.core.media.put(&name, Some(&kind), bytes);
            Prepared::file(kept.await?, caption)
        }
        Content::Location {
            latitude,
            longitude,
            title,
        } => Prepared::thing(NewAttachment {
            kind: AttachmentKind::Location,
            file: None,
            title,
            coordinates: Some((latitude, longitude)),
            detail: None,
        }),
        Content::Contact(number) => {
            let id = format!("{number}@c.us");
            let inbox = phone.inbox.id;
            let known = edge.core.store.view(|view| view.find_address(inbox, &id))?;
            let name = known.map_or_else(|| format!("+{number}"), |(_, it, _)| it.name);
            card(&name, &vcard(&name, &number))
        }
        Content::Card {
            display_name,
            vcard,
        } => card(&display_name, &vcard),
        Content::Forward { id, caption } => {
            let message = edge
                .core
                .store
                .view(|view| Ok(find::load(view, &phone.inbox, &id)))??;
            forwarded(edge, &message, caption).await?
        }
        Content::Delete(_) | Content::Reaction { .. } | Content::Edit { .. } => {
            Prepared::text(String::new())
        }
    })
}

/// A product of the phone's catalog, and its words for networks that show no products.
async fn product(phone: &Phone, id: &str) -> Answer<Prepared> {
    let mut all = products(phone).await?.into_iter();
    let product = all.find(|it| it.product_id == id).ok_or_else(|| {
        let text = "the catalog has no such product: GET catalog has those that there are";
        Refused::new(StatusCode::NOT_FOUND, text)
    })?;
    let mut prepared = Prepared::text(product.text());
    let extra = Extra {
        product: Some(product),
        ..Extra::default()
    };
    prepared.draft.extra = extra.write();
    Ok(prepared)
}

fn card(name: &str, vcard: &str) -> Prepared {
    Prepared::thing(NewAttachment {
        kind: AttachmentKind::Contact,
        file: None,
        title: Some(name.to_owned()),
        coordinates: None,
        detail: Some(card_detail(name, vcard)),
    })
}

/// WhatsApp shows no buttons of such programs any more, so people choose by number.
fn listed(
    title: Option<String>,
    text: String,
    footer: Option<String>,
    buttons: &[String],
) -> String {
    let choices = buttons
        .iter()
        .zip(1..)
        .map(|(said, number)| format!("{number}. {said}"));
    let choices = choices.collect::<Vec<_>>().join("\n");
    let title = title.map(|it| format!("*{it}*"));
    let footer = footer.map(|it| format!("_{it}_"));
    let parts = [title, Some(text), Some(choices), footer];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

/// The same again, its file in a copy: the message that it was may be deleted.
async fn forwarded(edge: &Edge, message: &Message, caption: bool) -> Answer<Prepared> {
    let content = message.content.clone();
    let mut attachments = Vec::with_capacity(message.attachments.len());
    let mut kept = Vec::new();
    for it in &message.attachments {
        let file = match &it.file {
            Some(file) => Some(copied(edge, file).await?),
            None => None,
        };
        kept.extend(file.as_ref().map(|it| it.key.clone()));
        attachments.push(NewAttachment {
            kind: it.kind,
            file,
            title: it.title.clone(),
            coordinates: it.coordinates,
            detail: it.detail.clone(),
        });
    }
    let extra = Extra {
        forwarded: true,
        ..Extra::default()
    };
    Ok(Prepared {
        draft: Draft {
            content: content.filter(|_| caption || message.attachments.is_empty()),
            attachments,
            extra: extra.write(),
            ..Draft::default()
        },
        kept,
    })
}

async fn copied(edge: &Edge, file: &StoredFile) -> app::Result<StoredFile> {
    let bytes = app::media::whole(&*edge.core.media, &file.key).await?;
    let (name, kind) = (&file.name, Some(file.content_type.as_str()));
    edge.core.media.put(name, kind, bytes.into()).await
}
