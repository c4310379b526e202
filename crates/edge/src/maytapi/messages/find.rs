//! The message that an id names, in either form.

use app::{messages, ports::View};
use domain::{Direction, Inbox, Message, MessageId};
use wire::maytapi::id;

use crate::maytapi::errors::{Answer, Refused};
use axum::http::StatusCode;

/// A message of this phone.
pub(super) fn find(view: &dyn View, inbox: &Inbox, text: &str) -> app::Result<Option<Message>> {
    let short = id::short(text);
    if let Some((number, _)) = id::number(short) {
        let found = view.find_message(MessageId(number))?;
        if let Some(found) = found.filter(|it| it.inbox_id == inbox.id) {
            return messages::unless_removed(view, found);
        }
    }
    for direction in [Direction::In, Direction::Out] {
        if let Some(found) = view.find_message_by_external(inbox.id, direction, short)? {
            return messages::unless_removed(view, found);
        }
    }
    Ok(None)
}

/// The same, where it has to be there and not deleted.
pub(super) fn load(view: &dyn View, inbox: &Inbox, text: &str) -> Answer<Message> {
    let gone = |text: String| Refused::new(StatusCode::NOT_FOUND, text);
    let found = find(view, inbox, text)?.ok_or_else(|| {
        let shown: String = text.chars().take(80).collect();
        gone(format!("this phone knows no message {shown}"))
    })?;
    if messages::is_deleted(&found) {
        return Err(gone("this message was deleted".to_owned()));
    }
    Ok(found)
}
