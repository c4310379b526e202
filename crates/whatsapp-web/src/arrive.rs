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
use domain::{Direction, Inbox, InboxId, MessageId, Timestamp};
use whatsapp_rust::{
    Client, InboundDurabilityHook, Jid, anyhow, types::message::MessageInfo,
    wacore::types::events::InboundMessage, waproto::whatsapp::Message,
};
use wire::maytapi::{
    extra::{Author, Extra},
    id,
};

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
    /// The phone's owner says it, on the phone itself.
    Overheard(Inbound),
    Edited {
        id: String,
        text: String,
        by: By,
    },
    Deleted {
        id: String,
        by: By,
    },
}

/// Who says something, and where; not what.
pub(crate) struct Met {
    by: By,
    /// With nothing said yet.
    pub(crate) inbound: Inbound,
    /// With the author, in a group.
    pub(crate) extra: Extra,
}

/// Whose doing it is.
struct By {
    /// Whether it is the phone's owner.
    own: bool,
    /// In which chat.
    chat: String,
    /// In a group: by whom, in digits.
    member: Option<String>,
}

impl By {
    /// Whether they may change a message: nobody changes what somebody else has said, and in groups admins take away
    /// what others have.
    fn may_change(&self, tx: &dyn Tx, inbox: &Inbox, id: &str, words: bool) -> Result<bool> {
        let Some(it) = tx.find_message_by_external(inbox.id, Direction::In, id)? else {
            return Ok(false);
        };
        let row = tx.find_conversation_by_id(it.conversation_id)?;
        let here = row.is_some_and(|row| row.address.source_id == self.chat);
        let author = Extra::read(it.extra.as_deref()).author.map(|it| it.number);
        Ok(here && (!words || author == self.member))
    }
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
        let ids = all.iter().filter_map(|it| match it {
            Come::Said(inbound) => Some(&*inbound.external_id),
            _ => None,
        });
        let stand_ins = self.come_after_all(&inbox, ids);
        let work = move |tx: &mut dyn Tx| {
            let mut gone = Vec::new();
            for id in &stand_ins {
                messages::hear_delete(tx, &directory, &inbox, id)?;
            }
            for come in &all {
                match come {
                    Come::Said(inbound) => {
                        messages::receive(tx, &directory, &inbox, inbound)?;
                    }
                    Come::Overheard(inbound) => {
                        messages::overhear(tx, &directory, &inbox, inbound)?;
                    }
                    Come::Edited { id, text, by } if by.own => {
                        messages::overhear_edit(tx, &directory, &inbox, id, text)?;
                    }
                    Come::Edited { id, text, by } => {
                        if by.may_change(tx, &inbox, id, true)? {
                            messages::hear_edit(tx, &directory, &inbox, id, text)?;
                        }
                    }
                    Come::Deleted { id, by } if by.own => {
                        gone.extend(messages::overhear_delete(tx, &directory, &inbox, id)?);
                        // In a group, perhaps what somebody else has said.
                        gone.extend(messages::hear_delete(tx, &directory, &inbox, id)?);
                    }
                    Come::Deleted { id, by } => {
                        if by.may_change(tx, &inbox, id, false)? {
                            gone.extend(messages::hear_delete(tx, &directory, &inbox, id)?);
                        }
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
        let own = info.source.is_from_me;
        if own && self.is_ours(inbox, &info.id)? {
            return Ok(None);
        }
        let heard = content::read(message);
        if heard == Heard::Nothing {
            return Ok(None);
        }
        let Some(met) = self.met(inbox, client, info).await? else {
            return Ok(None);
        };
        let Met {
            by,
            mut inbound,
            extra,
        } = met;
        let said = match heard {
            Heard::Said(said) => *said,
            Heard::Edited { id, text } => return Ok(Some(Come::Edited { id, text, by })),
            Heard::Deleted { id } => return Ok(Some(Come::Deleted { id, by })),
            Heard::Nothing => return Ok(None),
        };
        inbound.extra = with(extra, &said).write();
        inbound.reply_to_external = said.reply_to;
        if let Some(once) = content::once(message) {
            // To keep it would be to break the promise under which it was sent.
            inbound.content = Some(once);
        } else {
            inbound.content = said.text;
            inbound.attachments = said.things;
            let file = self.fetched(client, message).await?;
            inbound.attachments.extend(file);
        }
        if !own {
            return Ok(Some(Come::Said(inbound)));
        }
        // An emoji that is taken away again leaves nothing to show.
        let empty = inbound.content.is_none() && inbound.attachments.is_empty();
        Ok((!empty).then_some(Come::Overheard(inbound)))
    }

    /// Who says a message, and where; nothing if it is no conversation.
    pub(crate) async fn met(
        &self,
        inbox: &Arc<Inbox>,
        client: &Arc<Client>,
        info: &MessageInfo,
    ) -> Result<Option<Met>> {
        let source = &info.source;
        let own = source.is_from_me;
        let author = jid::person(client, &source.sender, source.sender_alt.as_ref()).await;
        let chat = match (source.is_group, own) {
            (true, _) => source.chat.clone(),
            (false, false) => author.clone(),
            (false, true) => {
                let other = source.recipient_alt.as_ref();
                let other = other.or(info.peer_recipient_pn.as_ref());
                jid::person(client, &source.chat, other).await
            }
        };
        let notes = client
            .pn()
            .is_some_and(|it| it.user_base() == chat.user_base());
        let Some(name) = jid::chat(&chat).filter(|_| !notes) else {
            // Somebody's status, or what the owner notes for themselves.
            return Ok(None);
        };
        let by = By {
            own,
            chat: name.clone(),
            member: source.is_group.then(|| author.user_base().to_owned()),
        };
        let called = Some(info.push_name.clone()).filter(|it| !it.is_empty() && !own);
        let mut extra = Extra::default();
        let from = if source.is_group {
            extra.author = (!own).then(|| Author {
                username: None,
                number: author.user_base().to_owned(),
                name: called.unwrap_or_else(|| author.user_base().to_owned()),
            });
            self.group_met(inbox, client, &chat, name).await?
        } else {
            Told {
                source_id: name,
                name: called,
                phone: chat.is_pn().then(|| format!("+{}", chat.user_base())),
            }
        };
        let inbound = Inbound {
            from,
            external_id: info.id.clone(),
            sent_at: Timestamp::from_second(info.timestamp.timestamp()).ok(),
            ..Inbound::default()
        };
        Ok(Some(Met { by, inbound, extra }))
    }

    /// Whether a message was sent by this server.
    fn is_ours(&self, inbox: &Inbox, id: &str) -> Result<bool> {
        let Some((number, _)) = id::number(id) else {
            return Ok(false);
        };
        let store = &self.core().store;
        let found = store.view(|view| view.find_message(MessageId(number)))?;
        Ok(found.is_some_and(|it| it.inbox_id == inbox.id))
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

fn with(extra: Extra, said: &Said) -> Extra {
    Extra {
        mentions: said.mentions.clone(),
        reaction_to: said.reaction_to.clone(),
        forwarded: said.forwarded,
        ..extra
    }
}
