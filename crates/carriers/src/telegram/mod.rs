//! The port to a network, for inboxes behind a Telegram bot.
//!
//! What is said to the bot comes by long polling, or at our webhook; either way through [`intake`]. Telegram tells
//! nothing of delivery and reading, so a message stays sent.

mod form;
mod intake;
mod polling;
mod settings;

use std::{collections::HashMap, sync::Arc, time::Duration};

use app::{
    Core,
    ports::{Accepted, BoxFuture, Carrier, Intake, Outgoing, SendError},
    tokens::random_text,
};
use bytes::Bytes;
use domain::{Attachment, AttachmentKind, Inbox, StoredFile};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wire::{
    maytapi::extra::Extra,
    telegram::{
        answer::{Failure, Sent, read},
        chat,
        send::{Content, FileKind, call, react, reply},
    },
};

pub use settings::{BASE_URL, TelegramSettings};

use crate::guard::{Bounds, Guard, HeaderMap, HeaderName, HeaderValue};

/// The carrier's name in an inbox.
pub const NAME: &str = "telegram";

/// One call.
const CALL: Bounds = Bounds {
    whole: Duration::from_secs(30),
    answer_bytes: 4 * 1024 * 1024,
};
/// Bytes of a file that a bot may send.
const FILE_BYTES: i64 = 50 * 1024 * 1024;

/// Speaks for bots. Cheap to clone.
#[derive(Clone)]
pub struct Telegram {
    core: Core,
    guard: Guard,
    /// Which of the servers on its store this is.
    node: Option<i64>,
}

impl Telegram {
    /// A carrier that calls through this guard, on this node of those that share the store.
    pub fn new(core: Core, guard: Guard, node: Option<i64>) -> Self {
        Self { core, guard, node }
    }

    async fn call<T: DeserializeOwned>(
        &self,
        settings: &TelegramSettings,
        method: &str,
        body: &Value,
        bounds: Bounds,
    ) -> Result<T, Failure> {
        let body = Bytes::from(body.to_string());
        self.post(settings, method, "application/json", body, bounds)
            .await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        settings: &TelegramSettings,
        method: &str,
        content_type: &str,
        body: Bytes,
        bounds: Bounds,
    ) -> Result<T, Failure> {
        let mut headers = HeaderMap::new();
        if let Ok(kind) = HeaderValue::from_str(content_type) {
            headers.insert(HeaderName::from_static("content-type"), kind);
        }
        let unreached = |reason: String| Failure {
            code: 0,
            reason,
            retry_after_s: None,
        };
        let url = settings.method(method);
        let answer = self.guard.post(&url, headers, body, bounds).await;
        let answer = answer.map_err(|error| unreached(error.to_string()))?;
        let body = answer.body.map_err(|error| unreached(error.to_string()))?;
        read(answer.status, &body)
    }

    async fn take(&self, settings: &str, outgoing: &Outgoing) -> Result<Accepted, SendError> {
        let settings = TelegramSettings::parse(settings).ok_or_else(|| SendError::ForNow {
            reason: "the inbox's settings cannot be read".to_owned(),
            retry_after: None,
        })?;
        let bad = |reason: &str| SendError::ForGood {
            reason: reason.to_owned(),
        };
        let to = chat::id(&outgoing.to).ok_or_else(|| bad("this is no Telegram chat"))?;
        let beside = Extra::read(outgoing.message.extra.as_deref()).reaction_to;
        if let Some(beside) = beside {
            let number = chat::number(&beside).ok_or_else(|| bad("this is no Telegram message"))?;
            let (method, body) = react(to, number, outgoing.text.as_deref().unwrap_or_default());
            let done: Result<bool, Failure> = self.call(&settings, method, &body, CALL).await;
            done.map_err(refused)?;
            return Ok(Accepted::default());
        }
        let answers = outgoing.message.reply_to_external.as_deref();
        let answers = answers.and_then(chat::number);
        let file = outgoing.attachment.as_ref().and_then(|it| it.file.as_ref());
        let sent: Result<Sent, Failure> = match (&outgoing.attachment, file) {
            (Some(attachment), Some(file)) => {
                if file.bytes > FILE_BYTES {
                    return Err(bad("Telegram takes files of at most 50 MB from a bot"));
                }
                let (method, field) = file_kind(attachment.kind).method();
                let form = self.form(to, field, file, outgoing, answers).await;
                let (kind, body) = form.map_err(|error| SendError::ForNow {
                    reason: error.to_string(),
                    retry_after: None,
                })?;
                self.post(&settings, method, &kind, body, CALL).await
            }
            (attachment, _) => {
                let content = content(attachment.as_ref(), outgoing.text.as_deref());
                let content = content.ok_or_else(|| bad("the message is empty"))?;
                let (method, body) = call(to, content, answers);
                self.call(&settings, method, &body, CALL).await
            }
        };
        let sent = sent.map_err(refused)?;
        Ok(Accepted {
            external_id: Some(chat::message(to, sent.message_id)),
        })
    }

