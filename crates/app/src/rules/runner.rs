//! Follows the journal with a durable cursor, and does what rules ask.
//!
//! What is done after an entry and the cursor past it are one transaction, so each rule does it exactly once,
//! whatever dies, on whatever node: who finds the cursor moved has done nothing and stands by. The entries that a
//! rule's own deeds append are noted in the same transaction and looked at by no rule, so that rules never chase one
//! another. The cursor is written whenever rules change, so that no entry is looked at again with other rules.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{AccountId, DocumentKind, Entry, Event, Timestamp};
use tokio::sync::watch;

use super::{Asked, Doing, NAME, Rule, Rulebook, perform};
use crate::{
    Actor, Core, Error, Result, Scope, StoreError, journal::Reader, limits::DOCUMENTS, ports::Tx,
    stop::persist,
};

/// The cursor's name, and under what the rules' own entries are noted.
const READER: &str = "rules";
/// Notes that are read at once. There are as many as transactions of rules between the cursor and the head.
const NOTES: i64 = 10_000;
/// Write a cursor that passed this many entries, even if no rule asked anything.
const UNWRITTEN_ENTRIES: i64 = 50_000;
/// After a failure, or when another node does it, try again after this.
const AGAIN: Duration = Duration::from_millis(500);

/// Does what rules ask, for ever.
pub struct Runner {
    core: Core,
    book: Arc<dyn Rulebook>,
}

/// What rules did themselves: entries after the first number, up to the second.
type Own = (i64, i64);

type Rules = Arc<[(Timestamp, Box<dyn Rule>)]>;

/// How far a runner has come.
struct Place {
    /// The cursor as it is written.
    written: i64,
    own: Vec<Own>,
    /// The rules of the accounts that something happened in, each with when it was made.
    rules: HashMap<AccountId, Rules>,
}

impl Runner {
    /// A runner of the rules that this book can read.
    pub fn new(core: Core, book: Arc<dyn Rulebook>) -> Self {
        Self { core, book }
    }

