//! WhatsApp's messages as ours.

use app::messages::NewAttachment;
use domain::AttachmentKind;
use serde_json::json;
use whatsapp_rust::{
    download::Downloadable,
    wacore::proto_helpers::MessageExt as _,
    waproto::whatsapp::{
        ContextInfo, Message,
        message::{ContactMessage, PollCreationMessage, ProtocolMessage, protocol_message},
    },
};
use wire::maytapi::{chat, extra::mentions};

use super::other::{base, sentence, words};

/// What a message turned out to be.
#[derive(Debug, PartialEq)]
pub(crate) enum Heard {
    /// Somebody says something.
    Said(Box<Said>),
    /// Somebody gives what they said another text.
    Edited {
        /// The message's id.
        id: String,
        /// What it says now.
        text: String,
    },
    /// Somebody takes back what they said.
    Deleted {
        /// The message's id.
        id: String,
    },
    /// It is nothing that people say: keys, settings, receipts.
    Nothing,
}

/// Something said, without its file.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Said {
    /// The text, or the caption.
    pub(crate) text: Option<String>,
    /// Places and cards.
    pub(crate) things: Vec<NewAttachment>,
    /// The id of the message that it answers.
    pub(crate) reply_to: Option<String>,
    /// The id of the message that it is an emoji beside.
    pub(crate) reaction_to: Option<String>,
    /// Numbers that it names, in digits.
    pub(crate) mentions: Vec<String>,
    /// Whether it was passed on from another chat.
    pub(crate) forwarded: bool,
}

/// A file of a message.
pub(crate) struct File<'m> {
    pub(crate) kind: AttachmentKind,
    pub(crate) place: &'m dyn Downloadable,
    pub(crate) content_type: Option<&'m str>,
    pub(crate) name: Option<&'m str>,
}

/// Reads a message.
pub(crate) fn read(message: &Message) -> Heard {
    let base = base(message);
    if let Some(protocol) = base.protocol_message.as_option() {
        return protocol_of(protocol);
    }
    if let Some(reaction) = base.reaction_message.as_option() {
        let Some(id) = reaction.key.as_option().and_then(|it| it.id.clone()) else {
            return Heard::Nothing;
        };
        return Heard::Said(Box::new(Said {
            // Without an emoji it is taken away.
            text: reaction.text.clone().filter(|it| !it.is_empty()),
            reply_to: Some(id.clone()),
            reaction_to: Some(id),
            ..Said::default()
        }));
    }
    let mut text = text_of(base);
    let things = things(base);
    if text.is_none() && things.is_empty() && file(message).is_none() {
        text = sentence(base);
        if text.is_none() {
            return Heard::Nothing;
        }
    }
    let context = context_of(base);
    let named = context.map(|it| it.mentioned_jid.as_slice());
    let mut named: Vec<String> = named
        .unwrap_or_default()
        .iter()
        .filter_map(|it| chat::number(it.split(['@', ':']).next()?))
        .collect();
    for number in text.as_deref().map(mentions).unwrap_or_default() {
        if !named.contains(&number) {
            named.push(number);
        }
    }
    Heard::Said(Box::new(Said {
        text,
        things,
        reply_to: context.and_then(|it| it.stanza_id.clone()),
        reaction_to: None,
        mentions: named,
        forwarded: context.and_then(|it| it.is_forwarded) == Some(true),
    }))
}

fn protocol_of(it: &ProtocolMessage) -> Heard {
    let Some(id) = it.key.as_option().and_then(|it| it.id.clone()) else {
        return Heard::Nothing;
    };
    match it.r#type {
        Some(protocol_message::Type::REVOKE) => Heard::Deleted { id },
        Some(protocol_message::Type::MESSAGE_EDIT) => {
            let text = it.edited_message.as_option().and_then(text_of);
            text.map_or(Heard::Nothing, |text| Heard::Edited { id, text })
        }
        _ => Heard::Nothing,
    }
}

fn text_of(message: &Message) -> Option<String> {
    let base = base(message);
    let plain = base.text_content().or_else(|| base.get_caption());
    let chosen = || {
        let buttons = base.buttons_response_message.as_option();
        let list = base.list_response_message.as_option();
        let template = base.template_button_reply_message.as_option();
        template
            .and_then(|it| it.selected_display_text.clone())
            .or_else(|| list.and_then(|it| it.title.clone()))
            .or_else(|| buttons.and_then(|it| it.selected_button_id.clone()))
    };
    let other = || {
        let invited = base.group_invite_message.as_option();
        invited
            .and_then(|it| it.caption.clone().or_else(|| it.group_name.clone()))
            .or_else(|| poll(base).map(asked))
            .or_else(|| offered(base))
            .or_else(|| words(base))
    };
    let text = plain.map(str::to_owned).or_else(chosen).or_else(other);
    text.filter(|it| !it.is_empty())
}

