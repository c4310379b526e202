//! Our messages as WhatsApp's.

use domain::{Attachment, AttachmentKind, StoredFile};
use serde::Deserialize;
use whatsapp_rust::{
    buffa::MessageField,
    download::MediaType,
    media::{self, AudioOptions, DocumentOptions, ImageOptions, VideoOptions},
    upload::UploadResponse,
    wacore::proto_helpers::MessageBuilderExt as _,
    waproto::whatsapp::{
        Message,
        message::{ContactMessage, LocationMessage, StickerMessage},
    },
};

/// A text.
pub(crate) fn text(text: &str) -> Message {
    Message::text(text)
}

/// A place. One without coordinates is the text that names it.
pub(crate) fn place(it: &Attachment) -> Message {
    let Some((latitude, longitude)) = it.coordinates else {
        return text(it.title.as_deref().unwrap_or_default());
    };
    Message {
        location_message: MessageField::some(LocationMessage {
            degrees_latitude: Some(latitude),
            degrees_longitude: Some(longitude),
            name: it.title.clone(),
            ..LocationMessage::default()
        }),
        ..Message::default()
    }
}

/// A card, as it is kept beside an attachment.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Card {
    display_name: String,
    vcard: String,
}

/// A card.
pub(crate) fn card(it: &Attachment) -> Message {
    let kept = it.detail.as_deref();
    let kept: Option<Card> = kept.and_then(|it| serde_json::from_str(it).ok());
    let name = it.title.clone().unwrap_or_default();
    let card = kept.unwrap_or_else(|| Card {
        vcard: format!("BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nEND:VCARD"),
        display_name: name,
    });
    Message {
        contact_message: MessageField::some(ContactMessage {
            display_name: Some(card.display_name),
            vcard: Some(card.vcard),
            ..ContactMessage::default()
        }),
        ..Message::default()
    }
}

/// How WhatsApp stores a file of this sort, and what makes the message of it once it is stored.
pub(crate) fn document(
    kind: AttachmentKind,
    file: &StoredFile,
    caption: Option<String>,
) -> (MediaType, impl FnOnce(UploadResponse) -> Message + Send) {
    let sort = sort(kind, &file.content_type);
    let (mimetype, name) = (Some(file.content_type.clone()), file.name.clone());
    let made = move |stored: UploadResponse| match sort {
        Sort::Image => media::image_message(
            stored,
            ImageOptions {
                caption,
                mimetype,
                ..ImageOptions::default()
            },
        ),
        Sort::Video => media::video_message(
            stored,
            VideoOptions {
                caption,
                mimetype,
                ..VideoOptions::default()
            },
        ),
        Sort::Audio { voice } => media::audio_message(
            stored,
            AudioOptions {
                // The one kind of sound that is shown as spoken.
                mimetype: if voice {
                    Some("audio/ogg; codecs=opus".to_owned())
                } else {
                    mimetype
                },
                ptt: Some(voice),
                ..AudioOptions::default()
            },
        ),
        Sort::Sticker => sticker(stored, mimetype),
        Sort::File => media::document_message(
            stored,
            DocumentOptions {
                mimetype,
                file_name: Some(name),
                caption,
                ..DocumentOptions::default()
            },
        ),
    };
    let stored_as = match sort {
        Sort::Image => MediaType::Image,
        Sort::Video => MediaType::Video,
        Sort::Audio { .. } => MediaType::Audio,
        Sort::Sticker => MediaType::Sticker,
        Sort::File => MediaType::Document,
    };
    (stored_as, made)
}

/// What WhatsApp shows a file as.
#[derive(Clone, Copy)]
enum Sort {
    Image,
    Video,
    Audio { voice: bool },
    Sticker,
    File,
}

/// Only what WhatsApp's own programs can show goes as a picture or a film; anything else goes as a file.
fn sort(kind: AttachmentKind, content_type: &str) -> Sort {
    match kind {
        AttachmentKind::Image if ["image/jpeg", "image/png"].contains(&content_type) => Sort::Image,
        AttachmentKind::Video if ["video/mp4", "video/3gpp"].contains(&content_type) => Sort::Video,
        AttachmentKind::Audio => Sort::Audio { voice: false },
        AttachmentKind::Voice => Sort::Audio { voice: true },
        AttachmentKind::Sticker if content_type == "image/webp" => Sort::Sticker,
        AttachmentKind::Image
        | AttachmentKind::Video
        | AttachmentKind::Sticker
        | AttachmentKind::File
        | AttachmentKind::Location
        | AttachmentKind::Contact => Sort::File,
    }
}

fn sticker(stored: UploadResponse, mimetype: Option<String>) -> Message {
    Message {
        sticker_message: MessageField::some(StickerMessage {
            url: Some(stored.url),
            direct_path: Some(stored.direct_path),
            media_key: Some(stored.media_key.to_vec()),
            file_sha256: Some(stored.file_sha256.to_vec()),
            file_enc_sha256: Some(stored.file_enc_sha256.to_vec()),
            file_length: Some(stored.file_length),
            media_key_timestamp: Some(stored.media_key_timestamp),
            mimetype,
            ..StickerMessage::default()
        }),
        ..Message::default()
    }
}
