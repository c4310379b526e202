//! What stands around a message: what it answers, whom it names, whether it was passed on.

use domain::{Direction, Message as Ours};
use whatsapp_rust::{
    Jid,
    wacore::proto_helpers::{MessageBuilderExt as _, build_quote_context},
    waproto::whatsapp::{ContextInfo, Message},
};
use wire::maytapi::extra::Extra;

/// A message that is answered.
pub(crate) struct Quoted {
    /// What WhatsApp calls it.
    pub(crate) id: String,
    /// What we know of it.
    pub(crate) message: Option<Ours>,
}

impl Quoted {
    /// Who said it, in this chat.
    pub(crate) fn author(&self, own: &Jid, chat: &Jid) -> Jid {
        let Some(message) = &self.message else {
            return chat.clone();
        };
        if message.direction == Direction::Out {
            return own.to_non_ad();
        }
        match Extra::read(message.extra.as_deref()).author {
            Some(author) => Jid::pn(author.number),
            None => chat.clone(),
        }
    }

    /// What it said, as it is shown above the answer.
    fn shown(&self) -> Message {
        let message = self.message.as_ref();
        let text = message.and_then(|it| it.content.clone());
        let named = || {
            let first = message?.attachments.first()?;
            let name = first.file.as_ref().map(|it| it.name.clone());
            first.title.clone().or(name)
        };
        Message::text(text.or_else(named).unwrap_or_default())
    }
}

/// What is to stand around a message of ours; nothing around an ordinary one.
pub(crate) fn context(
    message: &Ours,
    quoted: Option<&Quoted>,
    own: &Jid,
    chat: &Jid,
) -> Option<ContextInfo> {
    let extra = Extra::read(message.extra.as_deref());
    let plain = quoted.is_none() && extra.mentions.is_empty() && !extra.forwarded;
    if plain {
        return None;
    }
    let mut context = match quoted {
        Some(it) => build_quote_context(&it.id, it.author(own, chat).to_string(), &it.shown()),
        None => ContextInfo::default(),
    };
    let named = extra.mentions.iter().map(|it| Jid::pn(it).to_string());
    context.mentioned_jid = named.collect();
    if extra.forwarded {
        context.is_forwarded = Some(true);
        context.forwarding_score = Some(1);
    }
    Some(context)
}
