//! One part of a message, handed to Telegram: as a call, or as a form with its file.

use std::time::Duration;

use app::{
    ports::{Accepted, Outgoing, SendError},
    tokens::random_text,
};
use bytes::Bytes;
use domain::{Attachment, AttachmentKind, Inbox, StoredFile};
use wire::{
    maytapi::extra::Extra,
    telegram::{
        answer::{Failure, Sent},
        chat,
        send::{CAPTION_CHARS, Content, FileKind, Spot, call, react},
    },
};

use super::{CALL, Telegram, TelegramSettings, form, moved::Moved, parts, topic::Topic};
use crate::card::Card;

/// Bytes of a file that a bot may send.
const FILE_BYTES: i64 = 50 * 1024 * 1024;

impl Telegram {
    pub(super) async fn take(
        &self,
        inbox: &Inbox,
        settings: &str,
        outgoing: &Outgoing,
    ) -> Result<Accepted, SendError> {
        let settings = TelegramSettings::parse(settings)
            .ok_or_else(|| SendError::for_now("the inbox's settings cannot be read"))?;
        let met = chat::id(&outgoing.to)
            .ok_or_else(|| SendError::for_good("this is no Telegram chat"))?;
        let store = &self.core.store;
        let place = store.view(|view| {
            let topic = Topic::latest(view, inbox, met)?;
            Ok((Moved::place(view, inbox, met)?, topic))
        });
        let (to, topic) = place.map_err(SendError::for_now)?;
        let sent = self.hand_over(&settings, to, topic, outgoing).await;
        if let Err(Refusal::Telegram(Failure {
            moved_to: Some(moved),
            ..
        })) = &sent
        {
            let (moved, of) = (
                Moved {
                    from: met,
                    to: *moved,
                },
                inbox.clone(),
            );
            let kept = store.transact(move |tx| moved.keep(tx, &of)).await;
            kept.map_err(SendError::for_now)?;
            return Err(SendError::ForNow {
                reason: "Telegram: the group has become a supergroup".to_owned(),
                retry_after: Some(Duration::ZERO),
            });
        }
        let Some(number) = sent.map_err(SendError::from)? else {
            return Ok(Accepted::default());
        };
        let external_id = chat::message(to, number);
        if outgoing.part > 0 {
            let (message, part, id) = (outgoing.message.id, outgoing.part, external_id.clone());
            let kept = store.transact(move |tx| parts::keep(tx, message, part, &id));
            if let Err(error) = kept.await {
                tracing::warn!(%error, message.id = message.0, "a part of a message cannot be taken back");
            }
        }
        Ok(Accepted {
            external_id: Some(external_id),
        })
    }

    /// Its number in the chat, if it has one of its own.
    async fn hand_over(
        &self,
        settings: &TelegramSettings,
        to: i64,
        topic: Option<i64>,
        outgoing: &Outgoing,
    ) -> Result<Option<i64>, Refusal> {
        let bad = |reason: &str| Refusal::Ours(SendError::for_good(reason));
        let text = outgoing.text.as_deref();
        let beside = Extra::read(outgoing.message.extra.as_deref()).reaction_to;
        if let Some(beside) = beside {
            let number =
                chat::number(&beside, to).ok_or_else(|| bad("this is no message of the chat"))?;
            let (method, body) = react(to, number, text.unwrap_or_default());
            let done: bool = self.call(settings, method, &body, CALL).await?;
            return if done {
                Ok(None)
            } else {
                Err(bad("Telegram did not put it there"))
            };
        }
        let answers = outgoing.message.reply_to_external.as_deref();
        let answers = answers.and_then(|it| chat::number(it, to));
        let spot = Spot { answers, topic };
        let file = outgoing.attachment.as_ref().and_then(|it| it.file.as_ref());
        let sent: Sent = match (&outgoing.attachment, file) {
            (Some(attachment), Some(file)) => {
                if file.bytes > FILE_BYTES {
                    return Err(bad("Telegram takes files of at most 50 MB from a bot"));
                }
                if text.is_some_and(|it| it.chars().count() > CAPTION_CHARS) {
                    let reason = format!(
                        "Telegram takes at most {CAPTION_CHARS} characters beside a file: send the text alone"
                    );
                    return Err(bad(&reason));
                }
                let (method, field) = file_kind(attachment.kind).method();
                let form = self.form(to, field, file, text, spot).await;
                let (kind, body) = form.map_err(|it| Refusal::Ours(SendError::for_now(it)))?;
                self.post(settings, method, &kind, body, CALL).await?
            }
            (attachment, _) => {
                let card = attachment.as_ref().map(Card::of);
                let content = content(attachment.as_ref(), card.as_ref(), text);
                let content = content.ok_or_else(|| bad("the message is empty"))?;
                let (method, body) = call(to, content, spot);
                self.call(settings, method, &body, CALL).await?
            }
        };
        Ok(Some(sent.message_id))
    }

    async fn form(
        &self,
        to: i64,
        field: &str,
        file: &StoredFile,
        caption: Option<&str>,
        spot: Spot,
    ) -> app::Result<(String, Bytes)> {
        let bytes = app::media::whole(&*self.core.media, &file.key).await?;
        let mut form = form::Form::new(random_text()?);
        form.text("chat_id", &to.to_string());
        if let Some(text) = caption {
            form.text("caption", text);
        }
        if let Some((name, value)) = spot.parameters() {
            form.text(name, &value.to_string());
        }
        form.file(field, &file.name, &file.content_type, &bytes);
        Ok(form.finish())
    }
}

/// Why a part was not taken.
enum Refusal {
    /// By us.
    Ours(SendError),
    /// By Telegram.
    Telegram(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Telegram(failure)
    }
}

impl From<Refusal> for SendError {
    fn from(refusal: Refusal) -> Self {
        let failure = match refusal {
            Refusal::Ours(error) => return error,
            Refusal::Telegram(failure) => failure,
        };
        let reason = format!("Telegram: {}", failure.reason);
        match failure.code {
            // No such bot any more.
            401 | 404 => Self::Closed { reason },
            0 | 429 | 500.. => Self::ForNow {
                reason,
                retry_after: failure.retry_after_s.map(Duration::from_secs),
            },
            // Among them 403: this person has blocked the bot, or the group has thrown it out.
            _ => Self::ForGood { reason },
        }
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

fn content<'a>(
    attachment: Option<&'a Attachment>,
    card: Option<&'a Card>,
    text: Option<&'a str>,
) -> Option<Content<'a>> {
    let Some(attachment) = attachment else {
        return text.map(Content::Text);
    };
    if let (AttachmentKind::Contact, Some(card)) = (attachment.kind, card) {
        return Some(match &card.number {
            Some(number) => Content::Contact {
                name: &card.name,
                number,
            },
            None => Content::Text(&card.name),
        });
    }
    match attachment.coordinates {
        Some((latitude, longitude)) => Some(Content::Location(latitude, longitude)),
        None => attachment.title.as_deref().map(Content::Text),
    }
}
