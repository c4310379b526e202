//! The port to a network of phones: every operation is a wish, which the server that has the phone grants.

use std::sync::Arc;

use app::{
    Result,
    ports::{Backup, BoxFuture, Group, GroupChange, Person, Phones, Qr},
};
use domain::{Inbox, StoredFile};

use crate::{WhatsAppWeb, mirror, wishes::Wish};

impl Phones for WhatsAppWeb {
    fn qr<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Option<Qr>>> {
        Box::pin(async move {
            let shown: Option<mirror::Qr> = self.wished(inbox, Wish::Qr).await?;
            Ok(shown.map(Qr::from))
        })
    }

    fn pairing_code<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        number: &'a str,
    ) -> BoxFuture<'a, Result<String>> {
        Box::pin(self.wished(inbox, Wish::Code(number.to_owned())))
    }

    fn restart<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.wished(inbox, Wish::Restart))
    }

    fn log_out<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.wished(inbox, Wish::LogOut))
    }

    fn reset<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.wished(inbox, Wish::Reset))
    }

    fn backup<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Backup>> {
        Box::pin(self.wished(inbox, Wish::Backup))
    }

    fn restore<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        backup: &'a Backup,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.wished(inbox, Wish::Restore(backup.clone())))
    }

    fn react<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        chat: &'a str,
        id: &'a str,
        emoji: &'a str,
    ) -> BoxFuture<'a, Result<()>> {
        let [chat, id, emoji] = [chat, id, emoji].map(str::to_owned);
        Box::pin(self.wished(inbox, Wish::React { chat, id, emoji }))
    }

    fn person<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        number: &'a str,
    ) -> BoxFuture<'a, Result<Option<Person>>> {
        Box::pin(async move {
            let wish = Wish::Person(number.to_owned());
            let found: Option<mirror::Person> = self.wished(inbox, wish).await?;
            Ok(found.map(|it| it.0))
        })
    }

    fn groups<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Vec<Group>>> {
        Box::pin(async move {
            let all: Vec<mirror::Group> = self.wished(inbox, Wish::Groups).await?;
            Ok(all.into_iter().map(|it| it.0).collect())
        })
    }

    fn group<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Group>>> {
        Box::pin(async move {
            let wish = Wish::Group(id.to_owned());
            let found: Option<mirror::Group> = self.wished(inbox, wish).await?;
            Ok(found.map(|it| it.0))
        })
    }

    fn picture<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        number: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(self.wished(inbox, Wish::Picture(number.to_owned())))
    }

    fn create_group<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        name: &'a str,
        numbers: &'a [String],
    ) -> BoxFuture<'a, Result<Group>> {
        let (name, numbers) = (name.to_owned(), numbers.to_vec());
        Box::pin(async move {
            let wish = Wish::CreateGroup { name, numbers };
            let made: mirror::Group = self.wished(inbox, wish).await?;
            Ok(made.0)
        })
    }

    fn change_group<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        group: &'a str,
        change: GroupChange,
    ) -> BoxFuture<'a, Result<Group>> {
        let (group, change) = (group.to_owned(), mirror::Change(change));
        Box::pin(async move {
            let wish = Wish::ChangeGroup { group, change };
            let changed: mirror::Group = self.wished(inbox, wish).await?;
            Ok(changed.0)
        })
    }

    fn set_picture<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        picture: StoredFile,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.wished(inbox, Wish::SetPicture(picture)))
    }
}
