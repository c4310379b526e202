//! The port to a network of phones.

use std::sync::Arc;

use app::{
    Error, Result, pictures,
    ports::{Backup, BoxFuture, Group, GroupChange, Person, Phones, Product, Qr},
};
use domain::{Inbox, StoredFile};
use wire::maytapi::chat::Chat;

use super::{NAME, Sandbox, device::Device, people, session::not_paired};

impl Phones for Sandbox {
    fn qr<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Option<Qr>>> {
        Box::pin(self.show(inbox))
    }

    fn pairing_code<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        number: &'a str,
    ) -> BoxFuture<'a, Result<String>> {
        Box::pin(self.code(inbox, number))
    }

    fn restart<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.restarted(inbox))
    }

    fn log_out<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.ended(inbox, false))
    }

    fn reset<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.ended(inbox, true))
    }

    fn backup<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Backup>> {
        Box::pin(async move {
            let device = self.core().store.view(|view| Device::find(view, inbox))?;
            Ok(device.ok_or_else(not_paired)?.backup(&self.core().sealer))
        })
    }

    fn restore<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        backup: &'a Backup,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let device = Device::restore(&self.core().sealer, backup)?;
            self.link(inbox, device).await
        })
    }

    fn react<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        chat: &'a str,
        id: &'a str,
        emoji: &'a str,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.reacted(inbox, chat, id, emoji))
    }

    fn person<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        number: &'a str,
    ) -> BoxFuture<'a, Result<Option<Person>>> {
        Box::pin(async move {
            self.own(inbox)?;
            let store = &self.core().store;
            let person = store.view(|view| people::Person::of(view, number))?;
            let here = person.manners != people::Manners::Absent;
            Ok(here.then(|| Person {
                number: number.to_owned(),
                name: person.name,
            }))
        })
    }

    fn catalog<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Vec<Product>>> {
        Box::pin(std::future::ready(self.catalog_of(inbox)))
    }

    fn groups<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Vec<Group>>> {
        Box::pin(async move { self.groups_of(inbox) })
    }

    fn group<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Group>>> {
        Box::pin(async move { self.group_of(inbox, id) })
    }

    fn picture<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        number: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(async move {
            self.own(inbox)?;
            let core = self.core();
            let kept = core
                .store
                .view(|view| view.find_kept(NAME, &picture_of(number)))?;
            Ok(kept.map(|it| pictures::url(core, &it)))
        })
    }

    fn create_group<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        name: &'a str,
        numbers: &'a [String],
    ) -> BoxFuture<'a, Result<Group>> {
        Box::pin(self.group_made(inbox, name, numbers))
    }

    fn change_group<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        group: &'a str,
        change: GroupChange,
    ) -> BoxFuture<'a, Result<Group>> {
        Box::pin(async move { self.group_changed(self.own(inbox)?, group, change).await })
    }

    fn set_picture<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        picture: StoredFile,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let name = picture_of(&self.own(inbox)?);
            let picture = pictures::of_file(&picture);
            let store = &self.core().store;
            let gone = store
                .transact(move |tx| {
                    let gone = tx.find_kept(NAME, &name)?;
                    tx.keep(NAME, &name, picture.as_deref())?;
                    Ok(gone)
                })
                .await?;
            if let Some(gone) = gone {
                pictures::forget(self.core(), &gone).await;
            }
            Ok(())
        })
    }
}

/// Under which the picture of a number is kept.
fn picture_of(number: &str) -> String {
    format!("picture:{number}")
}

impl Sandbox {
    /// A phone of this server sees who puts an emoji beside its message.
    async fn reacted(&self, inbox: &Arc<Inbox>, chat: &str, id: &str, emoji: &str) -> Result<()> {
        let own = self.own(inbox)?;
        let Ok(Chat::Person(number)) = Chat::parse(chat) else {
            return Ok(());
        };
        let Some(phone) = self.phones().into_iter().find(|it| it.address == number) else {
            return Ok(());
        };
        let incoming = super::arrive::Incoming {
            id: self.new_id().await?,
            from: own,
            text: Some(emoji.to_owned()).filter(|it| !it.is_empty()),
            reply_to: Some(id.to_owned()),
            extra: wire::maytapi::extra::Extra {
                reaction_to: Some(id.to_owned()),
                ..Default::default()
            },
            at_micros: self.core().clock.now().as_microsecond(),
            ..Default::default()
        };
        self.bring(&phone, incoming).await
    }

    /// An id for a message that somebody on the network writes.
    pub(super) async fn new_id(&self) -> Result<String, Error> {
        let number = self.core().store.transact(|tx| Ok(tx.new_id())).await?;
        Ok(wire::maytapi::id::of(number, 0))
    }
}