fn poll(base: &Message) -> Option<&PollCreationMessage> {
    [
        base.poll_creation_message.as_option(),
        base.poll_creation_message_v2.as_option(),
        base.poll_creation_message_v3.as_option(),
        base.poll_creation_message_v5.as_option(),
        base.poll_creation_message_v6.as_option(),
    ]
    .into_iter()
    .flatten()
    .next()
}

/// A question with its answers, one to a line.
fn asked(poll: &PollCreationMessage) -> String {
    let answers = poll.options.iter().zip(1..);
    let answers = answers.map(|(it, number)| {
        let name = it.option_name.as_deref().unwrap_or_default();
        format!("\n{number}. {name}")
    });
    let name = poll.name.as_deref().unwrap_or_default();
    format!("{name}{}", answers.collect::<String>())
}

/// A thing for sale, by its name.
fn offered(base: &Message) -> Option<String> {
    let product = base.product_message.as_option()?.product.as_option()?;
    let name = product.title.clone()?;
    match &product.description {
        Some(description) => Some(format!("{name}\n{description}")),
        None => Some(name),
    }
}

fn things(base: &Message) -> Vec<NewAttachment> {
    let mut things = Vec::new();
    let mut place = |latitude: Option<f64>, longitude: Option<f64>, title: Option<String>| {
        things.extend(latitude.zip(longitude).map(|coordinates| NewAttachment {
            kind: AttachmentKind::Location,
            file: None,
            title,
            coordinates: Some(coordinates),
            detail: None,
        }));
    };
    if let Some(it) = base.location_message.as_option() {
        let title = it.name.clone().or_else(|| it.address.clone());
        place(it.degrees_latitude, it.degrees_longitude, title);
    }
    if let Some(it) = base.live_location_message.as_option() {
        place(
            it.degrees_latitude,
            it.degrees_longitude,
            it.caption.clone(),
        );
    }
    things.extend(base.contact_message.as_option().map(carded));
    if let Some(all) = base.contacts_array_message.as_option() {
        things.extend(all.contacts.iter().map(carded));
    }
    things
}

fn carded(it: &ContactMessage) -> NewAttachment {
    let name = it.display_name.clone().unwrap_or_default();
    let vcard = it.vcard.clone().unwrap_or_default();
    NewAttachment {
        kind: AttachmentKind::Contact,
        file: None,
        detail: Some(json!({ "displayName": &name, "vcard": vcard }).to_string()),
        title: Some(name),
        coordinates: None,
    }
}

/// The file of a message, if it has one.
pub(crate) fn file(message: &Message) -> Option<File<'_>> {
    let base = base(message);
    let film = base.video_message.as_option();
    let film = film.or_else(|| base.ptv_message.as_option());
    if let Some(it) = base.image_message.as_option() {
        return Some(found(AttachmentKind::Image, it, it.mimetype.as_ref(), None));
    }
    if let Some(it) = film {
        return Some(found(AttachmentKind::Video, it, it.mimetype.as_ref(), None));
    }
    if let Some(it) = base.audio_message.as_option() {
        let kind = if it.ptt == Some(true) {
            AttachmentKind::Voice
        } else {
            AttachmentKind::Audio
        };
        return Some(found(kind, it, it.mimetype.as_ref(), None));
    }
    if let Some(it) = base.document_message.as_option() {
        let name = it.file_name.as_ref().or(it.title.as_ref());
        return Some(found(AttachmentKind::File, it, it.mimetype.as_ref(), name));
    }
    let it = base.sticker_message.as_option()?;
    Some(found(
        AttachmentKind::Sticker,
        it,
        it.mimetype.as_ref(),
        None,
    ))
}

fn found<'m>(
    kind: AttachmentKind,
    place: &'m dyn Downloadable,
    content_type: Option<&'m String>,
    name: Option<&'m String>,
) -> File<'m> {
    File {
        kind,
        place,
        // Such as "audio/ogg; codecs=opus".
        content_type: content_type.and_then(|it| it.split(';').next()),
        name: name.map(String::as_str),
    }
}

fn context_of(base: &Message) -> Option<&ContextInfo> {
    macro_rules! first_of {
        ($($field:ident),*) => {
            [$(base.$field.as_option().and_then(|it| it.context_info.as_option())),*]
        };
    }
    let all = first_of!(
        extended_text_message,
        image_message,
        video_message,
        ptv_message,
        audio_message,
        document_message,
        sticker_message,
        location_message,
        live_location_message,
        contact_message,
        contacts_array_message,
        buttons_response_message,
        list_response_message,
        template_button_reply_message,
        poll_creation_message,
        poll_creation_message_v3,
        product_message,
        group_invite_message
    );
    all.into_iter().flatten().next()
}
