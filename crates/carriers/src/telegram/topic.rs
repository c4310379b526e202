//! Topics of forums: a group whose talk is in several. Here they are one conversation, and an answer goes into the topic
//! in which something was said last.

use app::{
    Result,
    ports::{Tx, View},
};
use domain::Inbox;

use super::NAME;

/// Where something was said in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Topic {
    /// The group, by the id that it had when we met it.
    pub(super) chat: i64,
    /// Its topic; none in the general one, and where there are no topics.
    pub(super) thread: Option<i64>,
}

impl Topic {
    /// Keeps it, if it is another one.
    pub(super) fn keep(self, tx: &mut dyn Tx, inbox: &Inbox) -> Result<()> {
        if Self::latest(&*tx, inbox, self.chat)? == self.thread {
            return Ok(());
        }
        let thread = self.thread.map(|it| it.to_string());
        tx.keep(NAME, &name(inbox, self.chat), thread.as_deref())
    }

    /// The topic in which something was said last.
    pub(super) fn latest<V: View + ?Sized>(
        view: &V,
        inbox: &Inbox,
        chat: i64,
    ) -> Result<Option<i64>> {
        // Nobody else has topics.
        let kept = match chat {
            0.. => None,
            _ => view.find_kept(NAME, &name(inbox, chat))?,
        };
        Ok(kept.and_then(|it| it.parse().ok()))
    }
}

fn name(inbox: &Inbox, chat: i64) -> String {
    format!("topic:{}:{chat}", inbox.id)
}
