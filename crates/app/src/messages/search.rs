//! Looking for words in a conversation.

use domain::{ConversationId, Message, MessageId};

use crate::{
    Result,
    limits::SEARCHED_MESSAGES,
    ports::{HistoryPage, View},
};

/// Messages read at once.
const BATCH: i64 = 200;

/// What was found, and where to go on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// In the order of the way.
    pub messages: Vec<Message>,
    /// The last message that was looked at; `None` when there are no more.
    pub next: Option<MessageId>,
}

/// The messages of a page of a history that have these words, in any case, in their text or in the name of a file.
///
/// At most [`SEARCHED_MESSAGES`] are looked at, so that a page may be short, or empty, and others follow it. Reads a
/// good deal: call it where blocking is allowed.
pub fn search<V: View + ?Sized>(
    view: &V,
    conversation: ConversationId,
    page: &HistoryPage,
    words: &str,
) -> Result<Found> {
    let wanted = words.to_lowercase();
    let limit = usize::try_from(page.limit).unwrap_or(0);
    let mut found = Found::default();
    let mut place = HistoryPage {
        limit: BATCH,
        ..*page
    };
    for _ in 0..SEARCHED_MESSAGES / BATCH {
        let batch = view.list_history(conversation, &place)?;
        let more = i64::try_from(batch.len()).unwrap_or(0) == BATCH;
        for message in batch {
            if found.messages.len() == limit {
                return Ok(found);
            }
            found.next = Some(message.id);
            if has(&message, &wanted) {
                found.messages.push(message);
            }
        }
        if !more {
            found.next = None;
            return Ok(found);
        }
        (place.beyond, place.time) = (found.next, None);
    }
    Ok(found)
}

fn has(message: &Message, wanted: &str) -> bool {
    let in_text = |text: &str| text.to_lowercase().contains(wanted);
    let mut names = message.attachments.iter().filter_map(|it| it.file.as_ref());
    message.content.as_deref().is_some_and(in_text) || names.any(|file| in_text(&file.name))
}
