//! The hand that moves the simulated world: scans codes, writes as people do, and makes trouble.

use std::sync::Arc;

use app::{
    Error, Result,
    ports::{Act, BoxFuture, GroupChange, Saying, World},
};
use domain::{Inbox, InboxId, Kind};
use wire::maytapi::{chat::Chat, extra::Extra};

use super::{NAME, Sandbox, arrive::Incoming, groups::Record, people};

impl World for Sandbox {
    fn scan<'a>(
        &'a self,
        code: &'a str,
        number: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Arc<Inbox>>> {
        Box::pin(self.scanned(code, number))
    }

    fn act<'a>(&'a self, inbox: InboxId, act: Act) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let inbox = self.phone(inbox)?;
            match act {
                Act::Say(saying) => self.said(&inbox, *saying).await,
                Act::GoOffline => self.reachable(&inbox, false).await,
                Act::GoOnline => self.reachable(&inbox, true).await,
                Act::Unlink => self.unlinked(&inbox).await,
                Act::Ban { reason, lasts } => self.banned(&inbox, reason, lasts).await,
                Act::Forgive => self.forgiven(&inbox).await,
                Act::Script(script) => {
                    let (name, text) = (people::place(&script.number), people::written(&script));
                    self.core()
                        .store
                        .transact(move |tx| tx.keep(NAME, &name, Some(&text)))
                        .await
                }
                Act::Stock(products) => self.stocked(&inbox, products).await,
                Act::ChangeGroup { by, group, change } => self.changed_by(by, &group, change).await,
            }
        })
    }
}

impl Sandbox {
    async fn said(&self, inbox: &Arc<Inbox>, saying: Saying) -> Result<()> {
        let id = match saying.id {
            Some(id) => id,
            None => self.new_id().await?,
        };
        let store = &self.core().store;
        let person = store.view(|view| people::Person::of(view, &saying.from))?;
        let group = match &saying.group {
            Some(id) => {
                let own = self.own(inbox)?;
                let found = store.view(|view| Record::find(view, id))?;
                let found = found.filter(|it| it.has(&own) && it.has(&saying.from));
                Some(
                    found
                        .ok_or_else(|| Error::not_found("group with both in it"))?
                        .named(),
                )
            }
            None => None,
        };
        let incoming = Incoming {
            id,
            from: saying.from,
            name: saying.name.or(person.name),
            group,
            text: saying.text,
            reply_to: saying.reply_to.or_else(|| saying.reaction_to.clone()),
            things: saying.attachments.into_iter().map(Into::into).collect(),
            extra: Extra {
                reaction_to: saying.reaction_to,
                ..Extra::default()
            },
            at_micros: self.core().clock.now().as_microsecond(),
        };
        self.bring(inbox, incoming).await
    }

    async fn changed_by(&self, by: String, group: &str, change: GroupChange) -> Result<()> {
        match Chat::parse(group) {
            Ok(Chat::Group(_)) => self.group_changed(by, group, change).await.map(drop),
            _ => Err(Error::refused(Kind::Invalid, "this is no group")),
        }
    }
}