    /// Runs until `stop` says so.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let failed = "rules cannot be followed now";
        persist(stop, AGAIN, failed, || self.follow()).await;
    }

    /// Follows the journal until something fails, or another node does it.
    async fn follow(&self) -> Result<()> {
        let mut place = self.place().await?;
        let (feed, store) = (self.core.feed.clone(), self.core.store.clone());
        let mut reader = Reader::new(feed, store, place.written);
        loop {
            let batch = reader.next().await?;
            for entry in &batch {
                if !self.look_at(&mut place, entry).await? {
                    // Another node was here first, and will be again: stand by.
                    return Ok(());
                }
            }
            let last = batch.last().map_or(place.written, |entry| entry.seq);
            if last - place.written >= UNWRITTEN_ENTRIES && !self.advance(&mut place, last).await? {
                return Ok(());
            }
        }
    }

    /// Where to begin: at the cursor, or now if rules were never followed.
    async fn place(&self) -> Result<Place> {
        let begin = |tx: &mut dyn Tx| match tx.find_cursor(READER)? {
            Some(cursor) => Ok(cursor),
            None => {
                let head = tx.journal_head()?;
                tx.set_cursor(READER, head)?;
                Ok(head)
            }
        };
        let found = self.core.store.view(|view| view.find_cursor(READER))?;
        let written = match found {
            Some(cursor) => cursor,
            None => self.core.store.transact(begin).await?,
        };
        let notes = self.core.store.view(|view| view.list_kept(READER, NOTES))?;
        Ok(Place {
            written,
            own: notes.iter().filter_map(read_note).collect(),
            rules: HashMap::new(),
        })
    }

    /// Does what rules ask after one entry. Returns false if another node was first.
    async fn look_at(&self, place: &mut Place, entry: &Arc<Entry>) -> Result<bool> {
        let tables = self.core.directory.tables();
        if !tables.accounts.contains_key(&entry.account_id) {
            // It is closed: no rule is anybody's there.
            place.rules.remove(&entry.account_id);
            return Ok(true);
        }
        if matches!(entry.event, Event::DocumentChanged { .. }) {
            place.rules.remove(&entry.account_id);
            return self.advance(place, entry.seq).await;
        }
        if !may_concern(&entry.event) || is_own(&place.own, entry.seq) {
            return Ok(true);
        }
        let rules = self.rules_of(place, entry.account_id)?;
        let asked: Vec<Asked> = rules
            .iter()
            .filter(|(since, _)| *since <= entry.at)
            .filter_map(|(_, rule)| rule.asks(entry))
            .collect();
        if asked.is_empty() {
            return Ok(true);
        }
        let (account, seq) = (entry.account_id, entry.seq);
        match self.do_all(place, (account, seq), asked).await {
            // What can never be done must not hold up what can.
            Err(error @ Error::Store(StoreError::Conflict(_) | StoreError::Corrupt(_))) => {
                tracing::error!(%error, seq, "a rule's deeds failed and are given up");
                self.advance(place, seq).await
            }
            done => done,
        }
    }

    fn rules_of(&self, place: &mut Place, account: AccountId) -> Result<Rules> {
        if let Some(known) = place.rules.get(&account) {
            return Ok(known.clone());
        }
        let kind = DocumentKind::AutomationRule;
        let list =
            |view: &dyn crate::ports::View| view.list_documents(account, kind, None, DOCUMENTS);
        let found = self.core.store.view(list)?;
        let read = |it: &domain::Document| Some((it.created_at, self.book.read(it)?));
        let rules: Rules = found.iter().filter_map(read).collect();
        place.rules.insert(account, rules.clone());
        Ok(rules)
    }

    async fn do_all(
        &self,
        place: &mut Place,
        (account_id, seq): (AccountId, i64),
        asked: Vec<Asked>,
    ) -> Result<bool> {
        let scope = Scope {
            account_id,
            actor: Actor::Program(NAME.to_owned()),
        };
        let (directory, book) = (self.core.directory.clone(), self.book.clone());
        let (written, passed) = (place.written, passed(&place.own, seq));
        let work = move |tx: &mut dyn Tx| {
            if tx.find_cursor(READER)? != Some(written) {
                return Ok(None);
            }
            let before = tx.journal_head()?;
            let doing = Doing {
                directory: &directory,
                scope: &scope,
                book: &*book,
            };
            for it in &asked {
                perform(tx, doing, it.conversation, &it.deeds)?;
            }
            let own = (before, tx.journal_head()?);
            tx.keep(READER, &own.0.to_string(), Some(&own.1.to_string()))?;
            forget(tx, &passed)?;
            tx.set_cursor(READER, seq)?;
            Ok(Some(own))
        };
        let Some(own) = self.core.store.transact(work).await? else {
            return Ok(false);
        };
        place.own.push(own);
        place.moved_to(seq);
        Ok(true)
    }

    /// Moves the cursor past what no rule asked anything of.
    async fn advance(&self, place: &mut Place, seq: i64) -> Result<bool> {
        let (written, passed) = (place.written, passed(&place.own, seq));
        let work = move |tx: &mut dyn Tx| {
            if tx.find_cursor(READER)? != Some(written) {
                return Ok(false);
            }
            forget(tx, &passed)?;
            tx.set_cursor(READER, seq)?;
            Ok(true)
        };
        let ours = self.core.store.transact(work).await?;
        if ours {
            place.moved_to(seq);
        }
        Ok(ours)
    }
}

impl Place {
    fn moved_to(&mut self, seq: i64) {
        self.written = seq;
        self.own.retain(|(_, last)| *last > seq);
    }
}

/// Whether an event can be a rule's business at all.
fn may_concern(event: &Event) -> bool {
    matches!(
        event,
        Event::ConversationCreated { .. }
            | Event::ConversationStatusChanged { .. }
            | Event::ConversationAssigned { .. }
            | Event::ConversationLabeled { .. }
            | Event::ConversationDescribed { .. }
            | Event::MessageCreated { .. }
    )
}

fn is_own(own: &[Own], seq: i64) -> bool {
    own.iter()
        .any(|(before, last)| (before + 1..=*last).contains(&seq))
}

/// The notes that nobody needs once the cursor is there.
fn passed(own: &[Own], seq: i64) -> Vec<Own> {
    let all = own.iter().filter(|(_, last)| *last <= seq);
    all.copied().collect()
}

fn forget(tx: &mut dyn Tx, passed: &[Own]) -> Result<()> {
    for (before, _) in passed {
        tx.keep(READER, &before.to_string(), None)?;
    }
    Ok(())
}

fn read_note((before, last): &(String, String)) -> Option<Own> {
    Some((before.parse().ok()?, last.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rules_own_entries_are_known_by_their_numbers() {
        let own = [(4, 6), (9, 9), (12, 13)];
        let known: Vec<i64> = (1..15).filter(|seq| is_own(&own, *seq)).collect();
        assert_eq!(known, [5, 6, 13]);
        assert_eq!(passed(&own, 12), [(4, 6), (9, 9)]);
    }
}
