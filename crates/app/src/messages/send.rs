//! The business writes.

use domain::{
    AgentId, Conversation, DeliveryId, Direction, Event, Kind, Message, MessageId, MessageStatus,
    Refusal, Sender, Spoken, StoredFile, Thread, Timestamp,
};

use super::NewAttachment;
use crate::{
    Error, Result, Scope,
    conversations::{load, spoken, thread},
    deliveries::{self, Delivery, Parcel, Receiver},
    directory::Directory,
    limits::{ATTACHMENTS, CLIENT_KEY_CHARS, CONTENT_CHARS, PARTICIPANTS},
    notifications,
    ports::{ConversationRow, Tx, whole_micros},
    reports::{self, Measure, Tally},
};

/// What to say.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The text.
    pub content: Option<String>,
    /// True for a note between agents.
    pub private: bool,
    /// What to attach; files are kept already.
    pub attachments: Vec<NewAttachment>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// The client's own key. A second draft with the same key in one conversation is the first one again.
    pub client_key: Option<String>,
    /// What to call it when telling the client of it. Unlike a key it promises nothing: a second draft with the
    /// same echo is another message.
    pub echo: Option<String>,
    /// Whatever the client wants kept with it, as an opaque JSON object.
    pub extra: Option<String>,
    /// What kind of content it is, where it is more than text and files.
    pub content_type: Option<String>,
    /// The agents whom a note names.
    pub named: Vec<AgentId>,
    /// The network's own id, where the message was said there already and is only told of here: then it is not
    /// sent, and a second one with this id is the first one again.
    pub said_as: Option<String>,
    /// When it was said there, if the network told.
    pub said_at: Option<Timestamp>,
}

/// What was said, and where.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The conversation after it.
    pub thread: Thread,
    /// The message.
    pub spoken: Spoken,
    /// False if the client's key was known: nothing changed.
    pub fresh: bool,
}

impl Draft {
    /// Whether a message says what this draft says, so that a client which sends it again is not told of another.
    pub fn is_said_by(&self, message: &Message) -> bool {
        let text = |content: &Option<String>| content.clone().unwrap_or_default();
        let file = |it: &Option<StoredFile>| {
            it.as_ref()
                .map(|it| (it.name.clone(), it.content_type.clone(), it.bytes))
        };
        let (mine, theirs) = (&self.attachments, &message.attachments);
        let mut pairs = mine.iter().zip(theirs);
        text(&self.content) == text(&message.content)
            && mine.len() == theirs.len()
            && pairs.all(|(a, b)| a.kind == b.kind && file(&a.file) == file(&b.file))
    }
}

/// Commits a message to a conversation, and the deliveries that carry it to its network.
pub fn send(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    draft: &Draft,
) -> Result<Sent> {
    check(
        draft.content.as_deref(),
        draft.attachments.len(),
        draft.client_key.iter().chain(&draft.echo),
    )?;
    let mut row = load(tx, scope, number)?;
    if let Some(key) = &draft.client_key
        && let Some(known) = tx.find_message_by_client_key(row.conversation.id, key)?
    {
        let spoken = spoken(directory, known);
        return Ok(Sent {
            thread: thread(directory, row)?,
            spoken,
            fresh: false,
        });
    }
    if let Some(said) = &draft.said_as
        && let Some(known) =
            tx.find_message_by_external(row.conversation.inbox_id, Direction::Out, said)?
    {
        let row = tx
            .find_conversation_by_id(known.conversation_id)?
            .unwrap_or(row);
        return Ok(Sent {
            thread: thread(directory, row)?,
            spoken: spoken(directory, known),
            fresh: false,
        });
    }
    let (message, quoted) = compose(tx, scope, &row, draft)?;
    tx.insert_message(&message)?;
    let named = name(tx, directory, &mut row.conversation, &message, &draft.named)?;
    let waited = row.conversation.waiting_since;
    if !message.private {
        let now = tx.now();
        row.conversation
            .answered(message.id, scope.is_person(), now);
        if let (Some(since), None) = (waited, row.conversation.waiting_since) {
            let took = reports::seconds(since, now);
            let tally = Tally::of(Measure::Reply, &row.conversation, scope.agent_id(), took);
            tx.tally(scope.account_id, &tally)?;
        }
        tx.update_conversation(&row.conversation)?;
        if draft.said_as.is_none() {
            deliver(tx, &message)?;
        }
    }
    let quoted = quoted.map(Box::new);
    let spoken = Spoken {
        quoted,
        ..spoken(directory, message)
    };
    let thread = thread(directory, row)?;
    tx.append(
        scope.account_id,
        Event::MessageCreated {
            thread: Box::new(thread.clone()),
            spoken: Box::new(spoken.clone()),
            waited,
        },
    )?;
    notifications::of_said(tx, directory, &thread, &spoken, &named)?;
    Ok(Sent {
        thread,
        spoken,
        fresh: true,
    })
}

