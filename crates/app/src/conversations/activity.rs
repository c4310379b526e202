//! What happens to a conversation is written into it, for those who answer it.
//!
//! Only what somebody decided is written: that a contact's message opens a conversation again, or that its time has
//! come, shows by itself.

use std::sync::Arc;

use domain::{
    Conversation, ConversationStatus, Direction, Event, Label, Message, MessageId, MessageStatus,
    Priority, Sender, Spoken, TeamId, Thread,
};

use crate::{Actor, Result, Scope, directory::Directory, ports::Tx};

/// What is to be written, in the order of its sentences.
pub(super) type Notes = Vec<String>;

/// Who did it, by name, if somebody decided it.
fn name(directory: &Directory, scope: &Scope) -> Option<String> {
    match &scope.actor {
        Actor::Agent(id) | Actor::Member(id, _) | Actor::Bot(id, _) | Actor::App(id, _) => {
            directory.agent(*id).map(|it| it.name.clone())
        }
        Actor::Program(name) => Some(name.clone()),
        Actor::Contact(_) | Actor::System => None,
    }
}

/// The conversation has another status than before.
pub(super) fn of_status(
    directory: &Directory,
    scope: &Scope,
    contact: &str,
    status: ConversationStatus,
) -> Notes {
    let Some(name) = name(directory, scope) else {
        let ended = matches!(scope.actor, Actor::Contact(_));
        let note = format!("Conversation was resolved by {contact}");
        return if ended && status == ConversationStatus::Resolved {
            vec![note]
        } else {
            Notes::new()
        };
    };
    let what = match status {
        ConversationStatus::Open => "reopened",
        ConversationStatus::Resolved => "marked resolved",
        ConversationStatus::Pending => "marked as pending",
        ConversationStatus::Snoozed => "snoozed",
    };
    vec![format!("Conversation was {what} by {name}")]
}

/// The conversation is somebody else's, or nobody's.
pub(super) fn of_assignee(directory: &Directory, scope: &Scope, now: &Conversation) -> Notes {
    let Some(name) = name(directory, scope) else {
        return Notes::new();
    };
    let note = match now.assignee_id {
        None => format!("Conversation unassigned by {name}"),
        Some(id) if scope.agent_id() == Some(id) => {
            format!("{name} self-assigned this conversation")
        }
        Some(id) => {
            let to = directory.agent(id);
            let to = to.map(|it| it.name.clone()).unwrap_or_default();
            format!("Assigned to {to} by {name}")
        }
    };
    vec![note]
}

/// Labels were put on the conversation and taken off it.
pub(super) fn of_labels(
    directory: &Directory,
    scope: &Scope,
    added: &[Arc<Label>],
    removed: &[Arc<Label>],
) -> Notes {
    let Some(name) = name(directory, scope) else {
        return Notes::new();
    };
    let titles = |all: &[Arc<Label>]| -> String {
        let titles: Vec<&str> = all.iter().map(|it| it.title.as_str()).collect();
        titles.join(", ")
    };
    let both = [("added", added), ("removed", removed)];
    both.into_iter()
        .filter(|(_, all)| !all.is_empty())
        .map(|(what, all)| format!("{name} {what} {}", titles(all)))
        .collect()
}

/// The conversation matters more or less than before.
pub(super) fn of_priority(
    directory: &Directory,
    scope: &Scope,
    was: Option<Priority>,
    now: Option<Priority>,
) -> Notes {
    let Some(name) = name(directory, scope).filter(|_| was != now) else {
        return Notes::new();
    };
    let note = match (was.map(word), now.map(word)) {
        (None, Some(now)) => format!("{name} set the priority to {now}"),
        (Some(was), Some(now)) => format!("{name} changed the priority from {was} to {now}"),
        (_, None) => format!("{name} removed the priority"),
    };
    vec![note]
}

fn word(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Medium => "medium",
        Priority::High => "high",
        Priority::Urgent => "urgent",
    }
}

/// The conversation is another team's, or no team's.
pub(super) fn of_team(
    directory: &Directory,
    scope: &Scope,
    was: Option<TeamId>,
    now: Option<TeamId>,
) -> Notes {
    let Some(name) = name(directory, scope).filter(|_| was != now) else {
        return Notes::new();
    };
    let tables = directory.tables();
    let team = |id: Option<TeamId>| Some(tables.teams.get(&id?)?.name.clone());
    let note = match (team(was), team(now)) {
        (_, Some(now)) => format!("Assigned to {now} by {name}"),
        (Some(was), None) => format!("Unassigned from {was} by {name}"),
        (None, None) => return Notes::new(),
    };
    vec![note]
}

/// The contact is heard no more, or is heard again.
pub(super) fn of_muting(directory: &Directory, scope: &Scope, muted: bool) -> Notes {
    let what = if muted { "muted" } else { "unmuted" };
    let name = name(directory, scope).into_iter();
    name.map(|name| format!("{name} has {what} the conversation"))
        .collect()
}

/// Writes the notes into the conversation as it is now.
pub(super) fn write(tx: &mut dyn Tx, thread: &Thread, notes: Notes) -> Result<()> {
    let now = tx.now();
    let it = &thread.conversation;
    for note in notes {
        let message = Message {
            id: MessageId(tx.new_id()),
            account_id: it.account_id,
            inbox_id: it.inbox_id,
            conversation_id: it.id,
            direction: Direction::Activity,
            private: false,
            content: Some(note),
            content_type: None,
            attachments: Vec::new(),
            sender: Sender::System,
            status: MessageStatus::Sent,
            error: None,
            external_id: None,
            reply_to_external: None,
            reply_to: None,
            client_key: None,
            echo: None,
            client_app: None,
            extra: None,
            sent_at: now,
            created_at: now,
            updated_at: now,
        };
        tx.insert_message(&message)?;
        let spoken = Box::new(Spoken {
            message,
            author: None,
            quoted: None,
        });
        let waited = thread.conversation.waiting_since;
        let event = Event::MessageCreated {
            thread: Box::new(thread.clone()),
            spoken,
            waited,
        };
        tx.append(it.account_id, event)?;
    }
    Ok(())
}
