//! Conversations in which nothing happens any more end by themselves, where their account wants that.
//!
//! Nothing is remembered of when one is due: those that are open are walked through along their index, the longest
//! silent first, a bounded piece at a time, over and over. So no restart and no other server loses one, and what keeps a
//! conversation open need not be told to anybody here.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{AccountId, ConversationId, ConversationStatus, Kind, Timestamp};
use jiff::SignedDuration;
use tokio::sync::watch;

use super::{Relabel, label, load, status::resolve};
use crate::{
    Actor, Core, Error, Result, Scope,
    directory::Directory,
    labels,
    limits::{ACCOUNTS, CONTENT_CHARS},
    messages::{self, Draft},
    ports::{Quiet, Silence, Tx, View},
    stopped,
};

/// Under whose name it is kept what accounts want.
const KEEPER: &str = "idle";
/// How often to look.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Looked at of one account at a time.
const LOOKED_AT: i64 = 1_000;
/// Ended in one transaction, so that nobody waits for it.
const BITE: usize = 20;
/// The shortest and the longest that an account can wait, in minutes: ten minutes, and 999 days and a bit.
pub const IDLE_MINUTES: std::ops::RangeInclusive<i64> = 10..=1_439_856;

/// What an account wants to become of conversations in which nothing happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idle {
    /// For so many minutes.
    pub minutes: i64,
    /// What their contacts are told before.
    pub message: Option<String>,
    /// The title of a label that they get before.
    pub label: Option<String>,
    /// Whether those stay open whose contact waits for an answer.
    pub spares_waiting: bool,
}

/// Where the walk through an account's conversations is.
type Place = (Timestamp, ConversationId);

/// Says what is to become of an account's conversations in which nothing happens; nothing without.
pub fn set_idle(tx: &mut dyn Tx, account: AccountId, wanted: Option<&Idle>) -> Result<()> {
    if let Some(it) = wanted {
        if !IDLE_MINUTES.contains(&it.minutes) {
            let (least, most) = (IDLE_MINUTES.start(), IDLE_MINUTES.end());
            let text = format!("must be between {least} and {most} minutes");
            return Err(Error::refused(Kind::Invalid, text));
        }
        let message = it.message.as_deref().unwrap_or_default();
        if message.chars().count() > CONTENT_CHARS {
            return Err(Error::refused(Kind::Invalid, "the message is too long"));
        }
    }
    let text = wanted.map(write);
    tx.keep(KEEPER, &account.to_string(), text.as_deref())
}

/// What is to become of an account's conversations in which nothing happens.
pub fn find_idle<V: View + ?Sized>(view: &V, account: AccountId) -> Result<Option<Idle>> {
    let kept = view.find_kept(KEEPER, &account.to_string())?;
    Ok(kept.as_deref().and_then(read))
}

/// A line each, and the message, which may have several, in the end.
fn write(it: &Idle) -> String {
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    let label = text(&it.label).replace('\n', " ");
    let spares = i64::from(it.spares_waiting);
    format!("{}\n{spares}\n{label}\n{}", it.minutes, text(&it.message))
}

fn read(kept: &str) -> Option<Idle> {
    let mut parts = kept.splitn(4, '\n');
    let mut text = || Some(parts.next()?.to_owned());
    let (minutes, spares) = (text()?.parse().ok()?, text()? == "1");
    let (label, message) = (text()?, text()?);
    Some(Idle {
        minutes,
        message: Some(message).filter(|it| !it.is_empty()),
        label: Some(label).filter(|it| !it.is_empty()),
        spares_waiting: spares,
    })
}

impl Idle {
    /// Until when something must have happened.
    fn end(&self, now: Timestamp) -> Timestamp {
        let long = SignedDuration::from_mins(self.minutes);
        now.saturating_sub(long).unwrap_or(Timestamp::MIN)
    }

    /// What is written into a conversation that ends so.
    fn note(&self) -> String {
        let (count, unit) = match self.minutes {
            days if days % 1_440 == 0 => (days / 1_440, "days"),
            hours if hours % 60 == 0 => (hours / 60, "hours"),
            minutes => (minutes, "minutes"),
        };
        format!("Conversation was marked resolved by system due to {count} {unit} of inactivity")
    }
}

