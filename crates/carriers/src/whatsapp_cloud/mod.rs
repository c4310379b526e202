//! The port to a network, for inboxes behind Meta's WhatsApp Cloud API.
//!
//! One part is one post. Meta fetches files from us by their address, and hands its own out by id, for the door to
//! fetch. Meta tells again what was not answered, so a part whose answer was lost may arrive twice.

mod settings;
mod signs;
mod templates;

use std::{sync::Arc, time::Duration};

use app::{
    Error, Result,
    limits::FILE_BYTES,
    ports::{Accepted, BoxFuture, Carrier, Clock, Media, NetworkFiles, Outgoing, SendError, Signs},
};
use domain::{Attachment, AttachmentKind, Inbox, Kind, StoredFile};
use serde::Deserialize;
use serde_json::Value;
use wire::{
    maytapi::{chat, extra::Extra},
    whatsapp_cloud::{
        answer::{Answer, Meaning},
        send::{Content, FileKind, body, template},
    },
};

pub use settings::{BASE_URL, CloudSettings};

use crate::{
    card::Card,
    guard::{self, Bounds, Guard, GuardError, HeaderMap, HeaderName, HeaderValue},
};

/// The carrier's name in an inbox.
pub const NAME: &str = "whatsapp_cloud";

/// One send, and one look-up of a file.
const CALL: Bounds = Bounds {
    whole: Duration::from_secs(20),
    answer_bytes: 256 * 1024,
};
/// One file.
const FILE: Bounds = Bounds {
    whole: Duration::from_secs(30),
    answer_bytes: FILE_BYTES,
};

/// Sends through the Cloud API.
#[derive(Clone)]
pub struct WhatsAppCloud {
    guard: Guard,
    clock: Arc<dyn Clock>,
    media: Arc<dyn Media>,
}

impl WhatsAppCloud {
    /// A carrier that calls through this guard and keeps files there.
    pub fn new(guard: Guard, clock: Arc<dyn Clock>, media: Arc<dyn Media>) -> Self {
        Self {
            guard,
            clock,
            media,
        }
    }

    async fn take(&self, settings: &str, outgoing: &Outgoing) -> Result<Accepted, SendError> {
        let settings = CloudSettings::parse(settings)
            .ok_or_else(|| SendError::for_now("the inbox's settings cannot be read"))?;
        let template = of_template(outgoing);
        let reaction_to = Extra::read(outgoing.message.extra.as_deref()).reaction_to;
        let content = match (template, &reaction_to) {
            (Some(template), _) => Content::Template(template),
            (None, Some(to)) => Content::Reaction {
                to,
                emoji: outgoing.text.as_deref().unwrap_or_default(),
            },
            (None, None) => content(outgoing).map_err(SendError::for_good)?,
        };
        let context = outgoing.message.reply_to_external.as_deref();
        let context = context.filter(|_| reaction_to.is_none());
        let to = chat::number(&outgoing.to).unwrap_or_else(|| outgoing.to.clone());
        let body = body(&to, &content, context).to_string();
        let url = settings.messages();
        let answer = self
            .guard
            .post(&url, headers(&settings.token), body.into(), CALL)
            .await
            .map_err(|error| SendError::for_now(format!("the Cloud API: {error}")))?;
        self.concluded(&answer)
    }

    fn concluded(&self, answer: &guard::Answer) -> Result<Accepted, SendError> {
        let told = answer.body.as_ref().map(|it| Answer::parse(it));
        let told = told.unwrap_or_default();
        if answer.is_success() {
            return Ok(Accepted {
                external_id: told.id().map(str::to_owned),
            });
        }
        let retry_after = answer.wait(self.clock.now());
        let (meaning, reason) = match told.error() {
            Some(error) => (error.meaning(), error.sentence()),
            None => {
                let meaning = match answer.status {
                    401 | 403 => Meaning::Closed,
                    408 | 425 | 429 | 500.. | 300..=399 => Meaning::ForNow,
                    _ => Meaning::ForGood,
                };
                (meaning, format!("it answered {}", answer.status))
            }
        };
        let reason = format!("the Cloud API: {reason}");
        Err(match meaning {
            Meaning::ForNow => SendError::ForNow {
                reason,
                retry_after,
            },
            Meaning::ForGood => SendError::ForGood { reason },
            Meaning::Closed => SendError::Closed { reason },
        })
    }

