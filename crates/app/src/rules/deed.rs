//! Doing what a rule or a macro asks.

use std::sync::Arc;

use domain::{AgentId, ConversationStatus, Kind, LabelId, Priority, TeamId, Timestamp};

use super::Rulebook;
use crate::{
    Error, Result, Scope,
    conversations::{self, NewStatus, Relabel},
    deliveries::Notice,
    directory::Directory,
    hooks::endpoints,
    labels,
    messages::{self, Draft},
    ports::Tx,
};

/// One thing to do with a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Give it to an agent, or take it from whoever has it.
    Assign(Option<AgentId>),
    /// Give it to a team, or take it from the one that has it.
    AssignTeam(Option<TeamId>),
    /// Put labels with these titles on it.
    AddLabels(Vec<String>),
    /// Take labels with these titles off it.
    RemoveLabels(Vec<String>),
    /// Write in it.
    Write {
        /// The text.
        content: String,
        /// True for a note between agents.
        private: bool,
        /// Whatever is to be kept with it, as an opaque JSON object.
        extra: Option<String>,
    },
    /// Set its status; a time only matters for one that is put off.
    SetStatus(ConversationStatus, Option<Timestamp>),
    /// Say how much it matters.
    SetPriority(Option<Priority>),
    /// End it and stop hearing its contact.
    Mute,
    /// Post it as it is then.
    Post {
        /// Where to.
        url: String,
        /// What the post is called by.
        called: String,
    },
}

/// By whom and with what something is done.
#[derive(Clone, Copy)]
pub struct Doing<'a> {
    /// Accounts, agents, teams, inboxes and labels.
    pub directory: &'a Directory,
    /// Who does it.
    pub scope: &'a Scope,
    /// Writes what is posted.
    pub book: &'a dyn Rulebook,
}

/// Does these things with a conversation, in order. One that is refused, because what it names is gone, is left out
/// and the others are done.
pub fn perform(tx: &mut dyn Tx, doing: Doing<'_>, conversation: i64, deeds: &[Deed]) -> Result<()> {
    for deed in deeds {
        match perform_one(tx, doing, conversation, deed) {
            Ok(()) => {}
            Err(Error::Refused(refusal)) => {
                tracing::info!(%refusal, conversation, "what a rule asks cannot be done");
            }
            Err(error @ Error::Store(_)) => return Err(error),
        }
    }
    Ok(())
}

fn perform_one(tx: &mut dyn Tx, doing: Doing<'_>, number: i64, deed: &Deed) -> Result<()> {
    let Doing {
        directory, scope, ..
    } = doing;
    match deed {
        Deed::Assign(agent) => {
            conversations::assign(tx, directory, scope, number, *agent)?;
        }
        Deed::AssignTeam(team) => {
            conversations::assign_team(tx, directory, scope, number, *team)?;
        }
        Deed::AddLabels(titles) => {
            let labels = labels::titled(tx, scope, titles)?;
            let ids = labels.iter().map(|it| it.id).collect();
            conversations::label(tx, directory, scope, number, &Relabel::Add(ids))?;
        }
        Deed::RemoveLabels(titles) => {
            let known = tx.labels_of(scope.account_id)?;
            let named = |it: &&domain::Label| titles.iter().any(|title| it.is_titled(title));
            let ids: Vec<LabelId> = known.iter().filter(named).map(|it| it.id).collect();
            conversations::label(tx, directory, scope, number, &Relabel::Remove(ids))?;
        }
        Deed::Write {
            content,
            private,
            extra,
        } => {
            let draft = Draft {
                content: Some(content.clone()),
                private: *private,
                extra: extra.clone(),
                ..Draft::default()
            };
            messages::send(tx, directory, scope, number, &draft)?;
        }
        Deed::SetStatus(status, until) => {
            let new = NewStatus::To(*status, *until);
            conversations::set_status(tx, directory, scope, number, new)?;
        }
        Deed::SetPriority(priority) => {
            conversations::describe(tx, directory, scope, number, |it| {
                it.priority = *priority;
                Ok(())
            })?;
        }
        Deed::Mute => {
            conversations::mute(tx, directory, scope, number, true)?;
        }
        Deed::Post { url, called } => post(tx, doing, number, (url, called))?,
    }
    Ok(())
}

fn post(tx: &mut dyn Tx, doing: Doing<'_>, number: i64, (url, called): (&str, &str)) -> Result<()> {
    let account = doing.scope.account_id;
    let mut row = conversations::load(tx, doing.scope, number)?;
    let last = row.last_message.take();
    let last = last.map(|it| conversations::spoken(doing.directory, it));
    let mut thread = conversations::thread(doing.directory, row)?;
    // The directory does not know what this transaction has made.
    let known = tx.labels_of(account)?;
    let ids = thread.conversation.labels.iter();
    let labels = ids.filter_map(|id| known.iter().find(|it| it.id == *id));
    thread.labels = labels.map(|it| Arc::new(it.clone())).collect();
    let Some((event, body)) = doing.book.post(account, &thread, last.as_ref(), called) else {
        return Err(Error::refused(Kind::Broken, "this cannot be posted"));
    };
    let endpoint = endpoints::at(tx, account, doing.book.dialect(), url)?;
    let told = Notice {
        event,
        body,
        seq: 0,
    };
    endpoints::owe(tx, &[(endpoint.id, told)])
}
