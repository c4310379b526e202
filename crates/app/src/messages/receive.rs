//! A contact writes: the hot path.

use std::sync::Arc;

use domain::{
    Contact, Conversation, Direction, Event, Inbox, Message, MessageId, MessageStatus, Sender,
    Spoken, Thread, Timestamp,
};

use super::NewAttachment;
use crate::{
    Result,
    contacts::{self, Told},
    conversations::{self, assignee_of, labels_of, team_of},
    directory::Directory,
    notifications,
    ports::{Tx, whole_micros},
};

/// What a network brings.
#[derive(Debug, Clone, Default)]
pub struct Inbound {
    /// Who wrote.
    pub from: Told,
    /// The network's id for the message, unique within the inbox.
    pub external_id: String,
    /// The network's id of the message it answers.
    pub reply_to_external: Option<String>,
    /// The text, or the caption.
    pub content: Option<String>,
    /// What is attached; files are kept already.
    pub attachments: Vec<NewAttachment>,
    /// Whatever we have no field for, as an opaque JSON object.
    pub extra: Option<String>,
    /// When it was written, if the network told.
    pub sent_at: Option<Timestamp>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It is new.
    Fresh(MessageId),
    /// It had been received before; nothing changed.
    Duplicate,
}

/// Takes a message in, exactly once per inbox and network id, together with whoever wrote it and the
/// conversation it belongs to. A resolved conversation opens again, or goes back to the inbox's program.
pub fn receive(
    tx: &mut dyn Tx,
    directory: &Directory,
    inbox: &Arc<Inbox>,
    inbound: &Inbound,
) -> Result<Received> {
    let now = tx.now();
    let known = tx.find_address(inbox.id, &inbound.from.source_id)?;
    // What follows writes before it inserts the message, unless there is a conversation already.
    let begins = !matches!(known, Some((_, _, Some(_))));
    if begins
        && tx
            .find_message_by_external(inbox.id, Direction::In, &inbound.external_id)?
            .is_some()
    {
        return Ok(Received::Duplicate);
    }
    let (mut address, mut contact, conversation) = match known {
        Some(known) => known,
        None => {
            let (address, contact) = contacts::meet(tx, inbox, &inbound.from)?;
            (address, contact, None)
        }
    };
    let mut conversation = match conversation {
        Some(conversation) => conversation,
        None => conversations::fresh(tx, directory, inbox, &contact, address.id)?,
    };

    let (message, quoted) = compose(tx, &conversation, contact.id, inbound)?;
    if !tx.insert_message(&message)? {
        return Ok(Received::Duplicate);
    }
    contacts::hear_name(tx, &mut address, &mut contact, &inbound.from)?;
    let thread = |conversation: &Conversation, contact: &Contact| {
        Box::new(Thread {
            inbox: inbox.clone(),
            contact: contact.clone(),
            address: address.clone(),
            conversation: conversation.clone(),
            assignee: assignee_of(directory, conversation),
            labels: labels_of(directory, conversation),
            team: team_of(directory, conversation),
        })
    };
    if begins {
        tx.insert_conversation(&conversation)?;
        let thread = thread(&conversation, &contact);
        let event = Event::ConversationCreated {
            thread: thread.clone(),
            by: None,
        };
        tx.append(inbox.account_id, event)?;
        notifications::of_begun(tx, directory, &thread)?;
    }
    let (waited, put_off) = (conversation.waiting_since, conversation.snoozed_until);
    let reopened = conversation.heard(message.id, directory.has_bot(inbox.id), now);
    tx.update_conversation(&conversation)?;

    let id = message.id;
    let thread = thread(&conversation, &contact);
    let spoken = Box::new(Spoken {
        message,
        author: None,
        quoted: quoted.map(Box::new),
    });
    if let Some(was) = reopened {
        let (thread, last_message) = (thread.clone(), Some(spoken.clone()));
        let event = Event::ConversationStatusChanged {
            thread,
            last_message,
            was,
            put_off,
            by: None,
        };
        tx.append(inbox.account_id, event)?;
    }
    let event = Event::MessageCreated {
        thread: thread.clone(),
        spoken: spoken.clone(),
        waited,
    };
    tx.append(inbox.account_id, event)?;
    notifications::of_said(tx, directory, &thread, &spoken, &[])?;
    if begins || reopened.is_some() {
        conversations::deal(tx, directory, &thread)?;
    }
    Ok(Received::Fresh(id))
}

fn compose(
    tx: &mut dyn Tx,
    conversation: &Conversation,
    contact: domain::ContactId,
    inbound: &Inbound,
) -> Result<(Message, Option<Message>)> {
    let now = tx.now();
    let quoted = match &inbound.reply_to_external {
        Some(quoted) => find_quoted(tx, conversation, quoted)?,
        None => None,
    };
    let message = Message {
        id: MessageId(tx.new_id()),
        account_id: conversation.account_id,
        inbox_id: conversation.inbox_id,
        conversation_id: conversation.id,
        direction: Direction::In,
        private: false,
        content: inbound.content.clone(),
        content_type: None,
        attachments: inbound.attachments.iter().map(|it| it.attach(tx)).collect(),
        sender: Sender::Contact(contact),
        status: MessageStatus::Sent,
        error: None,
        external_id: Some(inbound.external_id.clone()),
        reply_to_external: inbound.reply_to_external.clone(),
        reply_to: quoted.as_ref().map(|it| it.id),
        client_key: None,
        echo: None,
        client_app: None,
        extra: inbound.extra.clone(),
        sent_at: inbound.sent_at.map_or(now, whole_micros),
        created_at: now,
        updated_at: now,
    };
    Ok((message, quoted))
}

/// A quoted message may be theirs or ours.
pub(super) fn find_quoted(
    tx: &dyn Tx,
    conversation: &Conversation,
    quoted: &str,
) -> Result<Option<Message>> {
    for direction in [Direction::Out, Direction::In] {
        if let Some(found) =
            tx.find_message_by_external(conversation.inbox_id, direction, quoted)?
            && found.conversation_id == conversation.id
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