/// Brings in those whom a note names, if they may see the conversation. Returns them.
fn name(
    tx: &mut dyn Tx,
    directory: &Directory,
    conversation: &mut Conversation,
    note: &Message,
    named: &[AgentId],
) -> Result<Vec<AgentId>> {
    let named = notifications::who_may_be_named(directory, conversation, note, named);
    if named.is_empty() {
        return Ok(named);
    }
    for id in &named {
        tx.name_in(*id, conversation.id)?;
    }
    let all = &mut conversation.participants;
    let room = PARTICIPANTS.saturating_sub(all.len());
    let mut new = named.clone();
    new.retain(|id| !all.contains(id));
    all.extend(new.into_iter().take(room));
    all.sort_unstable();
    tx.put_participants(conversation)?;
    Ok(named)
}

/// Refuses nothing at all, and too much of anything.
pub(super) fn check<'a>(
    content: Option<&str>,
    attachments: usize,
    mut keys: impl Iterator<Item = &'a String>,
) -> Result<()> {
    let invalid = |text: String, field: &'static str| {
        Err(Error::Refused(
            Refusal::new(Kind::Invalid, text).of_field(field),
        ))
    };
    let content = content.unwrap_or_default();
    if content.is_empty() && attachments == 0 {
        return invalid("a message needs content or an attachment".into(), "content");
    }
    if content.chars().count() > CONTENT_CHARS {
        return invalid(
            format!("Content is too long (maximum is {CONTENT_CHARS} characters)"),
            "content",
        );
    }
    if attachments > ATTACHMENTS {
        return invalid(
            format!("a message has at most {ATTACHMENTS} attachments"),
            "attachments",
        );
    }
    if keys.any(|key| key.chars().count() > CLIENT_KEY_CHARS) {
        return invalid(
            format!("a key has at most {CLIENT_KEY_CHARS} characters"),
            "client_key",
        );
    }
    Ok(())
}

fn compose(
    tx: &mut dyn Tx,
    scope: &Scope,
    row: &ConversationRow,
    draft: &Draft,
) -> Result<(Message, Option<Message>)> {
    let now = tx.now();
    let quoted = match draft.reply_to {
        Some(id) => tx
            .find_message(id)?
            .filter(|it| it.conversation_id == row.conversation.id),
        None => None,
    };
    let sender = match scope.agent_id() {
        Some(id) => Sender::Agent(id),
        None => Sender::System,
    };
    let message = Message {
        id: MessageId(tx.new_id()),
        account_id: scope.account_id,
        inbox_id: row.conversation.inbox_id,
        conversation_id: row.conversation.id,
        direction: Direction::Out,
        private: draft.private,
        content: draft.content.clone().filter(|text| !text.is_empty()),
        attachments: draft.attachments.iter().map(|it| it.attach(tx)).collect(),
        sender,
        content_type: draft.content_type.clone(),
        status: if draft.private || draft.said_as.is_some() {
            MessageStatus::Sent
        } else {
            MessageStatus::Queued
        },
        error: None,
        external_id: draft.said_as.clone(),
        reply_to_external: quoted.as_ref().and_then(|it| it.external_id.clone()),
        reply_to: quoted.as_ref().map(|it| it.id),
        client_key: draft.client_key.clone(),
        echo: draft.echo.clone(),
        client_app: scope.app().map(str::to_owned),
        extra: draft.extra.clone(),
        sent_at: draft.said_at.map_or(now, whole_micros),
        created_at: now,
        updated_at: now,
    };
    Ok((message, quoted))
}

pub(super) fn deliver(tx: &mut dyn Tx, message: &Message) -> Result<()> {
    let now = tx.now();
    let parts = i64::try_from(deliveries::parts(message).len()).unwrap_or(i64::MAX);
    for part in 0..parts {
        let what = Parcel::Part {
            message_id: message.id,
            part,
            parts,
        };
        let (id, to) = (DeliveryId(tx.new_id()), Receiver::Inbox(message.inbox_id));
        let delivery = Delivery::new(id, to, what, now, now);
        // A conversation is one lane.
        tx.insert_delivery(&delivery.in_lane(message.conversation_id.0))?;
    }
    Ok(())
}