    async fn brought(
        &self,
        settings: &str,
        id: &str,
        name: Option<&str>,
    ) -> Result<StoredFile, Error> {
        let settings = CloudSettings::parse(settings)
            .ok_or_else(|| upstream("the inbox's settings cannot be read".to_owned()))?;
        let url = format!("{}/{id}", settings.base_url);
        let found = self.guard.get(&url, headers(&settings.token), CALL).await;
        let found = found.map_err(|error| upstream(error.to_string()))?;
        is_there(found.status)?;
        let body = found.body.map_err(|error| upstream(error.to_string()))?;
        let place: Place = serde_json::from_slice(&body)
            .map_err(|_| upstream("it did not say where a file is".to_owned()))?;
        // That address is good for five minutes; whoever comes back asks for another.
        let file = self.guard.get(&place.url, headers(&settings.token), FILE);
        let file = file.await.map_err(|error| upstream(error.to_string()))?;
        is_there(file.status)?;
        let bytes = file.body.map_err(|error| match error {
            GuardError::TooLarge { .. } => Error::refused(Kind::TooLarge, error.to_string()),
            _ => upstream(error.to_string()),
        })?;
        let name = name.unwrap_or("file");
        self.media
            .put(name, place.mime_type.as_deref(), bytes)
            .await
    }
}

impl Carrier for WhatsAppCloud {
    fn send<'a>(
        &'a self,
        _: &'a Inbox,
        settings: &'a str,
        outgoing: &'a Outgoing,
    ) -> BoxFuture<'a, Result<Accepted, SendError>> {
        Box::pin(self.take(settings, outgoing))
    }

    fn signs(&self) -> Option<&dyn Signs> {
        Some(self)
    }
}

impl NetworkFiles for WhatsAppCloud {
    fn fetch<'a>(
        &'a self,
        settings: &'a str,
        id: &'a str,
        name: Option<&'a str>,
    ) -> BoxFuture<'a, Result<StoredFile, Error>> {
        Box::pin(self.brought(settings, id, name))
    }
}

/// Where a file is.
#[derive(Deserialize)]
struct Place {
    url: String,
    mime_type: Option<String>,
}

/// A template, if the message asks for one: `template` as Meta has it, or `template_params` as OneChat's clients.
fn of_template(outgoing: &Outgoing) -> Option<Value> {
    let extra: Value = serde_json::from_str(outgoing.message.extra.as_deref()?).ok()?;
    if extra["template"].is_object() {
        return Some(extra["template"].clone());
    }
    template(&extra["template_params"])
}

fn content(outgoing: &Outgoing) -> Result<Content<'_>, &'static str> {
    let text = outgoing.text.as_deref();
    match (&outgoing.attachment, &outgoing.file_url, text) {
        (Some(attachment), Some(link), caption) => Ok(Content::File {
            kind: file_kind(attachment.kind),
            link,
            caption,
            filename: attachment.file.as_ref().map(|it| it.name.as_str()),
        }),
        (Some(attachment), None, _) => thing(attachment),
        (None, _, Some(text)) => Ok(Content::Text(text)),
        (None, _, None) => Err("the message is empty"),
    }
}

fn file_kind(kind: AttachmentKind) -> FileKind {
    match kind {
        AttachmentKind::Image => FileKind::Image,
        AttachmentKind::Video => FileKind::Video,
        AttachmentKind::Audio | AttachmentKind::Voice => FileKind::Audio,
        AttachmentKind::Sticker => FileKind::Sticker,
        AttachmentKind::File | AttachmentKind::Location | AttachmentKind::Contact => {
            FileKind::Document
        }
    }
}

fn thing(attachment: &Attachment) -> Result<Content<'_>, &'static str> {
    let title = attachment.title.as_deref();
    match (attachment.kind, attachment.coordinates) {
        (AttachmentKind::Location, Some((latitude, longitude))) => Ok(Content::Location {
            latitude,
            longitude,
            name: title,
        }),
        (AttachmentKind::Contact, _) => {
            let Card { name, number } = Card::of(attachment);
            let number = number.map(|it| it.trim_start_matches('+').to_owned());
            Ok(Content::Contact { name, number })
        }
        _ => Err("the attachment has no file"),
    }
}

fn headers(token: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(
        HeaderName::from_static("content-type"),
        HeaderValue::from_static("application/json"),
    );
    if let Ok(mut bearer) = HeaderValue::try_from(format!("Bearer {token}")) {
        bearer.set_sensitive(true);
        headers.insert(HeaderName::from_static("authorization"), bearer);
    }
    headers
}

/// Whether a file may be had. What Meta says it has no more is never to be had.
fn is_there(status: u16) -> Result<(), Error> {
    match status {
        200..300 => Ok(()),
        400 | 404 | 410 => {
            let text = format!("the Cloud API has it no more (it answered {status})");
            Err(Error::refused(Kind::Invalid, text))
        }
        _ => Err(upstream(format!("a file: it answered {status}"))),
    }
}

fn upstream(reason: String) -> Error {
    Error::refused(Kind::Upstream, format!("the Cloud API: {reason}"))
}
