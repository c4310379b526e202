//! The message, what is attached to it, and the ladder that its status climbs.

use crate::{AccountId, AgentId, ContactId, ConversationId, InboxId, MessageId, Timestamp};

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the contact to the business.
    In,
    /// From the business to the contact (or, if private, between agents).
    Out,
    /// About the conversation itself; shown to agents only.
    Activity,
}

/// How far a message has come. It only moves up; a late lower report is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageStatus {
    /// Committed here, not yet handed over.
    Queued,
    /// The network has it.
    Sent,
    /// It reached the person's device.
    Delivered,
    /// The person saw it.
    Read,
    /// It will not arrive.
    Failed,
}

impl MessageStatus {
    /// The status after `report`, or `None` if the report says nothing new.
    ///
    /// Failure ends a message that has not yet reached the person, and nothing follows it.
    pub fn advance(self, report: Self) -> Option<Self> {
        let moves = match (self, report) {
            (Self::Failed, _) => false,
            (Self::Queued | Self::Sent, Self::Failed) => true,
            (Self::Delivered | Self::Read, Self::Failed) => false,
            (now, next) => next.rung() > now.rung(),
        };
        moves.then_some(report)
    }

    fn rung(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sent => 1,
            Self::Delivered => 2,
            Self::Read => 3,
            Self::Failed => 4,
        }
    }
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The contact.
    Contact(ContactId),
    /// An agent.
    Agent(AgentId),
    /// The server itself.
    System,
}

/// What kind of thing is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A sound file.
    Audio,
    /// A recorded voice note.
    Voice,
    /// A sticker.
    Sticker,
    /// Any other file.
    File,
    /// A place: latitude and longitude, perhaps a title.
    Location,
    /// Somebody's contact card, as opaque JSON in `detail`.
    Contact,
}

/// A file that we keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its key in the media store.
    pub key: String,
    /// The name to show.
    pub name: String,
    /// MIME type.
    pub content_type: String,
    /// Length in bytes.
    pub bytes: i64,
}

/// One thing attached to a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// Time-ordered number.
    pub id: i64,
    /// What it is.
    pub kind: AttachmentKind,
    /// The file, if it is one.
    pub file: Option<StoredFile>,
    /// What to show for a place or a card.
    pub title: Option<String>,
    /// Latitude and longitude in degrees, for a place.
    pub coordinates: Option<(f64, f64)>,
    /// Anything else the network told, as opaque JSON.
    pub detail: Option<String>,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Time-ordered number.
    pub id: MessageId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Where it was said.
    pub inbox_id: InboxId,
    /// In which conversation.
    pub conversation_id: ConversationId,
    /// Which way it went.
    pub direction: Direction,
    /// True for a note between agents, which never leaves.
    pub private: bool,
    /// The text; for a picture or film, its caption.
    pub content: Option<String>,
    /// What kind of content it is, where it is more than text and files: a form, a choice, a card. The word is
    /// the sending program's; whoever shows the message knows it or shows the text.
    pub content_type: Option<String>,
    /// What is attached.
    pub attachments: Vec<Attachment>,
    /// Who wrote it.
    pub sender: Sender,
    /// How far it has come.
    pub status: MessageStatus,
    /// Why it failed or waits, in plain words.
    pub error: Option<String>,
    /// The network's own id for it, once there is one.
    pub external_id: Option<String>,
    /// The network's id of the message it answers, as told.
    pub reply_to_external: Option<String>,
    /// Our id of the message it answers, if we have that one.
    pub reply_to: Option<MessageId>,
    /// What the program that sent it calls it; told back to it, and never sent twice in one conversation.
    pub client_key: Option<String>,
    /// What the client called it when it sent it, told back once and promising nothing.
    pub echo: Option<String>,
    /// The program that sent it, if not a person.
    pub client_app: Option<String>,
    /// Whatever of the network's message we have no field for, as an opaque JSON object.
    pub extra: Option<String>,
    /// When it was written, by the network's clock if it told, else by ours.
    pub sent_at: Timestamp,
    /// When we committed it.
    pub created_at: Timestamp,
    /// When this record last changed.
    pub updated_at: Timestamp,
}

/// What may change of a message after it was said, as it was before it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// How far it had come.
    pub status: MessageStatus,
    /// The text.
    pub content: Option<String>,
    /// Why it had failed or waited.
    pub error: Option<String>,
    /// The network's id for it.
    pub external_id: Option<String>,
    /// What was kept with it, an opaque JSON object.
    pub extra: Option<String>,
    /// When it had last changed.
    pub updated_at: Timestamp,
}

impl Message {
    /// What it is now, to be told of once it has changed.
    pub fn former(&self) -> Former {
        Former {
            status: self.status,
            content: self.content.clone(),
            error: self.error.clone(),
            external_id: self.external_id.clone(),
            extra: self.extra.clone(),
            updated_at: self.updated_at,
        }
    }

    /// The message as it was; what is attached to it is left as it is.
    #[must_use]
    pub fn as_it_was(&self, was: &Former) -> Self {
        Self {
            status: was.status,
            content: was.content.clone(),
            error: was.error.clone(),
            external_id: was.external_id.clone(),
            extra: was.extra.clone(),
            updated_at: was.updated_at,
            ..self.clone()
        }
    }

    /// Whether the inbox said it by itself: a greeting, a question. Such a message always says what kind of content it
    /// is, which nothing else does that nobody wrote.
    pub fn is_by_itself(&self) -> bool {
        self.direction == Direction::Out
            && self.sender == Sender::System
            && self.content_type.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::MessageStatus::{self, Delivered, Failed, Queued, Read, Sent};

    #[test]
    fn the_ladder_only_moves_up() {
        let all = [Queued, Sent, Delivered, Read, Failed];
        let up: Vec<(MessageStatus, MessageStatus)> = all
            .iter()
            .flat_map(|&a| all.iter().map(move |&b| (a, b)))
            .filter(|&(a, b)| a.advance(b).is_some())
            .collect();
        assert_eq!(
            up,
            [
                (Queued, Sent),
                (Queued, Delivered),
                (Queued, Read),
                (Queued, Failed),
                (Sent, Delivered),
                (Sent, Read),
                (Sent, Failed),
                (Delivered, Read),
            ]
        );
    }
}
