//! Finding the conversation with an address, and beginning one before its contact has written.

use std::sync::Arc;

use domain::{
    AddressId, Contact, Conversation, ConversationId, ConversationStatus, Details, Event, Inbox,
    Thread,
};

use super::deal;
use crate::{
    Error, Result, Scope,
    contacts::{self, Told},
    directory::Directory,
    ports::{Tx, View},
};

/// The conversation with the first of these addresses that has one.
pub fn find_at<V: View + ?Sized>(
    view: &V,
    scope: &Scope,
    inbox: &Inbox,
    source_ids: &[String],
) -> Result<Option<Conversation>> {
    may_use(scope, inbox)?;
    for source_id in source_ids {
        if let Some((_, _, Some(conversation))) = view.find_address(inbox.id, source_id)? {
            return Ok(Some(conversation));
        }
    }
    Ok(None)
}

/// The conversation with an address: the one there is, or a new one, together with whoever is behind the address
/// if nobody knew them. Of two who begin at the same time, one begins and the other finds.
pub fn begin(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    inbox: &Arc<Inbox>,
    told: &Told,
) -> Result<Conversation> {
    may_use(scope, inbox)?;
    let (address, contact) = match tx.find_address(inbox.id, &told.source_id)? {
        Some((_, _, Some(conversation))) => return Ok(conversation),
        Some((address, contact, None)) => (address, contact),
        None => contacts::meet(tx, inbox, told)?,
    };
    let conversation = fresh(tx, directory, inbox, &contact, address.id)?;
    tx.insert_conversation(&conversation)?;
    let thread = Box::new(Thread {
        inbox: inbox.clone(),
        contact,
        address,
        conversation: conversation.clone(),
        assignee: None,
        labels: Vec::new(),
        team: None,
    });
    let by = scope.agent_id();
    let event = Event::ConversationCreated {
        thread: thread.clone(),
        by,
    };
    tx.append(inbox.account_id, event)?;
    let dealt = deal(tx, directory, &thread)?;
    Ok(dealt.map_or(conversation, |it| it.conversation))
}

pub(super) fn may_use(scope: &Scope, inbox: &Inbox) -> Result<()> {
    if scope.account_id == inbox.account_id {
        return Ok(());
    }
    Err(Error::not_found("inbox"))
}

/// A conversation that nobody knows yet, with its number taken. It is held by the program that answers first in its
/// inbox, if there is one.
pub(crate) fn fresh(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: &Inbox,
    contact: &Contact,
    address_id: AddressId,
) -> Result<Conversation> {
    let now = tx.now();
    Ok(Conversation {
        id: ConversationId(tx.new_id()),
        account_id: inbox.account_id,
        number: tx.next_conversation_number(inbox.account_id)?,
        inbox_id: inbox.id,
        contact_id: contact.id,
        address_id,
        status: if directory.has_bot(inbox.id) {
            ConversationStatus::Pending
        } else {
            ConversationStatus::Open
        },
        snoozed_until: None,
        assignee_id: None,
        labels: Vec::new(),
        participants: Vec::new(),
        unread_count: 0,
        waiting_since: None,
        heard_at: None,
        window_opened_by: None,
        first_reply_at: None,
        agent_last_seen_at: None,
        contact_last_seen_at: None,
        last_message_id: None,
        last_activity_at: now,
        created_at: now,
        updated_at: now,
        version: 0,
        details: Details::default(),
    })
}
