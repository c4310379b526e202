//! Messages: received from a contact, sent to one, changed, reported on by the network.

mod by_itself;
mod change;
mod overhear;
mod receive;
mod report;
mod revise;
mod say;
mod search;
mod send;

use domain::{Attachment, AttachmentKind, Message, StoredFile};

pub use by_itself::Replies;
pub use change::{delete, edit, hear_delete, hear_edit, is_deleted};
pub use overhear::{overhear, overhear_delete, overhear_edit};
pub use receive::{Inbound, Received, receive};
pub use report::{Reported, report};
pub use revise::{annotate, report_on, retry};
pub use say::{Words, say};
pub use search::{Found, search};
pub use send::{Draft, Sent, send};

pub(crate) use change::editable;
pub(crate) use report::{apply, tell_updated};
pub(crate) use revise::{find, now};

use crate::{
    Result,
    ports::{Tx, View},
};

/// A message that was found by itself, unless its conversation is removed: what was said there is nobody's to find, also
/// while it is not yet erased.
pub fn unless_removed<V: View + ?Sized>(view: &V, message: Message) -> Result<Option<Message>> {
    let row = view.find_conversation_by_id(message.conversation_id)?;
    Ok(row.map(|_| message))
}

/// Something to attach.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAttachment {
    /// What it is.
    pub kind: AttachmentKind,
    /// The kept file, if it is one.
    pub file: Option<StoredFile>,
    /// What to show for a place or a card.
    pub title: Option<String>,
    /// Latitude and longitude in degrees, for a place.
    pub coordinates: Option<(f64, f64)>,
    /// Anything else the network told, as opaque JSON.
    pub detail: Option<String>,
}

impl NewAttachment {
    /// A file, told apart by its MIME type.
    pub fn of_file(file: StoredFile) -> Self {
        let kind = match file.content_type.split('/').next() {
            Some("image") => AttachmentKind::Image,
            Some("video") => AttachmentKind::Video,
            Some("audio") => AttachmentKind::Audio,
            _ => AttachmentKind::File,
        };
        Self {
            kind,
            file: Some(file),
            title: None,
            coordinates: None,
            detail: None,
        }
    }

    fn attach(&self, tx: &mut dyn Tx) -> Attachment {
        Attachment {
            id: tx.new_id(),
            kind: self.kind,
            file: self.file.clone(),
            title: self.title.clone(),
            coordinates: self.coordinates,
            detail: self.detail.clone(),
        }
    }
}
