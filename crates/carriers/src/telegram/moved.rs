//! Groups that have become supergroups: Telegram gives them another id then. Here they keep the one that they had.

use app::{
    Result,
    ports::{Tx, View},
};
use domain::Inbox;
use wire::telegram::update::Message;

use super::NAME;

/// A group that has another id now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Moved {
    /// What a message tells, in the old group or in the new one.
    pub(super) fn told(message: &Message) -> Option<Self> {
        let here = message.chat.id;
        let away = message.migrate_to_chat_id.map(|to| Self { from: here, to });
        away.or_else(|| {
            let from = message.migrate_from_chat_id?;
            Some(Self { from, to: here })
        })
    }

    /// Keeps it.
    pub(super) fn keep(self, tx: &mut dyn Tx, inbox: &Inbox) -> Result<()> {
        let Self { from, to } = self;
        tx.keep(NAME, &now(inbox, from), Some(&to.to_string()))?;
        tx.keep(NAME, &before(inbox, to), Some(&from.to_string()))
    }

    /// The id that a chat had when we met it.
    pub(super) fn home(view: &dyn View, inbox: &Inbox, chat: i64) -> Result<i64> {
        // People never move.
        let kept = match chat {
            0.. => None,
            _ => view.find_kept(NAME, &before(inbox, chat))?,
        };
        Ok(kept.and_then(|it| it.parse().ok()).unwrap_or(chat))
    }

    /// The id that it has now.
    pub(super) fn place(view: &dyn View, inbox: &Inbox, chat: i64) -> Result<i64> {
        let kept = match chat {
            0.. => None,
            _ => view.find_kept(NAME, &now(inbox, chat))?,
        };
        Ok(kept.and_then(|it| it.parse().ok()).unwrap_or(chat))
    }
}

fn now(inbox: &Inbox, chat: i64) -> String {
    format!("now:{}:{chat}", inbox.id)
}

fn before(inbox: &Inbox, chat: i64) -> String {
    format!("before:{}:{chat}", inbox.id)
}
