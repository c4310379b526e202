//! Our nouns as Maytapi's objects.

use app::{
    Core,
    pictures::{self, Owner},
};
use domain::{
    Address, Attachment, AttachmentKind, Contact, Direction, Inbox, InboxState, Message,
    SessionState, Spoken, Thread,
};
use serde::Deserialize;
use wire::maytapi::{
    chat,
    extra::Extra,
    id,
    webhook::{Card, Incoming, Message as Body, Quoted, User},
    words::PhoneStatus,
};

/// Where something was said.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) inbox: &'a Inbox,
    pub(super) contact: &'a Contact,
    pub(super) address: &'a Address,
}

impl<'a> Place<'a> {
    pub(super) fn of(thread: &'a Thread) -> Self {
        Self {
            inbox: &thread.inbox,
            contact: &thread.contact,
            address: &thread.address,
        }
    }
}

/// A phone's status in a word.
pub(super) fn phone_status(inbox: &Inbox, state: SessionState) -> PhoneStatus {
    match (state, &inbox.state) {
        (SessionState::Offline | SessionState::Banned, _) => PhoneStatus::PhoneError,
        (_, InboxState::Paused { .. }) => PhoneStatus::Disabled,
        (SessionState::Unpaired | SessionState::LoggedOut, _) => PhoneStatus::QrCode,
        (SessionState::Idle, _) => PhoneStatus::Idle,
        (SessionState::Loading, _) => PhoneStatus::Loading,
        (SessionState::LoggedIn, _) => PhoneStatus::Active,
    }
}

/// The id of a message: what the network calls it, or will.
pub(super) fn message_id(message: &Message) -> String {
    match &message.external_id {
        Some(id) => id.clone(),
        None => id::of(message.id.0, 0),
    }
}

/// A card, as the message's detail keeps it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptCard {
    display_name: String,
    vcard: String,
}

/// What a message is in the webhook.
pub(super) fn message(core: &Core, message: &Message) -> Body<'static> {
    let extra = Extra::read(message.extra.as_deref());
    let first = message.attachments.first();
    let content = message.content.clone().unwrap_or_default();
    let mut body = Body {
        id: message_id(message).into(),
        from_me: message.direction == Direction::Out,
        mentions: extra
            .mentions
            .iter()
            .map(|it| format!("{it}@c.us"))
            .collect(),
        ..Body::default()
    };
    if let Some(info) = extra.info {
        body.kind = "info";
        body.subtype = Some(info.subtype.into());
        body.participant = Some(format!("{}@c.us", info.participant).into());
    } else if let Some(product) = extra.product {
        body.kind = "product";
        body.product = Some(product);
    } else if let Some(to) = extra.reaction_to {
        body.kind = "reaction";
        body.text = Some(content.into());
        body.msg_id = Some(to.into());
    } else if let Some(first) = first {
        body.kind = kind(first, message.attachments.len());
        match first.kind {
            AttachmentKind::Location => body.payload = payload(first),
            AttachmentKind::Contact => body.vcard_list = Some(cards(&message.attachments)),
            _ => {
                body.url = core.file_url(message, 0, first);
                let file = first.file.as_ref();
                body.filename = file.map(|it| it.name.clone().into());
                body.mime = file.map(|it| it.content_type.clone().into());
                body.caption = Some(content.into());
            }
        }
    } else {
        body.kind = "text";
        body.text = Some(content.into());
    }
    body
}

fn kind(first: &Attachment, count: usize) -> &'static str {
    match first.kind {
        AttachmentKind::Image => "image",
        AttachmentKind::Video => "video",
        AttachmentKind::Audio => "audio",
        AttachmentKind::Voice => "ptt",
        AttachmentKind::Sticker => "sticker",
        AttachmentKind::File => "document",
        AttachmentKind::Location => "location",
        AttachmentKind::Contact if count > 1 => "multi_vcard",
        AttachmentKind::Contact => "vcard",
    }
}

fn payload(place: &Attachment) -> Option<String> {
    let (latitude, longitude) = place.coordinates?;
    Some(format!("{latitude},{longitude}"))
}

fn cards(all: &[Attachment]) -> Vec<Card> {
    let card = |it: &Attachment| {
        let kept: Option<KeptCard> = it
            .detail
            .as_deref()
            .and_then(|it| serde_json::from_str(it).ok());
        match kept {
            Some(kept) => Card {
                display_name: kept.display_name,
                vcard: kept.vcard,
            },
            None => Card {
                display_name: it.title.clone().unwrap_or_default(),
                vcard: String::new(),
            },
        }
    };
    all.iter().map(card).collect()
}

/// A card's detail, as [`cards`] reads it.
pub(super) fn card_detail(display_name: &str, vcard: &str) -> String {
    serde_json::json!({ "displayName": display_name, "vcard": vcard }).to_string()
}

/// The card of a number.
pub(super) fn vcard(name: &str, number: &str) -> String {
    format!("BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL;TYPE=CELL;waid={number}:+{number}\nEND:VCARD")
}

/// Who said something: the author, in a group.
pub(super) fn user(core: &Core, place: Place<'_>, message: &Message) -> User<'static> {
    if message.direction == Direction::Out {
        let number = chat::number(&place.inbox.address).unwrap_or_default();
        let tables = core.directory.tables();
        let picture = tables.picture_of(Owner::Inbox(place.inbox.id));
        return person(core, number, place.inbox.name.clone(), picture);
    }
    match Extra::read(message.extra.as_deref()).author {
        Some(author) => person(core, author.number, author.name, None),
        None => contact(core, place.contact, &place.address.source_id),
    }
}

fn contact(core: &Core, contact: &Contact, source_id: &str) -> User<'static> {
    let phone = contact
        .phone
        .as_deref()
        .map(|it| it.trim_start_matches('+'));
    let number = phone.map_or_else(
        || chat::number(source_id).unwrap_or_default(),
        str::to_owned,
    );
    let name = if contact.name == source_id {
        number.clone()
    } else {
        contact.name.clone()
    };
    person(core, number, name, contact.picture.as_deref())
}

fn person(core: &Core, number: String, name: String, picture: Option<&str>) -> User<'static> {
    // The field is there without a picture as well, for those who read it.
    let image = picture.map(|it| pictures::url(core, it));
    User {
        id: format!("{number}@c.us").into(),
        name: name.into(),
        phone: number.into(),
        image: Some(image.unwrap_or_default().into()),
    }
}

/// A message with everything that the webhook tells of it, but for what it answers.
pub(super) fn incoming<'a>(
    core: &Core,
    product: &'a str,
    place: Place<'a>,
    said: &Message,
) -> Incoming<'a> {
    let phone = place.inbox.id.0;
    Incoming {
        product,
        phone,
        message: message(core, said),
        user: user(core, place, said),
        conversation: &place.address.source_id,
        receiver: chat::number(&place.inbox.address).unwrap_or_default(),
        timestamp: said.sent_at.as_second(),
        reply: format!("{}/api/{product}/{phone}/sendMessage", core.public_url),
        quoted: None,
    }
}

/// What a message answers.
pub(super) fn quoted(core: &Core, thread: &Thread, spoken: &Spoken) -> Option<Quoted<'static>> {
    let quoted = spoken.quoted.as_deref()?;
    Some(Quoted {
        message: message(core, quoted),
        user: user(core, Place::of(thread), quoted),
        timestamp: quoted.sent_at.as_second(),
    })
}
