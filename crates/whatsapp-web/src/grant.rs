//! Wishes come true: what is asked of a phone is done by the server that has it.

use std::sync::Arc;

use app::{Error, Result, ports::Person};
use domain::{Direction, Inbox, SessionState, StoredFile};
use serde::Serialize;
use serde_json::Value;
use whatsapp_rust::{
    Client, Jid, RevokeType, wacore_binary::JidExt as _, waproto::whatsapp::MessageKey,
};
use wire::maytapi::{extra::Extra, id};

use crate::{
    WhatsAppWeb, content, groups::refused, jid, mirror, open::unavailable, pairing::closed,
    wishes::Wish,
};

impl WhatsAppWeb {
    /// Does what is wished of a phone that this server has.
    pub(crate) async fn grant(&self, inbox: &Arc<Inbox>, wish: Wish) -> Result<Value> {
        match wish {
            Wish::Qr => told(&self.show(inbox).await?.map(mirror::Qr::from)),
            Wish::Code(number) => told(&self.code(inbox, &number).await?),
            Wish::Restart => done(self.restarted(inbox).await),
            Wish::LogOut => done(self.ended(inbox, false).await),
            Wish::Reset => done(self.ended(inbox, true).await),
            Wish::Backup => told(&self.backed_up(inbox).await?),
            Wish::Restore(backup) => done(self.restored(inbox, &backup).await),
            Wish::React { chat, id, emoji } => done(self.reacted(inbox, &chat, &id, &emoji).await),
            Wish::Person(number) => {
                let found = self.person_of(inbox, &number).await?;
                told(&found.map(mirror::Person))
            }
            Wish::Picture(number) => told(&self.picture_of(inbox, &number).await?),
            Wish::Groups => {
                let all = self.groups_of(inbox).await?;
                told(&all.into_iter().map(mirror::Group).collect::<Vec<_>>())
            }
            Wish::Group(id) => told(&self.group_of(inbox, &id).await?.map(mirror::Group)),
            Wish::CreateGroup { name, numbers } => {
                let made = self.group_made(inbox, &name, &numbers).await?;
                told(&mirror::Group(made))
            }
            Wish::ChangeGroup { group, change } => {
                let changed = self.group_changed(inbox, &group, change.0).await?;
                told(&mirror::Group(changed))
            }
            Wish::SetPicture(picture) => done(self.picture_set(inbox, &picture).await),
            Wish::Edit { chat, id, text } => done(self.edited(inbox, &chat, &id, &text).await),
            Wish::Retract { chat, ids } => done(self.retracted(inbox, &chat, &ids).await),
        }
    }

    /// The client of a phone that is open, for everything that is asked of the network.
    pub(crate) fn client(&self, inbox: &Inbox) -> Result<Arc<Client>> {
        if self.session(inbox)?.state != SessionState::LoggedIn {
            return Err(closed());
        }
        let (client, _) = self.line(inbox.id).get().ok_or_else(closed)?;
        Ok(client)
    }

    async fn reacted(&self, inbox: &Inbox, chat: &str, id: &str, emoji: &str) -> Result<()> {
        let (client, chat) = (self.client(inbox)?, chat_of(chat)?);
        let key = self.key_of(&client, inbox, &chat, id).await?;
        let put = client.send_reaction(&chat, key, emoji).await;
        put.map(drop).map_err(|it| refused(&it))
    }

    async fn edited(&self, inbox: &Inbox, chat: &str, id: &str, text: &str) -> Result<()> {
        let (client, chat) = (self.client(inbox)?, chat_of(chat)?);
        let edited = client.edit_message(&chat, id, content::text(text)).await;
        edited.map(drop).map_err(|it| refused(&it))
    }

    async fn retracted(&self, inbox: &Inbox, chat: &str, ids: &[String]) -> Result<()> {
        let (client, chat) = (self.client(inbox)?, chat_of(chat)?);
        for id in ids {
            let gone = client.revoke_message(&chat, id, RevokeType::Sender).await;
            gone.map_err(|it| refused(&it))?;
        }
        Ok(())
    }

    async fn person_of(&self, inbox: &Inbox, number: &str) -> Result<Option<Person>> {
        let client = self.client(inbox)?;
        let asked = [Jid::pn(number)];
        let found = client.contacts().is_on_whatsapp(&asked).await;
        let found = found.map_err(|it| refused(&it))?;
        let found = found.into_iter().find(|it| it.is_registered);
        Ok(found.map(|it| Person {
            number: number.to_owned(),
            name: it.verified_name.and_then(|it| it.name),
        }))
    }

    async fn picture_set(&self, inbox: &Inbox, picture: &StoredFile) -> Result<()> {
        let client = self.client(inbox)?;
        let bytes = self.bytes_of(picture).await?;
        let set = client.profile().set_profile_picture(bytes).await;
        set.map(drop).map_err(|it| refused(&it))
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

fn chat_of(name: &str) -> Result<Jid> {
    jid::of_chat(name).ok_or_else(|| Error::not_found("chat"))
}

fn done(was: Result<()>) -> Result<Value> {
    was.map(|()| Value::Null)
}

fn told(answer: &impl Serialize) -> Result<Value> {
    serde_json::to_value(answer).map_err(|it| unavailable(&it))
}
