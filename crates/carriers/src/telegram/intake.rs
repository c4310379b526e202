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
        update::{Chat, FileKind, Message, Reacted, Update, User, What},
    },
};

use super::{CALL, Telegram, TelegramSettings, moved::Moved, topic::Topic};

/// What an update does, with its file kept.
pub(super) enum Step {
    /// In a group also where.
    Said(Box<Inbound>, Option<Topic>),
    Edited(String, String),
    /// A group has become a supergroup.
    Moved(Moved),
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
            What::Reacted(reacted) => return self.reacted(inbox, update.update_id, reacted),
            What::Edited(message) => {
                let id = chat::message(message.chat.id, message.message_id);
                let said = message.said().unwrap_or_default().replace('\0', "");
                return Ok(Step::Edited(id, said));
            }
            What::Said(message) => message,
        };
        if let Some(moved) = Moved::told(message) {
            return Ok(Step::Moved(moved));
        }
        let id = chat::message(message.chat.id, message.message_id);
        let known = self
            .core
            .store
            .view(|view| view.find_message_by_external(inbox.id, Direction::In, &id))?;
        if known.is_some() {
            return Ok(Step::Nothing);
        }
        let (attachments, missing) = self.attachments(settings, message).await?;
        let said = message.said().map(|it| it.replace('\0', ""));
        let said = said.or_else(|| message.described());
        let said = match (said, missing) {
            (said, None) => said,
            (None, Some(missing)) => Some(missing),
            (Some(said), Some(missing)) => Some(format!("{said}\n{missing}")),
        };
        if said.is_none() && attachments.is_empty() {
            // Somebody joined, something was pinned: not said to us.
            return Ok(Step::Nothing);
        }
        let home = self.home(inbox, &message.chat)?;
        let topic = (home < 0).then_some(Topic {
            chat: home,
            thread: message.topic(),
        });
        let author = message.from.as_ref().map(author);
        let extra = Extra {
            author,
            forwarded: message.is_forwarded(),
            ..Extra::default()
        };
        let inbound = Inbound {
            from: self.told(inbox, &message.chat, message.from.as_ref())?,
            external_id: id,
            reply_to_external: message
                .answers()
                .map(|number| chat::message(message.chat.id, number)),
            content: said,
            attachments,
            extra: extra.write(),
            sent_at: Timestamp::from_second(message.date).ok(),
        };
        Ok(Step::Said(Box::new(inbound), topic))
    }

    /// An emoji beside a message is a message that has nothing else; without text, it was taken away.
    fn reacted(&self, inbox: &Inbox, update: i64, reacted: &Reacted) -> Result<Step> {
        let beside = chat::message(reacted.chat.id, reacted.message_id);
        let extra = Extra {
            author: reacted.user.as_ref().map(author),
            reaction_to: Some(beside.clone()),
            ..Extra::default()
        };
        let inbound = Inbound {
            from: self.told(inbox, &reacted.chat, reacted.user.as_ref())?,
            external_id: format!("reaction:{update}"),
            reply_to_external: Some(beside),
            content: reacted.emoji(),
            extra: extra.write(),
            sent_at: Timestamp::from_second(reacted.date).ok(),
            ..Inbound::default()
        };
        Ok(Step::Said(Box::new(inbound), None))
    }

    /// Whom a chat is with. A supergroup that was a group is that group.
    fn told(&self, inbox: &Inbox, chat: &Chat, from: Option<&User>) -> Result<Told> {
        Ok(Told {
            source_id: chat::name(self.home(inbox, chat)?, &chat.kind),
            name: chat.title.clone().or_else(|| from.map(User::name)),
            phone: None,
        })
    }

    /// The id that a chat had when we met it.
    fn home(&self, inbox: &Inbox, chat: &Chat) -> Result<i64> {
        let store = &self.core.store;
        store.view(|view| Moved::home(view, inbox, chat.id))
    }

    /// What is attached, and a word for a file that is not to be had.
    async fn attachments(
        &self,
        settings: &TelegramSettings,
        message: &Message,
    ) -> Result<(Vec<NewAttachment>, Option<String>)> {
        let (mut all, mut missing) = (Vec::new(), None);
        if let Some((file, kind)) = message.file() {
            let kept = self.file(settings, &file.file_id, file.file_name.as_deref());
            match kept.await {
                Ok(kept) => {
                    let mut attachment = NewAttachment::of_file(kept);
                    match kind {
                        FileKind::AsItIs => {}
                        FileKind::Voice => attachment.kind = AttachmentKind::Voice,
                        FileKind::Sticker => attachment.kind = AttachmentKind::Sticker,
                    }
                    all.push(attachment);
                }
                Err(error) if passes(&error) => return Err(error),
                Err(error) => {
                    let name = file.file_name.as_deref().unwrap_or("file");
                    missing = Some(format!("[{name}: {}]", error.public()));
                }
            }
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
            let name = message.place_name();
            all.push(thing(AttachmentKind::Location, name, at, None));
        }
        if let Some(card) = &message.contact {
            let detail = json!({ "phone_number": card.phone_number }).to_string();
            let title = Some(format!("{} {}", card.name(), card.phone_number));
            all.push(thing(AttachmentKind::Contact, title, None, Some(detail)));
        }
        Ok((all, missing))
    }

    async fn file(
        &self,
        settings: &TelegramSettings,
        id: &str,
        name: Option<&str>,
    ) -> Result<StoredFile> {
        let refuse = |kind, why: &str| Error::refused(kind, format!("Telegram: {why}"));
        let body = json!({ "file_id": id });
        let found: Result<File, _> = self.call(settings, "getFile", &body, CALL).await;
        let found = found.map_err(|failure| match failure.code {
            // Too large for a bot, or gone.
            400 => refuse(Kind::Invalid, &failure.reason),
            _ => refuse(Kind::Upstream, &failure.reason),
        })?;
        let path = found
            .file_path
            .ok_or_else(|| refuse(Kind::Invalid, "the file is too large for a bot"))?;
        let url = settings.file(&path);
        let name = name.or_else(|| path.rsplit('/').next());
        // The address has the token in it, and is in no sentence that anybody reads.
        let kept = self.core.media.fetch(&url, name).await;
        kept.map_err(|error| match error.kind() {
            Kind::Unavailable | Kind::Broken => error,
            kind => refuse(kind, "the file could not be fetched"),
        })
    }
}

/// Whether something may work later.
pub(super) fn passes(error: &Error) -> bool {
    matches!(error.kind(), Kind::Upstream | Kind::Unavailable)
}

fn author(user: &User) -> Author {
    Author {
        number: user.id.to_string(),
        name: user.name(),
        username: user.username.clone(),
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
        Step::Said(inbound, topic) => {
            if let Some(topic) = topic {
                topic.keep(tx, inbox)?;
            }
            messages::receive(tx, directory, inbox, inbound)?;
        }
        Step::Edited(id, text) => messages::hear_edit(tx, directory, inbox, id, text)?,
        Step::Moved(moved) => moved.keep(tx, inbox)?,
        Step::Nothing => {}
    }
    Ok(())
}
