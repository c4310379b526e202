//! Follows the journal with a durable cursor, and writes to agents of what became their business.
//!
//! The letters of some entries and the cursor past them are one transaction, so that an agent is written to once, by
//! whatever node. A letter waits for a while: whoever has seen the notification by then is not written to, and neither
//! is anybody of whose notification a newer one of the same conversation has taken the place.

use std::{sync::Arc, time::Duration};

use domain::{
    AccountId, Entry, Event, NotificationChange, NotificationKind, Notified, Spoken, Thread,
    Timestamp,
};
use jiff::SignedDuration;
use tokio::sync::watch;

use super::{Addressee, Letter, LetterKind, Piece, Said, one_line, owe};
use crate::{Core, Result, journal::Reader, ports::Tx, stop::persist};

/// The cursor's name.
const READER: &str = "letters";
/// Write a cursor that passed this many entries, even if nobody is to be written to.
const UNWRITTEN_ENTRIES: i64 = 50_000;
/// After a failure, or when another node does it, try again after this.
const AGAIN: Duration = Duration::from_millis(500);
/// Nobody is written to of what is older: a server that was away, or had no mail server, does not make up for it.
const NEWS: SignedDuration = SignedDuration::from_hours(1);
/// Characters of a message that a letter tells.
const SAID_CHARS: usize = 2_000;

/// Writes to agents, for ever.
pub struct Notifier {
    core: Core,
    after: Duration,
}

/// A letter to be.
#[derive(Clone)]
struct Wanted {
    account: AccountId,
    letter: Letter,
    due: Timestamp,
}

impl Notifier {
    /// One that waits so long before it writes.
    pub fn new(core: Core, after: Duration) -> Self {
        Self { core, after }
    }

    /// Runs until `stop` says so.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let failed = "agents cannot be written to now";
        persist(stop, AGAIN, failed, || self.follow()).await;
    }

    /// Follows the journal until something fails, or another node does it.
    async fn follow(&self) -> Result<()> {
        let mut written = self.core.store.transact(begin).await?;
        let mut reader = Reader::new(self.core.feed.clone(), self.core.store.clone(), written);
        loop {
            let batch = reader.next().await?;
            let Some(last) = batch.last().map(|entry| entry.seq) else {
                continue;
            };
            let wanted: Vec<Wanted> = batch.iter().flat_map(|it| self.wanted(it)).collect();
            if wanted.is_empty() && last - written < UNWRITTEN_ENTRIES {
                continue;
            }
            let write = move |tx: &mut dyn Tx| {
                if tx.find_cursor(READER)? != Some(written) {
                    return Ok(false);
                }
                for it in wanted.iter().cloned() {
                    owe(tx, it.account, 0, it.letter, it.due)?;
                }
                tx.set_cursor(READER, last)?;
                Ok(true)
            };
            if !self.core.store.transact(write).await? {
                // Another node was here first, and will be again: stand by.
                return Ok(());
            }
            written = last;
        }
    }

    /// The letters that an entry asks for.
    fn wanted(&self, entry: &Arc<Entry>) -> Vec<Wanted> {
        let Event::NotificationsChanged {
            thread: Some(thread),
            about,
            notified,
        } = &entry.event
        else {
            return Vec::new();
        };
        if self.core.clock.now().duration_since(entry.at) > NEWS {
            return Vec::new();
        }
        let tables = self.core.directory.tables();
        let new = |it: &&Notified| {
            let agent = tables.colleague(entry.account_id, it.notification.agent_id);
            it.change == NotificationChange::Added
                && tables.sees(it.notification.agent_id, &thread.conversation)
                && agent.is_some_and(|agent| agent.wishes.email.contains(&it.notification.kind))
        };
        let wanted = notified.iter().filter(new).map(|it| Wanted {
            account: entry.account_id,
            letter: letter(thread, about.as_deref(), it),
            due: entry.at.saturating_add(self.after).unwrap_or(entry.at),
        });
        wanted.collect()
    }
}

/// Where the cursor is, or is from now on.
fn begin(tx: &mut dyn Tx) -> Result<i64> {
    if let Some(cursor) = tx.find_cursor(READER)? {
        return Ok(cursor);
    }
    let head = tx.journal_head()?;
    tx.set_cursor(READER, head)?;
    Ok(head)
}

/// What an agent is told of a notification.
fn letter(thread: &Thread, about: Option<&Spoken>, it: &Notified) -> Letter {
    let number = thread.conversation.number;
    let inbox = one_line(&thread.inbox.name);
    let what = match it.notification.kind {
        NotificationKind::Begun => format!("A conversation (#{number}) began in {inbox}."),
        NotificationKind::Assigned => {
            format!("Conversation #{number} in {inbox} was assigned to you.")
        }
        NotificationKind::SaidToAssignee => {
            format!("There is a new message in conversation #{number} in {inbox}, which you have.")
        }
        NotificationKind::Mentioned => {
            format!("You are mentioned in conversation #{number} in {inbox}.")
        }
        NotificationKind::SaidToParticipant => format!(
            "There is a new message in conversation #{number} in {inbox}, in which you take part."
        ),
    };
    let subject = match it.notification.kind {
        NotificationKind::Begun => format!("[#{number}] New conversation in {inbox}"),
        NotificationKind::Assigned => format!("[#{number}] Assigned to you"),
        NotificationKind::Mentioned => format!("[#{number}] You are mentioned"),
        NotificationKind::SaidToAssignee | NotificationKind::SaidToParticipant => {
            format!("[#{number}] New message in {inbox}")
        }
    };
    let mut body = vec![
        Piece::Text(what),
        Piece::Text(format!("With: {}", one_line(&thread.contact.name))),
    ];
    body.extend(about.map(|it| Piece::Said(say(thread, it))));
    Letter {
        kind: LetterKind::Notification,
        to: Addressee::Agent(it.notification.agent_id),
        subject: one_line(&subject),
        body,
        unless_seen: Some(it.notification.id),
    }
}

fn say(thread: &Thread, spoken: &Spoken) -> Said {
    let author = spoken.author.as_ref().map(|it| it.name.clone());
    let text = spoken.message.content.as_deref().unwrap_or_default();
    let mut short: String = text.chars().take(SAID_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    let files = spoken.message.attachments.iter();
    let named = files.filter_map(|it| it.file.as_ref());
    Said {
        who: author.unwrap_or_else(|| thread.contact.name.clone()),
        at: spoken.message.sent_at,
        text: short,
        files: named.map(|it| (it.name.clone(), None)).collect(),
    }
}
