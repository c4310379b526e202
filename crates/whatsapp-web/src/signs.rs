//! What WhatsApp is shown of us beside messages, and what it shows us: who types, and what was read.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use app::{
    Result,
    messages::is_deleted,
    ports::{BoxFuture, SendError, Signs},
    signs::{Typed, Typist},
};
use domain::{Inbox, Message};
use whatsapp_rust::{
    Client, Jid, types::presence::ChatPresence, wacore::types::events::ChatPresenceUpdate,
    wacore_binary::JidExt as _,
};
use wire::maytapi::extra::Extra;

use crate::{WhatsAppWeb, jid};

/// People of whom a phone asks at once to be told whether they type: those whose chats were looked at last.
const ATTENDED: usize = 50;
/// Receipts of one phone that wait for its connection; the oldest gives way.
const OWED: usize = 1_000;

/// Messages of one author in a chat that were read here.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    chat: Jid,
    /// In a group: whose.
    author: Option<Jid>,
    ids: Vec<String>,
}

/// What a phone has to do with signs.
#[derive(Debug, Default)]
pub(crate) struct Attention {
    /// People whom it attends to, the latest last.
    people: VecDeque<Jid>,
    /// Receipts that could not be sent.
    owed: VecDeque<Seen>,
}

impl Signs for WhatsAppWeb {
    fn typing<'a>(
        &'a self,
        inbox: &'a Inbox,
        _: &'a str,
        to: &'a str,
        _: Option<&'a Message>,
        on: bool,
    ) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(async move {
            let (client, _) = self.sender(inbox)?;
            let to = chat(to)?;
            self.attend(inbox, &client, &to).await;
            let state = client.chatstate();
            let shown = match on {
                true => state.send_composing(&to).await,
                false => state.send_paused(&to).await,
            };
            shown.map_err(SendError::for_now)
        })
    }

    fn read<'a>(
        &'a self,
        inbox: &'a Inbox,
        _: &'a str,
        to: &'a str,
        messages: &'a [Message],
    ) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(async move {
            let to = chat(to)?;
            let line = self.line(inbox.id);
            let open = self.sender(inbox);
            if let Ok((client, _)) = &open {
                self.attend(inbox, client, &to).await;
            }
            if !self.0.settings.read_receipts {
                return Ok(());
            }
            let client = open.as_ref().ok().map(|(client, _)| client);
            for seen in by_author(client, &to, messages).await {
                let told = match client {
                    Some(client) => tell(client, &seen).await,
                    None => false,
                };
                if !told {
                    let mut attention = line.attention();
                    attention.owed.push_back(seen);
                    if attention.owed.len() > OWED {
                        attention.owed.pop_front();
                    }
                }
            }
            Ok(())
        })
    }
}

impl WhatsAppWeb {
    /// Asks to be told whether somebody types whose chat is looked at here. WhatsApp tells it of few at a time.
    async fn attend(&self, inbox: &Inbox, client: &Client, to: &Jid) {
        if to.is_group() {
            return;
        }
        let line = self.line(inbox.id);
        let gone = {
            let mut attention = line.attention();
            let known = attention.people.iter().position(|it| it == to);
            if let Some(place) = known {
                attention.people.remove(place);
            }
            attention.people.push_back(to.clone());
            if known.is_some() {
                return;
            }
            match attention.people.len() > ATTENDED {
                true => attention.people.pop_front(),
                false => None,
            }
        };
        let presence = client.presence();
        if let Some(gone) = gone
            && let Err(error) = presence.unsubscribe(&gone).await
        {
            tracing::debug!(%error, "WhatsApp goes on telling of somebody");
        }
        if let Err(error) = presence.subscribe(to.clone()).await {
            tracing::debug!(%error, "WhatsApp does not tell of somebody");
            line.attention().people.retain(|it| it != to);
        }
    }

    /// Sends the receipts that could not be sent before.
    pub(crate) async fn catch_up(&self, inbox: &Inbox, client: &Client) {
        let line = self.line(inbox.id);
        loop {
            let Some(seen) = line.attention().owed.pop_front() else {
                return;
            };
            if !tell(client, &seen).await {
                line.attention().owed.push_front(seen);
                return;
            }
        }
    }

    /// Somebody types to a phone, or no longer does.
    pub(crate) async fn they_type(
        &self,
        inbox: &Arc<Inbox>,
        client: &Arc<Client>,
        told: &ChatPresenceUpdate,
    ) -> Result<()> {
        let source = &told.source;
        let chat = match source.is_group {
            true => source.chat.clone(),
            false => jid::person(client, &source.chat, source.sender_alt.as_ref()).await,
        };
        let Some(name) = jid::chat(&chat) else {
            return Ok(());
        };
        let found = self
            .core()
            .store
            .view(|view| view.find_address(inbox.id, &name))?;
        if let Some((_, _, Some(conversation))) = found {
            self.core().typing.tell(Typed {
                account_id: inbox.account_id,
                inbox_id: inbox.id,
                conversation_id: conversation.id,
                by: Typist::Contact,
                on: told.state == ChatPresence::Composing,
            });
        }
        Ok(())
    }
}

/// What was read, by author. What only tells what happened, and emoji beside messages, nobody reads.
async fn by_author(client: Option<&Arc<Client>>, to: &Jid, messages: &[Message]) -> Vec<Seen> {
    let mut all: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
    for it in messages {
        let extra = Extra::read(it.extra.as_deref());
        let said = extra.info.is_none() && extra.reaction_to.is_none();
        let (true, false, Some(id)) = (said, is_deleted(it), &it.external_id) else {
            continue;
        };
        let author = extra.author.filter(|_| to.is_group());
        if to.is_group() && author.is_none() {
            continue;
        }
        let ids = all.entry(author.map(|it| it.number)).or_default();
        ids.push(id.clone());
    }
    let mut seen = Vec::with_capacity(all.len());
    for (author, ids) in all {
        let author = match author {
            Some(number) => Some(jid::member(client, to, &number).await),
            None => None,
        };
        seen.push(Seen {
            chat: to.clone(),
            author,
            ids,
        });
    }
    seen
}

async fn tell(client: &Client, seen: &Seen) -> bool {
    let ids: Vec<&str> = seen.ids.iter().map(String::as_str).collect();
    let told = client.mark_as_read(&seen.chat, seen.author.as_ref(), &ids);
    match told.await {
        Ok(()) => true,
        Err(error) => {
            tracing::debug!(%error, "a receipt waits for the connection");
            false
        }
    }
}

fn chat(name: &str) -> Result<Jid, SendError> {
    jid::of_chat(name).ok_or_else(|| SendError::for_good(format!("{name} is no chat of WhatsApp")))
}
