//! The port to a network of phones.

use std::sync::Arc;

use app::{
    Error, Result,
    ports::{Backup, BoxFuture, Group, GroupChange, Person, Phones, Qr},
};
use domain::{Direction, Inbox, SessionState, StoredFile};
use whatsapp_rust::{Client, Jid, wacore_binary::JidExt as _, waproto::whatsapp::MessageKey};
use wire::maytapi::{extra::Extra, id};

use crate::{WhatsAppWeb, groups::refused, hold::held_elsewhere, jid, pairing::closed};

impl Phones for WhatsAppWeb {
    fn qr<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Option<Qr>>> {
        Box::pin(async move {
            self.hold_here(inbox).await?;
            self.show(inbox).await
        })
    }

    fn pairing_code<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        number: &'a str,
    ) -> BoxFuture<'a, Result<String>> {
        Box::pin(async move {
            self.hold_here(inbox).await?;
            self.code(inbox, number).await
        })
    }

    fn restart<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.hold_here(inbox).await?;
            self.restarted(inbox).await
        })
    }

    fn log_out<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.hold_here(inbox).await?;
            self.ended(inbox, false).await
        })
    }

    fn reset<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.hold_here(inbox).await?;
            self.ended(inbox, true).await
        })
    }

    fn backup<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Backup>> {
        Box::pin(async move {
            self.hold_here(inbox).await?;
            self.backed_up(inbox).await
        })
    }

    fn restore<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        backup: &'a Backup,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.hold_here(inbox).await?;
            self.restored(inbox, backup).await
        })
    }

    fn react<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        chat: &'a str,
        id: &'a str,
        emoji: &'a str,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let (client, chat) = (self.client(inbox)?, chat_of(chat)?);
            let key = self.key_of(&client, inbox, &chat, id).await?;
            let put = client.send_reaction(&chat, key, emoji).await;
            put.map(drop).map_err(|it| refused(&it))
        })
    }

    fn person<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        number: &'a str,
    ) -> BoxFuture<'a, Result<Option<Person>>> {
        Box::pin(async move {
            let client = self.client(inbox)?;
            let asked = [Jid::pn(number)];
            let found = client.contacts().is_on_whatsapp(&asked).await;
            let found = found.map_err(|it| refused(&it))?;
            let found = found.into_iter().find(|it| it.is_registered);
            Ok(found.map(|it| Person {
                number: number.to_owned(),
                name: it.verified_name.and_then(|it| it.name),
            }))
        })
    }

    fn groups<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Vec<Group>>> {
        Box::pin(self.groups_of(inbox))
    }

    fn group<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Group>>> {
        Box::pin(self.group_of(inbox, id))
    }

    fn picture<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        number: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(self.picture_of(inbox, number))
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
        Box::pin(self.group_changed(inbox, group, change))
    }

    fn set_picture<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        picture: StoredFile,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let client = self.client(inbox)?;
            let bytes = self.bytes_of(&picture).await?;
            let set = client.profile().set_profile_picture(bytes).await;
            set.map(drop).map_err(|it| refused(&it))
        })
    }
}

impl WhatsAppWeb {
    /// The client of a phone that is open, for everything that is asked of the network.
    pub(crate) fn client(&self, inbox: &Inbox) -> Result<Arc<Client>> {
        if !self.is_held(inbox.id) {
            return Err(held_elsewhere());
        }
        if self.session(inbox)?.state != SessionState::LoggedIn {
            return Err(closed());
        }
        let (client, _) = self.line(inbox.id).get().ok_or_else(closed)?;
        Ok(client)
    }

    /// A message as WhatsApp names it.
    async fn key_of(
        &self,
        client: &Arc<Client>,
        inbox: &Inbox,
        chat: &Jid,
        id: &str,
    ) -> Result<MessageKey> {
        let found = self.core().store.view(|view| {
            if let Some((number, _)) = id::number(id)
                && let Some(found) = view.find_message(domain::MessageId(number))?
            {
                return Ok(Some(found));
            }
            match view.find_message_by_external(inbox.id, Direction::In, id)? {
                Some(found) => Ok(Some(found)),
                None => view.find_message_by_external(inbox.id, Direction::Out, id),
            }
        })?;
        let found = found.filter(|it| it.inbox_id == inbox.id);
        let mine = found.as_ref().map(|it| it.direction) == Some(Direction::Out);
        let author = found.and_then(|it| Extra::read(it.extra.as_deref()).author);
        let author = match author.filter(|_| chat.is_group()) {
            Some(it) => Some(jid::member(Some(client), chat, &it.number).await),
            None => None,
        };
        Ok(MessageKey {
            remote_jid: Some(chat.to_string()),
            from_me: Some(mine),
            id: Some(id.to_owned()),
            participant: author.map(|it| it.to_string()),
        })
    }
}

pub(crate) fn chat_of(name: &str) -> Result<Jid> {
    jid::of_chat(name).ok_or_else(|| Error::not_found("chat"))
}