/// Ends a conversation in which nothing has happened for as long as its account wants: its contact is told, it is
/// labeled, it is resolved. One in which something has happened meanwhile stays as it is. Returns whether it ended.
pub fn end_idle(
    tx: &mut dyn Tx,
    directory: &Directory,
    (account_id, number): (AccountId, i64),
    wanted: &Idle,
) -> Result<bool> {
    let scope = Scope {
        account_id,
        actor: Actor::System,
    };
    let it = load(tx, &scope, number)?.conversation;
    let spared = wanted.spares_waiting && it.waiting_since.is_some();
    let is_quiet = it.last_activity_at <= wanted.end(tx.now());
    if it.status != ConversationStatus::Open || spared || !is_quiet {
        return Ok(false);
    }
    if let Some(text) = &wanted.message {
        let draft = Draft {
            content: Some(text.clone()),
            content_type: Some("text".to_owned()),
            ..Draft::default()
        };
        messages::send(tx, directory, &scope, number, &draft)?;
    }
    if let Some(title) = &wanted.label {
        let found = labels::titled(tx, &scope, std::slice::from_ref(title))?;
        let ids = found.iter().map(|it| it.id).collect();
        // A conversation that has as many as it may is ended without.
        match label(tx, directory, &scope, number, &Relabel::Add(ids)) {
            Ok(_) | Err(Error::Refused(_)) => {}
            Err(error @ Error::Store(_)) => return Err(error),
        }
    }
    resolve(tx, directory, &scope, number, wanted.note())?;
    Ok(true)
}

/// Ends conversations until `stop` says so.
pub async fn run_idle(core: Core, mut stop: watch::Receiver<bool>) {
    let mut places = HashMap::new();
    loop {
        if let Err(error) = look(&core, &mut places).await {
            tracing::error!(%error, "conversations in which nothing happens cannot be ended now");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

async fn look(core: &Core, places: &mut HashMap<AccountId, Place>) -> Result<()> {
    let kept = core.store.view(|view| view.list_kept(KEEPER, ACCOUNTS))?;
    for (name, text) in kept {
        let account = name.parse().map(AccountId);
        let (Ok(account), Some(wanted)) = (account, read(&text)) else {
            continue;
        };
        if core.directory.tables().accounts.contains_key(&account) {
            let from = places.remove(&account);
            let place = walk(core, account, wanted, from).await?;
            places.extend(place.map(|place| (account, place)));
        }
    }
    Ok(())
}

/// Walks on through an account's conversations. Returns where to go on; from the beginning if all were seen.
async fn walk(
    core: &Core,
    account: AccountId,
    wanted: Idle,
    from: Option<Place>,
) -> Result<Option<Place>> {
    let silence = Silence {
        beyond: from,
        until: wanted.end(core.clock.now()),
        limit: LOOKED_AT,
    };
    let found = core.store.view(|view| view.list_quiet(account, &silence))?;
    let is_all = i64::try_from(found.len()).is_ok_and(|it| it < LOOKED_AT);
    let last = found.last().map(|it| (it.since, it.id));
    let spared = |it: &Quiet| wanted.spares_waiting && it.waits;
    let due: Vec<i64> = found
        .iter()
        .filter(|it| !spared(it))
        .map(|it| it.number)
        .collect();
    for some in due.chunks(BITE) {
        let (directory, wanted): (Arc<Directory>, _) = (core.directory.clone(), wanted.clone());
        let some = some.to_vec();
        let end = move |tx: &mut dyn Tx| {
            for number in &some {
                match end_idle(tx, &directory, (account, *number), &wanted) {
                    Ok(_) => {}
                    // One that is gone, or cannot be told, holds up no other.
                    Err(Error::Refused(refusal)) => {
                        tracing::info!(%refusal, number, "a conversation is not ended");
                    }
                    Err(error @ Error::Store(_)) => return Err(error),
                }
            }
            Ok(())
        };
        core.store.transact(end).await?;
    }
    Ok(last.filter(|_| !is_all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_kept_as_it_is() {
        let full = Idle {
            minutes: 1_440,
            message: Some("Bye.\n\nCome again.".to_owned()),
            label: Some("quiet".to_owned()),
            spares_waiting: true,
        };
        let bare = Idle {
            minutes: 90,
            message: None,
            label: None,
            spares_waiting: false,
        };
        for it in [full, bare] {
            assert_eq!(read(&write(&it)), Some(it));
        }
        assert_eq!(read("ten"), None);
    }
}
