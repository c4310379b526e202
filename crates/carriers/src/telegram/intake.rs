//! What is said to a bot, taken in.

use std::sync::Arc;

use app::{
    Error, Result,
    contacts::Told,
    directory::Directory,
    messages::{self, Inbound, NewAttachment},
    ports::Tx,
};
use domain::{AttachmentKind, Direction, Inbox, Kind, StoredFile, Timestamp};
use serde_json::json;
use wire::{
    maytapi::extra::{Author, Extra},
    telegram::{
        answer::File,
        chat,
        update::{FileKind, Message, Update, What},
    },
};

use super::{CALL, Telegram, TelegramSettings};

/// What an update does, with its file kept.
pub(super) enum Step {
    Said(Box<Inbound>),
    Edited(String, String),
    Nothing,
}

impl Telegram {
    /// One update, as a webhook brings it.
    pub(super) async fn brought(
        &self,
        inbox: &Arc<Inbox>,
        settings: &str,
        body: &[u8],
    ) -> Result<()> {
        let bad = |text: &'static str| Error::refused(Kind::Malformed, text);
        let settings =
            TelegramSettings::parse(settings).ok_or_else(|| bad("the settings are unreadable"))?;
        let update: Update =
            serde_json::from_slice(body).map_err(|_| bad("this is no update of Telegram's"))?;
        let step = self.step(inbox, &settings, &update).await?;
        let (inbox, directory) = (inbox.clone(), self.core.directory.clone());
        self.core
            .store
            .transact(move |tx| take(tx, &directory, &inbox, &step))
            .await
    }

    /// What an update does. Its file is fetched, unless its message is there already.
    pub(super) async fn step(
        &self,
        inbox: &Inbox,
        settings: &TelegramSettings,
        update: &Update,
    ) -> Result<Step> {
        let message = match update.what() {
            What::Other => return Ok(Step::Nothing),
            What::Edited(message) => {
                let id = chat::message(message.chat.id, message.message_id);
                let said = message.said().unwrap_or_default().replace('\0', "");
                return Ok(Step::Edited(id, said));
            }
            What::Said(message) => message,
        };
        let id = chat::message(message.chat.id, message.message_id);
        let known = self
            .core
            .store
            .view(|view| view.find_message_by_external(inbox.id, Direction::In, &id))?;
        if known.is_some() {
            return Ok(Step::Nothing);
        }
        let attachments = self.attachments(settings, message).await?;
        let said = message.said().map(|it| it.replace('\0', ""));
        if said.is_none() && attachments.is_empty() {
            // Somebody joined, something was pinned: not said to us.
            return Ok(Step::Nothing);
        }
        let author = message.from.as_ref().map(|it| Author {
            number: it.id.to_string(),
            name: it.name(),
            username: it.username.clone(),
        });
        let name = match (&message.chat.title, &author) {
            (Some(title), _) => Some(title.clone()),
            (None, Some(author)) => Some(author.name.clone()),
            (None, None) => None,
        };
        let extra = Extra {
            author,
            forwarded: message.is_forwarded(),
            ..Extra::default()
        };
        Ok(Step::Said(Box::new(Inbound {
            from: Told {
                source_id: chat::name(message.chat.id, &message.chat.kind),
                name,
                phone: None,
            },
            external_id: id,
            reply_to_external: message
                .answers()
                .map(|number| chat::message(message.chat.id, number)),
            content: said,
            attachments,
            extra: extra.write(),
            sent_at: Timestamp::from_second(message.date).ok(),
        })))
    }

    async fn attachments(
        &self,
        settings: &TelegramSettings,
        message: &Message,
    ) -> Result<Vec<NewAttachment>> {
        let mut all = Vec::new();
        if let Some((file, kind)) = message.file() {
            let kept = self.file(settings, &file.file_id, file.file_name.as_deref());
            let mut attachment = NewAttachment::of_file(kept.await?);
            match kind {
                FileKind::AsItIs => {}
                FileKind::Voice => attachment.kind = AttachmentKind::Voice,
                FileKind::Sticker => attachment.kind = AttachmentKind::Sticker,
            }
            all.push(attachment);
        }
        let thing = |kind, title, coordinates, detail| NewAttachment {
            kind,
            file: None,
            title,
            coordinates,
            detail,
        };
        if let Some(place) = message.location {
            let at = Some((place.latitude, place.longitude));
            all.push(thing(AttachmentKind::Location, None, at, None));
        }
        if let Some(card) = &message.contact {
            let detail = json!({ "phone_number": card.phone_number }).to_string();
            let title = Some(format!("{} {}", card.first_name, card.phone_number));
            all.push(thing(AttachmentKind::Contact, title, None, Some(detail)));
        }
        Ok(all)
    }

    async fn file(
        &self,
        settings: &TelegramSettings,
        id: &str,
        name: Option<&str>,
    ) -> Result<StoredFile> {
        let upstream = |why: String| Error::refused(Kind::Upstream, format!("Telegram: {why}"));
        let body = json!({ "file_id": id });
        let found: Result<File, _> = self.call(settings, "getFile", &body, CALL).await;
        let found = found.map_err(|failure| upstream(failure.reason))?;
        let path = found
            .file_path
            .ok_or_else(|| upstream("the file is too large for a bot".to_owned()))?;
        let url = settings.file(&path);
        let name = name.or_else(|| path.rsplit('/').next());
        // The address has the token in it, and is in no sentence that anybody reads.
        let kept = self.core.media.fetch(&url, name).await;
        kept.map_err(|error| match error.kind() {
            Kind::Unavailable | Kind::Broken => error,
            _ => upstream("a file could not be fetched".to_owned()),
        })
    }
}

/// Commits a step.
pub(super) fn take(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: &Arc<Inbox>,
    step: &Step,
) -> Result<()> {
    match step {
        Step::Said(inbound) => {
            messages::receive(tx, directory, inbox, inbound)?;
        }
        Step::Edited(id, text) => messages::hear_edit(tx, directory, inbox, id, text)?,
        Step::Nothing => {}
    }
    Ok(())
}
