//! Messages that could not be opened. The library asks for them again; one that does not come is told of, once, so that
//! nobody waits for an answer to what nobody has seen.

use std::{collections::BTreeMap, sync::Arc};

use app::{
    Result,
    contacts::Told,
    messages::{self, Inbound},
    ports::Tx,
};
use domain::{Inbox, Timestamp};
use serde::{Deserialize, Serialize};
use whatsapp_rust::{
    Client,
    wacore::types::events::{DecryptFailMode, UnavailableType, UndecryptableMessage},
};
use wire::maytapi::extra::{Author, Extra};

use crate::{WhatsAppWeb, arrive::Met};

/// How long a message may take to come again, in seconds.
const COMES_AGAIN_S: i64 = 60;
/// For how long it is known what was told of it, in seconds.
const KNOWN_S: i64 = 14 * 24 * 3600;
/// Messages of one phone that are waited for; more are told of at once.
const AWAITED: usize = 1_000;

const LOST: &str =
    "A message that could not be opened: look at it on the phone, or ask for it again";
const ONCE: &str = "A message that can be viewed once: look at it on the phone";

/// A message that could not be opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Unread {
    source_id: String,
    name: Option<String>,
    phone: Option<String>,
    author: Option<Author>,
    sent_at_s: Option<i64>,
    /// Until when it is waited for, or known that it was told of, in seconds since 1970.
    until_s: i64,
    told: bool,
}

/// Those of one phone, by their ids.
pub(crate) type AllUnread = BTreeMap<String, Unread>;

/// What stands for one until it comes.
fn stand_in(id: &str) -> String {
    format!("{id}-unread")
}

impl Unread {
    fn of(met: Met, until_s: i64) -> Self {
        let Met { inbound, extra, .. } = met;
        Self {
            source_id: inbound.from.source_id,
            name: inbound.from.name,
            phone: inbound.from.phone,
            author: extra.author,
            sent_at_s: inbound.sent_at.map(Timestamp::as_second),
            until_s,
            told: false,
        }
    }

    fn inbound(&self, id: &str) -> Inbound {
        let extra = Extra {
            author: self.author.clone(),
            ..Extra::default()
        };
        Inbound {
            from: Told {
                source_id: self.source_id.clone(),
                name: self.name.clone(),
                phone: self.phone.clone(),
            },
            external_id: stand_in(id),
            content: Some(LOST.to_owned()),
            extra: extra.write(),
            sent_at: self
                .sent_at_s
                .and_then(|it| Timestamp::from_second(it).ok()),
            ..Inbound::default()
        }
    }
}

impl WhatsAppWeb {
    /// A message came that cannot be opened.
    pub(crate) async fn not_opened(
        &self,
        inbox: &Arc<Inbox>,
        client: &Arc<Client>,
        it: &UndecryptableMessage,
    ) -> Result<()> {
        // What is to be hidden is said by programs to one another.
        if it.info.source.is_from_me || it.decrypt_fail_mode == DecryptFailMode::Hide {
            return Ok(());
        }
        let Some(mut met) = self.met(inbox, client, &it.info).await? else {
            return Ok(());
        };
        if it.is_unavailable && it.unavailable_type == UnavailableType::ViewOnce {
            met.inbound.content = Some(ONCE.to_owned());
            met.inbound.extra = met.extra.write();
            return self.told(inbox, met.inbound).await;
        }
        let now = self.core().clock.now().as_second();
        let (line, id) = (self.line(inbox.id), it.info.id.clone());
        let wait = match line.unread().len() < AWAITED {
            true => COMES_AGAIN_S,
            false => 0,
        };
        let unread = Unread::of(met, now.saturating_add(wait));
        if let Some((_, memory)) = line.get() {
            memory.keep_unread(&id, Some(&unread));
        }
        line.unread().insert(id, unread);
        Ok(())
    }

    async fn told(&self, inbox: &Arc<Inbox>, inbound: Inbound) -> Result<()> {
        let (inbox, directory) = (inbox.clone(), self.core().directory.clone());
        let told = move |tx: &mut dyn Tx| messages::receive(tx, &directory, &inbox, &inbound);
        self.core().store.transact(told).await.map(drop)
    }

    /// Tells of those that have not come in time, and forgets what was told of long ago.
    pub(crate) async fn tell_unread(&self, inbox: &Arc<Inbox>) -> Result<()> {
        let line = self.line(inbox.id);
        let now = self.core().clock.now().as_second();
        let due: Vec<(String, Unread)> = line
            .unread()
            .iter()
            .filter(|(_, it)| it.until_s <= now)
            .map(|(id, it)| (id.clone(), it.clone()))
            .collect();
        for (id, unread) in due {
            let kept = (!unread.told).then(|| Unread {
                told: true,
                until_s: now.saturating_add(KNOWN_S),
                ..unread.clone()
            });
            if !unread.told {
                self.told(inbox, unread.inbound(&id)).await?;
            }
            if let Some((_, memory)) = line.get() {
                memory.keep_unread(&id, kept.as_ref());
            }
            let mut all = line.unread();
            match kept {
                Some(kept) => all.insert(id, kept),
                None => all.remove(&id),
            };
        }
        Ok(())
    }

    /// Which of these have come after all. What was told of one is taken back with what this returns.
    pub(crate) fn come_after_all<'i>(
        &self,
        inbox: &Inbox,
        ids: impl Iterator<Item = &'i str>,
    ) -> Vec<String> {
        let line = self.line(inbox.id);
        let mut all = line.unread();
        if all.is_empty() {
            return Vec::new();
        }
        let come: Vec<(&str, Unread)> = ids.filter_map(|id| Some((id, all.remove(id)?))).collect();
        drop(all);
        if let Some((_, memory)) = line.get() {
            for (id, _) in &come {
                memory.keep_unread(id, None);
            }
        }
        let told = come.into_iter().filter(|(_, it)| it.told);
        told.map(|(id, _)| stand_in(id)).collect()
    }
}
