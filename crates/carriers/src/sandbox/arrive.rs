//! Something arrives at a phone: now if it is open, as soon as it is otherwise.

use std::sync::Arc;

use app::{
    Result,
    contacts::Told,
    directory::Directory,
    messages::{self, Inbound, NewAttachment},
    ports::Tx,
    sessions,
};
use domain::{AttachmentKind, Inbox, InboxId, SessionState, StoredFile, Timestamp};
use serde::{Deserialize, Serialize};
use wire::maytapi::extra::{Author, Extra, mentions};

use super::{NAME, Sandbox, session::not_paired};

/// Messages that wait for one phone.
const WAITING: i64 = 10_000;

/// A message on its way to a phone of ours.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Incoming {
    pub(super) id: String,
    /// Who wrote it, in digits.
    pub(super) from: String,
    pub(super) name: Option<String>,
    /// The group it was written in, and what that is called.
    pub(super) group: Option<(String, String)>,
    pub(super) text: Option<String>,
    pub(super) reply_to: Option<String>,
    pub(super) things: Vec<Thing>,
    pub(super) extra: Extra,
    pub(super) at_micros: i64,
}

/// Something attached.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Thing {
    /// `image`, `video`, `audio`, `voice`, `sticker`, `file`, `location` or `contact`.
    pub(super) kind: String,
    pub(super) file: Option<File>,
    pub(super) title: Option<String>,
    pub(super) coordinates: Option<(f64, f64)>,
    pub(super) detail: Option<String>,
}

/// A kept file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct File {
    key: String,
    name: String,
    content_type: String,
    bytes: i64,
}

const KINDS: [(AttachmentKind, &str); 8] = [
    (AttachmentKind::Image, "image"),
    (AttachmentKind::Video, "video"),
    (AttachmentKind::Audio, "audio"),
    (AttachmentKind::Voice, "voice"),
    (AttachmentKind::Sticker, "sticker"),
    (AttachmentKind::File, "file"),
    (AttachmentKind::Location, "location"),
    (AttachmentKind::Contact, "contact"),
];

impl From<StoredFile> for File {
    fn from(it: StoredFile) -> Self {
        Self {
            key: it.key,
            name: it.name,
            content_type: it.content_type,
            bytes: it.bytes,
        }
    }
}

impl From<File> for StoredFile {
    fn from(it: File) -> Self {
        Self {
            key: it.key,
            name: it.name,
            content_type: it.content_type,
            bytes: it.bytes,
        }
    }
}

impl From<NewAttachment> for Thing {
    fn from(it: NewAttachment) -> Self {
        let word = KINDS.iter().find(|(kind, _)| *kind == it.kind);
        Self {
            kind: word.map_or("file", |(_, word)| word).to_owned(),
            file: it.file.map(Into::into),
            title: it.title,
            coordinates: it.coordinates,
            detail: it.detail,
        }
    }
}

impl From<Thing> for NewAttachment {
    fn from(it: Thing) -> Self {
        let kind = KINDS.iter().find(|(_, word)| *word == it.kind);
        Self {
            kind: kind.map_or(AttachmentKind::File, |(kind, _)| *kind),
            file: it.file.map(Into::into),
            title: it.title,
            coordinates: it.coordinates,
            detail: it.detail,
        }
    }
}

impl Incoming {
    fn inbound(&self) -> Inbound {
        let mut extra = self.extra.clone();
        if let Some(text) = &self.text {
            extra.mentions = mentions(text);
        }
        let from = match &self.group {
            Some((id, name)) => {
                extra.author = Some(Author {
                    number: self.from.clone(),
                    name: self.name.clone().unwrap_or_else(|| self.from.clone()),
                    username: None,
                });
                Told {
                    source_id: id.clone(),
                    name: Some(name.clone()),
                    phone: None,
                }
            }
            None => Told {
                source_id: format!("{}@c.us", self.from),
                name: self.name.clone(),
                phone: Some(format!("+{}", self.from)),
            },
        };
        Inbound {
            from,
            external_id: self.id.clone(),
            reply_to_external: self.reply_to.clone(),
            content: self.text.clone(),
            attachments: self.things.iter().cloned().map(Into::into).collect(),
            extra: extra.write(),
            sent_at: Timestamp::from_microsecond(self.at_micros).ok(),
        }
    }
}

/// Takes a message to a phone: in now if it is open, kept until it is if it is paired. Refuses one that is not.
pub(super) fn arrive(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: &Arc<Inbox>,
    incoming: &Incoming,
) -> Result<()> {
    match sessions::load(&*tx, inbox)?.state {
        SessionState::LoggedIn => {
            messages::receive(tx, directory, inbox, &incoming.inbound())?;
            Ok(())
        }
        SessionState::Loading | SessionState::Offline => {
            let name = format!("{:016x}", tx.new_id());
            let text = serde_json::to_string(incoming).unwrap_or_default();
            tx.keep(&waiting(inbox), &name, Some(&text))
        }
        SessionState::Unpaired
        | SessionState::Idle
        | SessionState::LoggedOut
        | SessionState::Banned => Err(not_paired()),
    }
}

/// Takes in what waited, in order.
pub(super) fn catch_up(tx: &mut dyn Tx, directory: &Directory, inbox: &Arc<Inbox>) -> Result<()> {
    for (name, text) in tx.list_kept(&waiting(inbox), WAITING)? {
        if let Ok(incoming) = serde_json::from_str::<Incoming>(&text) {
            messages::receive(tx, directory, inbox, &incoming.inbound())?;
        }
        tx.keep(&waiting(inbox), &name, None)?;
    }
    Ok(())
}

/// Forgets what waited.
pub(super) fn forget(tx: &mut dyn Tx, inbox: &Inbox) -> Result<()> {
    for (name, _) in tx.list_kept(&waiting(inbox), WAITING)? {
        tx.keep(&waiting(inbox), &name, None)?;
    }
    Ok(())
}

fn waiting(inbox: &Inbox) -> String {
    keeper_of(inbox.id)
}

/// Who keeps what waits for a phone that is offline, and nothing else.
pub fn keeper_of(phone: InboxId) -> String {
    format!("{NAME} waiting {phone}")
}

impl Sandbox {
    /// Brings a message to a phone.
    pub(super) async fn bring(&self, inbox: &Arc<Inbox>, incoming: Incoming) -> Result<()> {
        let (inbox, directory) = (inbox.clone(), self.core().directory.clone());
        self.core()
            .store
            .transact(move |tx| arrive(tx, &directory, &inbox, &incoming))
            .await
    }
}