    async fn form(
        &self,
        to: i64,
        field: &str,
        file: &StoredFile,
        outgoing: &Outgoing,
        answers: Option<i64>,
    ) -> app::Result<(String, Bytes)> {
        let mut stream = self.core.media.open(&file.key).await?;
        let mut bytes = Vec::new();
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|error| {
                app::StoreError::Unavailable(format!("a file cannot be read: {error}"))
            })?;
            bytes.extend_from_slice(&piece);
        }
        let mut form = form::Form::new(random_text()?);
        form.text("chat_id", &to.to_string());
        if let Some(text) = &outgoing.text {
            form.text("caption", text);
        }
        if let Some(number) = answers {
            form.text("reply_parameters", &reply(number).to_string());
        }
        form.file(field, &file.name, &file.content_type, &bytes);
        Ok(form.finish())
    }
}

impl Carrier for Telegram {
    fn send<'a>(
        &'a self,
        _: &'a Inbox,
        settings: &'a str,
        outgoing: &'a Outgoing,
    ) -> BoxFuture<'a, Result<Accepted, SendError>> {
        Box::pin(self.take(settings, outgoing))
    }
}

impl Intake for Telegram {
    fn take<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        settings: &'a str,
        body: &'a [u8],
    ) -> BoxFuture<'a, app::Result<()>> {
        Box::pin(self.brought(inbox, settings, body))
    }
}

/// Which bots are looked after, by inbox: with which settings.
type Tended = HashMap<domain::InboxId, (Arc<str>, tokio::task::JoinHandle<()>)>;

fn refused(failure: Failure) -> SendError {
    let reason = format!("Telegram: {}", failure.reason);
    match failure.code {
        401 | 404 => SendError::Closed { reason },
        0 | 429 | 500.. => SendError::ForNow {
            reason,
            retry_after: failure.retry_after_s.map(Duration::from_secs),
        },
        _ => SendError::ForGood { reason },
    }
}

fn file_kind(kind: AttachmentKind) -> FileKind {
    match kind {
        AttachmentKind::Image => FileKind::Photo,
        AttachmentKind::Video => FileKind::Video,
        AttachmentKind::Audio => FileKind::Audio,
        AttachmentKind::Voice => FileKind::Voice,
        AttachmentKind::Sticker => FileKind::Sticker,
        AttachmentKind::File | AttachmentKind::Location | AttachmentKind::Contact => {
            FileKind::Document
        }
    }
}

fn content<'a>(attachment: Option<&'a Attachment>, text: Option<&'a str>) -> Option<Content<'a>> {
    let Some(attachment) = attachment else {
        return text.map(Content::Text);
    };
    match attachment.coordinates {
        Some((latitude, longitude)) => Some(Content::Location(latitude, longitude)),
        None => attachment.title.as_deref().map(Content::Text),
    }
}
