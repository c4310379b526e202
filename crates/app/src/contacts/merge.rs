//! Two contacts become one, and a contact goes.

use domain::{Contact, ContactId, Event, Kind};

use super::load;
use crate::{
    Error, Result, Scope,
    conversations::{self, parts},
    directory::Directory,
    limits::MOVED_CONVERSATIONS,
    ports::{Tx, With},
};

/// Makes one contact of two: `base` stays and gets the addresses, conversations and messages of the other, and what
/// it does not know itself. `join` makes one JSON object of two, the second of which wins.
pub fn merge(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    base: ContactId,
    other: ContactId,
    join: super::Join,
) -> Result<Contact> {
    let mut kept = load(tx, scope, base)?;
    let gone = load(tx, scope, other)?;
    if base == other {
        return Ok(kept);
    }
    let moved = tx.list_conversations_with(With::Contact(other), MOVED_CONVERSATIONS)?;
    if i64::try_from(moved.len()).unwrap_or(i64::MAX) >= MOVED_CONVERSATIONS {
        let text = "the contact has too many conversations to be merged";
        return Err(Error::refused(Kind::Invalid, text));
    }
    kept.email = kept.email.take().or_else(|| gone.email.clone());
    kept.phone = kept.phone.take().or_else(|| gone.phone.clone());
    kept.identifier = kept.identifier.take().or_else(|| gone.identifier.clone());
    kept.picture = kept.picture.take().or_else(|| gone.picture.clone());
    kept.custom_attributes = join(&gone.custom_attributes, &kept.custom_attributes);
    kept.additional_attributes = join(&gone.additional_attributes, &kept.additional_attributes);
    kept.updated_at = tx.now();
    tx.move_contact(other, base)?;
    tx.update_contact(&kept)?;
    for row in moved {
        let id = row.conversation.id;
        let Some(mut row) = tx.find_conversation_by_id(id)? else {
            continue;
        };
        row.conversation.updated_at = tx.now();
        row.conversation.version += 1;
        tx.describe_conversation(&row.conversation)?;
        let (thread, last_message) = parts(directory, row)?;
        let event = Event::ConversationMoved {
            thread,
            last_message,
            was: other,
            by: scope.agent_id(),
        };
        tx.append(scope.account_id, event)?;
    }
    let event = Event::ContactMerged {
        contact: kept.clone(),
        gone: other,
        by: scope.agent_id(),
    };
    tx.append(scope.account_id, event)?;
    Ok(kept)
}

/// Removes a contact with its addresses, its conversations and everything said in them.
pub fn delete(tx: &mut dyn Tx, directory: &Directory, scope: &Scope, id: ContactId) -> Result<()> {
    const BITE: i64 = 100;
    let contact = load(tx, scope, id)?;
    loop {
        let rows = tx.list_conversations_with(With::Contact(id), BITE)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            conversations::erase(tx, directory, &row.conversation)?;
        }
    }
    tx.delete_contact(id)?;
    let by = scope.agent_id();
    tx.append(scope.account_id, Event::ContactDeleted { contact, by })
}
