//! What comes in: committed by us before WhatsApp is told that we have it.
//!
//! A batch is one transaction. If it cannot be committed, nothing of it is acknowledged, and WhatsApp brings it again;
//! what was committed before is known by its id then. Files are fetched first, because WhatsApp does not keep them for
//! long; one that cannot be fetched is told of without.

use std::{sync::Arc, time::Duration};

use app::{
    Result,
    contacts::Told,
    messages::{self, Inbound, NewAttachment},
    ports::Tx,
};
use async_trait::async_trait;
use domain::{Inbox, InboxId, Timestamp};
use whatsapp_rust::{
    Client, InboundDurabilityHook, Jid, anyhow, types::message::MessageInfo,
    wacore::types::events::InboundMessage, waproto::whatsapp::Message,
};
use wire::maytapi::extra::{Author, Extra};

use crate::{
    WhatsAppWeb,
    content::{self, Heard, Said},
    jid,
};

/// How long fetching one file may take, all tries together.
const FETCH: Duration = Duration::from_secs(90);
/// Tries.
const FETCHES: usize = 3;
/// How long WhatsApp may take to say what a group is called.
const NAME_COMES: Duration = Duration::from_secs(5);

/// Takes in what comes to one phone.
pub(crate) struct Intake {
    engine: WhatsAppWeb,
    inbox: InboxId,
}

/// Something to commit.
enum Come {
    Said(Inbound),
    Edited { id: String, text: String },
    Deleted { id: String },
}

impl Intake {
    pub(crate) fn new(engine: WhatsAppWeb, inbox: InboxId) -> Self {
        Self { engine, inbox }
    }
}

#[async_trait]
impl InboundDurabilityHook for Intake {
    async fn on_messages(
        &self,
        client: Arc<Client>,
        batch: &[InboundMessage],
    ) -> anyhow::Result<()> {
        let inbox = self.engine.phone(self.inbox)?;
        let mut all = Vec::with_capacity(batch.len());
        for it in batch {
            let come = self.engine.come(&inbox, &client, &it.info, &it.message);
            all.extend(come.await?);
        }
        if !all.is_empty() {
            self.engine.take_in(inbox, all).await?;
        }
        Ok(())
    }
}

impl WhatsAppWeb {
    async fn take_in(&self, inbox: Arc<Inbox>, all: Vec<Come>) -> Result<()> {
        let directory = self.core().directory.clone();
        let work = move |tx: &mut dyn Tx| {
            let mut gone = Vec::new();
            for come in &all {
                match come {
                    Come::Said(inbound) => {
                        messages::receive(tx, &directory, &inbox, inbound)?;
                    }
                    Come::Edited { id, text } => {
                        messages::hear_edit(tx, &directory, &inbox, id, text)?;
                    }
                    Come::Deleted { id } => {
                        gone.extend(messages::hear_delete(tx, &directory, &inbox, id)?);
                    }
                }
            }
            Ok(gone)
        };
        for file in self.core().store.transact(work).await? {
            self.core().media.forget(&file.key).await;
        }
        Ok(())
    }

    /// What a message is to us, if anything.
    async fn come(
        &self,
        inbox: &Arc<Inbox>,
        client: &Arc<Client>,
        info: &MessageInfo,
        message: &Message,
    ) -> Result<Option<Come>> {
        // What the owner writes on the phone is not addressed to us.
        if info.source.is_from_me {
            return Ok(None);
        }
        let said = match content::read(message) {
            Heard::Said(said) => *said,
            Heard::Edited { id, text } => return Ok(Some(Come::Edited { id, text })),
            Heard::Deleted { id } => return Ok(Some(Come::Deleted { id })),
            Heard::Nothing => return Ok(None),
        };
        let source = &info.source;
        let author = jid::person(client, &source.sender, source.sender_alt.as_ref()).await;
        let chat = if source.is_group {
            source.chat.clone()
        } else {
            author.clone()
        };
        let Some(name) = jid::chat(&chat) else {
            return Ok(None);
        };
        let mut inbound = Inbound {
            external_id: info.id.clone(),
            sent_at: Timestamp::from_second(info.timestamp.timestamp()).ok(),
            ..Inbound::default()
        };
        let called = Some(info.push_name.clone()).filter(|it| !it.is_empty());
        let mut extra = extra(&said);
        if source.is_group {
            extra.author = Some(Author {
                username: None,
                number: author.user_base().to_owned(),
                name: called.unwrap_or_else(|| author.user_base().to_owned()),
            });
            inbound.from = self.group_met(inbox, client, &chat, name).await?;
        } else {
            inbound.from = Told {
                source_id: name,
                name: called,
                phone: author.is_pn().then(|| format!("+{}", author.user_base())),
            };
        }
        inbound.extra = extra.write();
        inbound.content = said.text;
        inbound.reply_to_external = said.reply_to;
        inbound.attachments = said.things;
        inbound
            .attachments
            .extend(self.fetched(client, message).await?);
        Ok(Some(Come::Said(inbound)))
    }

    /// A group as somebody to write to. What it is called is asked once, when it is met.
    pub(crate) async fn group_met(
        &self,
        inbox: &Inbox,
        client: &Arc<Client>,
        group: &Jid,
        source_id: String,
    ) -> Result<Told> {
        let store = &self.core().store;
        let known = store.view(|view| view.find_address(inbox.id, &source_id))?;
        let named = known.is_some_and(|(_, contact, _)| contact.name != source_id);
        let name = if named {
            None
        } else {
            let groups = client.groups();
            let asked = tokio::time::timeout(NAME_COMES, groups.get_metadata(group)).await;
            let found = asked.ok().and_then(std::result::Result::ok);
            found.map(|it| it.subject).filter(|it| !it.is_empty())
        };
        Ok(Told {
            source_id,
            name,
            phone: None,
        })
    }

    /// The file of a message, kept here.
    async fn fetched(
        &self,
        client: &Arc<Client>,
        message: &Message,
    ) -> Result<Option<NewAttachment>> {
        let Some(file) = content::file(message) else {
            return Ok(None);
        };
        let fetching = async {
            for _ in 0..FETCHES {
                match client.download(file.place).await {
                    Ok(bytes) => return Some(bytes),
                    Err(error) => tracing::warn!(%error, "a file could not be fetched"),
                }
            }
            None
        };
        let bytes = tokio::time::timeout(FETCH, fetching).await.ok().flatten();
        let Some(bytes) = bytes else {
            return Ok(Some(NewAttachment {
                kind: file.kind,
                file: None,
                title: Some("the file could not be fetched from WhatsApp".to_owned()),
                coordinates: None,
                detail: None,
            }));
        };
        let kept = self
            .core()
            .media
            .put(
                file.name.unwrap_or_default(),
                file.content_type,
                bytes.into(),
            )
            .await?;
        Ok(Some(NewAttachment {
            kind: file.kind,
            ..NewAttachment::of_file(kept)
        }))
    }
}

fn extra(said: &Said) -> Extra {
    Extra {
        mentions: said.mentions.clone(),
        reaction_to: said.reaction_to.clone(),
        forwarded: said.forwarded,
        ..Extra::default()
    }
}
