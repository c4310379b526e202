//! Conversations: who answers, where they stand, who has seen them.

mod activity;
mod assign;
mod begin;
mod create;
mod describe;
mod eraser;
mod idle;
mod label;
mod list;
mod mute;
mod participants;
mod read;
mod remove;
mod seen;
mod status;
mod team;
mod turns;
mod unread;
mod wake;

use std::sync::Arc;

use domain::{Agent, Conversation, Inbox, Kind, Label, Message, Sender, Spoken, Team, Thread};

pub use assign::{assign, assign_bot, assign_tracked};
pub(crate) use begin::fresh;
pub use begin::{begin, find_at};
pub use create::{NewConversation, create};
pub use describe::{describe, unsee};
pub use eraser::Eraser;
pub use idle::{IDLE_MINUTES, Idle, end_idle, find_idle, run_idle, set_idle};
pub use label::{Relabel, label};
pub use list::list;
pub use mute::mute;
pub use participants::set_participants;
pub use read::read;
pub(crate) use remove::erase;
pub use remove::remove;
pub use seen::seen;
pub(crate) use status::hand_over;
pub use status::{NewStatus, set_status};
pub use team::assign_team;
pub(crate) use turns::deal;
pub use unread::{UnreadCounts, unread_counts};
pub use wake::{run_waking, wake};

use crate::{
    Error, Result, Scope,
    directory::Directory,
    ports::{ConversationRow, View},
};

/// A conversation of the scope's account by its number, if the asker may see it.
pub fn load<V: View + ?Sized>(view: &V, scope: &Scope, number: i64) -> Result<ConversationRow> {
    let row = view.find_conversation(scope.account_id, number)?;
    let row = row.ok_or_else(|| Error::not_found("conversation"))?;
    if scope.sees(&row.conversation) {
        return Ok(row);
    }
    let text = "this conversation is for those who answer in its inbox";
    Err(Error::refused(Kind::Forbidden, text))
}

/// The snapshot that an event of this conversation carries.
pub fn thread(directory: &Directory, row: ConversationRow) -> Result<Thread> {
    let ConversationRow {
        conversation,
        contact,
        address,
        ..
    } = row;
    Ok(Thread {
        inbox: inbox_of(directory, &conversation)?,
        assignee: assignee_of(directory, &conversation),
        labels: labels_of(directory, &conversation),
        team: team_of(directory, &conversation),
        conversation,
        contact,
        address,
    })
}

/// A message with its author.
pub fn spoken(directory: &Directory, message: Message) -> Spoken {
    let author = match message.sender {
        Sender::Agent(id) => directory.known(message.account_id, id),
        Sender::Contact(_) | Sender::System => None,
    };
    Spoken {
        message,
        author,
        quoted: None,
    }
}

pub(crate) fn inbox_of(directory: &Directory, conversation: &Conversation) -> Result<Arc<Inbox>> {
    let (tables, id) = (directory.tables(), conversation.inbox_id);
    let found = tables.inboxes.get(&id).map(|it| &it.inbox);
    let found = found.or_else(|| tables.leaving.get(&id));
    found.cloned().ok_or_else(|| Error::not_found("inbox"))
}

pub(crate) fn assignee_of(
    directory: &Directory,
    conversation: &Conversation,
) -> Option<Arc<Agent>> {
    let id = conversation.assignee_id?;
    directory.known(conversation.account_id, id)
}

pub(crate) fn labels_of(directory: &Directory, conversation: &Conversation) -> Vec<Arc<Label>> {
    if conversation.labels.is_empty() {
        return Vec::new();
    }
    let tables = directory.tables();
    let ids = conversation.labels.iter();
    ids.filter_map(|id| tables.labels.get(id).cloned())
        .collect()
}

pub(crate) fn team_of(directory: &Directory, conversation: &Conversation) -> Option<Arc<Team>> {
    let id = conversation.details.team_id?;
    directory.tables().teams.get(&id).cloned()
}

/// A row's snapshot, and its newest message with its author.
pub(crate) fn parts(
    directory: &Directory,
    mut row: ConversationRow,
) -> Result<(Box<Thread>, Option<Box<Spoken>>)> {
    let last = row
        .last_message
        .take()
        .map(|message| Box::new(spoken(directory, message)));
    Ok((Box::new(thread(directory, row)?), last))
}
