//! A contact writes in a conversation that is named, through a door of ours.

use domain::{
    Direction, Event, Message, MessageId, MessageStatus, Sender, Spoken, StoredFile, Thread,
    Timestamp,
};

use super::{NewAttachment, Replies, by_itself, send::Sent, send::check};
use crate::{
    Result, Scope,
    conversations::{deal, load, spoken, thread},
    directory::Directory,
    notifications,
    ports::{ConversationRow, Tx, whole_micros},
};

/// What a contact says.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// The text.
    pub content: Option<String>,
    /// What is attached; files are kept already.
    pub attachments: Vec<NewAttachment>,
    /// The message's name in the system that brings it, unique within the inbox. A second message with the same
    /// name is the first one again.
    pub external_id: Option<String>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// The client's own key. A second message with the same key in one conversation is the first one again.
    pub client_key: Option<String>,
    /// What to call it when telling the client of it.
    pub echo: Option<String>,
    /// Whatever else is told, an opaque JSON object.
    pub extra: Option<String>,
    /// When it was written, if that is known.
    pub sent_at: Option<Timestamp>,
    /// What the inbox says to it by itself.
    pub replies: Replies,
}

/// Takes in what a contact says. A resolved conversation opens again, or goes back to the inbox's program; the inbox
/// answers what it answers by itself.
pub fn say(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    words: &Words,
) -> Result<Sent> {
    check(
        words.content.as_deref(),
        words.attachments.len(),
        words.client_key.iter().chain(&words.echo),
    )?;
    let mut row = load(tx, scope, number)?;
    if let Some(known) = known(tx, &row, words)? {
        return Ok(Sent {
            spoken: spoken(directory, known),
            thread: thread(directory, row)?,
            fresh: false,
        });
    }
    let now = tx.now();
    let (message, quoted) = compose(tx, &row, words)?;
    tx.insert_message(&message)?;
    let is_first = row.conversation.heard_at.is_none();
    let has_bot = directory.has_bot(row.conversation.inbox_id);
    let (waited, put_off) = (
        row.conversation.waiting_since,
        row.conversation.snoozed_until,
    );
    let reopened = row.conversation.heard(message.id, has_bot, now);
    tx.update_conversation(&row.conversation)?;
    let spoken = Spoken {
        quoted: quoted.map(Box::new),
        ..spoken(directory, message)
    };
    let thread: Thread = thread(directory, row)?;
    if let Some(was) = reopened {
        let event = Event::ConversationStatusChanged {
            thread: Box::new(thread.clone()),
            last_message: Some(Box::new(spoken.clone())),
            was,
            put_off,
            by: None,
        };
        tx.append(scope.account_id, event)?;
    }
    let event = Event::MessageCreated {
        thread: Box::new(thread.clone()),
        spoken: Box::new(spoken.clone()),
        waited,
    };
    tx.append(scope.account_id, event)?;
    notifications::of_said(tx, directory, &thread, &spoken, &[])?;
    by_itself::reply(tx, directory, &thread, is_first, &words.replies)?;
    let dealt = match reopened {
        Some(_) => deal(tx, directory, &thread)?,
        None => None,
    };
    let thread = dealt.unwrap_or(thread);
    Ok(Sent {
        thread,
        spoken,
        fresh: true,
    })
}

fn known(tx: &dyn Tx, row: &ConversationRow, words: &Words) -> Result<Option<Message>> {
    if let Some(key) = &words.client_key
        && let Some(known) = tx.find_message_by_client_key(row.conversation.id, key)?
    {
        return Ok(Some(known));
    }
    match &words.external_id {
        Some(id) => tx.find_message_by_external(row.conversation.inbox_id, Direction::In, id),
        None => Ok(None),
    }
}

fn compose(
    tx: &mut dyn Tx,
    row: &ConversationRow,
    words: &Words,
) -> Result<(Message, Option<Message>)> {
    let now = tx.now();
    let quoted = match words.reply_to {
        Some(id) => tx
            .find_message(id)?
            .filter(|it| it.conversation_id == row.conversation.id),
        None => None,
    };
    let message = Message {
        id: MessageId(tx.new_id()),
        account_id: row.conversation.account_id,
        inbox_id: row.conversation.inbox_id,
        conversation_id: row.conversation.id,
        direction: Direction::In,
        private: false,
        content: words.content.clone().filter(|text| !text.is_empty()),
        content_type: None,
        attachments: words.attachments.iter().map(|it| it.attach(tx)).collect(),
        sender: Sender::Contact(row.contact.id),
        status: MessageStatus::Sent,
        error: None,
        external_id: words.external_id.clone(),
        reply_to_external: quoted.as_ref().and_then(|it| it.external_id.clone()),
        reply_to: quoted.as_ref().map(|it| it.id),
        client_key: words.client_key.clone(),
        echo: words.echo.clone(),
        client_app: None,
        extra: words.extra.clone(),
        sent_at: words.sent_at.map_or(now, whole_micros),
        created_at: now,
        updated_at: now,
    };
    Ok((message, quoted))
}

impl Words {
    /// The keys of the files.
    pub fn file_keys(&self) -> impl Iterator<Item = &str> {
        let files = self.attachments.iter().filter_map(|it| it.file.as_ref());
        files.map(|it: &StoredFile| it.key.as_str())
    }
}
