//! Our nouns as ChatApp's objects.

use app::Core;
use domain::{
    Attachment, AttachmentKind, Availability, Contact, ConversationStatus, Direction, Label,
    Message, MessageStatus, REPLY_WINDOW, Sender, Spoken, Thread,
};
use wire::{
    chatapp::{
        chats::{ChatConversation, Conversation, Tag, TagCategory, has_windows},
        id::{Id, Ref},
        message::{self as wire_message, Body, Chat, File, FromApp, FromUser, Quoted, Side},
        message_status::{MessageStatus as StatusItem, Status, StatusChat, StatusError},
    },
    maytapi::extra::{Author, Extra},
};

/// The chat's id: an address, as the network names it.
pub(super) fn chat_id(thread: &Thread) -> Id<'_> {
    Id::Text(thread.address.source_id.as_str().into())
}

/// Whether a chat is between two, or of several, as the network's own names for chats tell (digest 3.3).
pub(super) fn chat_kind(thread: &Thread) -> &'static str {
    let id = thread.address.source_id.as_str();
    if id.ends_with("@g.us") || id.starts_with("group-") {
        "group"
    } else {
        "private"
    }
}

/// A telephone number as ChatApp writes it: digits only.
fn digits(phone: &str) -> &str {
    phone.strip_prefix('+').unwrap_or(phone)
}

/// The digits of a telephone number; `None` for an address that is something else.
pub(super) fn number(address: &str) -> Option<&str> {
    let digits = digits(address);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(digits)
}

/// A chat's status as the `chatStatus` event words it.
pub(super) fn status_word(status: ConversationStatus) -> &'static str {
    match status {
        ConversationStatus::Open => "open",
        ConversationStatus::Resolved => "close",
        ConversationStatus::Pending => "pending",
        ConversationStatus::Snoozed => "snoozed",
    }
}

/// The window that a message opened, if it opened one on a network that has windows.
pub(super) fn window<'a>(thread: &'a Thread, message: &Message) -> Option<ChatConversation<'a>> {
    let it = &thread.conversation;
    if !has_windows(&thread.inbox.messenger) || it.window_opened_by != Some(message.id) {
        return None;
    }
    let start = message.created_at.as_second();
    let conversation = Conversation {
        // As long as the document's, and another for every window.
        id: format!("{:016x}{:016x}", it.id.0, message.id.0).into(),
        // The user opened it. The business cannot: what it writes first opens nothing here.
        kind: "UIC".into(),
        start_time: start,
        end_time: start + REPLY_WINDOW.as_secs(),
    };
    Some(ChatConversation {
        conversation,
        chat: Ref {
            id: chat_id(thread),
        },
    })
}

/// What an agent says of themselves, as the `employeeStatus` event words it.
pub(super) fn availability_word(availability: Availability) -> &'static str {
    match availability {
        Availability::Online => "online",
        Availability::Busy => "busy",
        Availability::Offline => "offline",
    }
}

/// A label as a tag.
pub(super) fn tag(label: &Label) -> Tag<'_> {
    Tag {
        id: label.id.0,
        name: label.title.as_str().into(),
        color: label.color.as_str().into(),
        sort: label.sort,
        category: label.category.as_ref().map(|it| TagCategory {
            id: it.id.0,
            name: it.name.as_str().into(),
            sort: it.sort,
        }),
    }
}

pub(super) fn phone(contact: &Contact) -> Option<std::borrow::Cow<'_, str>> {
    contact.phone.as_deref().map(|it| digits(it).into())
}

/// A message as the `message` event shows it.
pub(super) fn message<'a>(
    core: &Core,
    thread: &'a Thread,
    spoken: &'a Spoken,
) -> wire_message::Message<'a> {
    let message = &spoken.message;
    let out = message.direction == Direction::Out;
    let told = Extra::read(message.extra.as_deref());
    let private = chat_kind(thread) == "private";
    let username = told.author.as_ref().and_then(|it| it.username.clone());
    let username = username.filter(|_| private && !out).map(Into::into);
    wire_message::Message {
        id: Id::Number(message.id.0),
        from_api: message.client_app.is_some(),
        from_me: out,
        side: if out { Side::Out } else { Side::In },
        time: message.sent_at.as_second(),
        is_forwarded: told.forwarded,
        kind: kind(message).into(),
        subtype: None,
        message: body(core, message),
        quoted_message: spoken.quoted.as_deref().map(|it| quoted(core, it)),
        from_user: from_user(thread, spoken, told.author),
        chat: Chat {
            id: chat_id(thread),
            hash: None,
            kind: chat_kind(thread).into(),
            phone: phone(&thread.contact),
            username,
            name: Some(thread.contact.name.as_str().into()),
            image: None,
            email: thread.contact.email.as_deref().map(Into::into),
        },
        from_app: from_app(message),
        utm: None,
        created: match message.sender {
            Sender::Agent(id) => Some(Ref { id: id.0 }),
            Sender::Contact(_) | Sender::System => None,
        },
        internal_id: message.external_id.as_deref().map(|it| Id::Text(it.into())),
        destroyed: false,
    }
}

fn kind(message: &Message) -> &'static str {
    if message.direction == Direction::Activity {
        return "system";
    }
    let Some(first) = message.attachments.first() else {
        return "text";
    };
    match first.kind {
        AttachmentKind::Image => "image",
        AttachmentKind::Video => "video",
        AttachmentKind::Audio => "audio",
        AttachmentKind::Voice => "voice",
        AttachmentKind::Sticker => "sticker",
        AttachmentKind::File => "document",
        AttachmentKind::Location => "location",
        AttachmentKind::Contact => "contact",
    }
}

fn body(core: &Core, message: &Message) -> Body<'static> {
    let content = message.content.clone().unwrap_or_default();
    match message.attachments.first() {
        None => Body {
            text: content.into(),
            caption: "".into(),
            file: None,
        },
        Some(first) => Body {
            text: described(first).into(),
            caption: content.into(),
            file: file(core, message, first),
        },
    }
}

/// What stands for a place or a card where there is only room for text.
fn described(attachment: &Attachment) -> String {
    let title = attachment.title.clone().unwrap_or_default();
    match attachment.coordinates {
        None => title,
        Some((latitude, longitude)) => format!("{title} {latitude},{longitude}").trim().to_owned(),
    }
}

fn file(core: &Core, message: &Message, attachment: &Attachment) -> Option<File<'static>> {
    let stored = attachment.file.as_ref()?;
    let link = core.file_url(message, 0, attachment)?;
    Some(File {
        link: link.into(),
        name: stored.name.clone().into(),
        content_type: Some(stored.content_type.clone().into()),
        mime_type: Some(stored.content_type.clone().into()),
        size: u64::try_from(stored.bytes).ok(),
    })
}

fn quoted(core: &Core, message: &Message) -> Quoted<'static> {
    Quoted {
        id: Id::Number(message.id.0),
        from_me: message.direction == Direction::Out,
        time: Some(message.sent_at.as_second()),
        kind: kind(message).into(),
        message: body(core, message),
    }
}

fn from_user<'a>(
    thread: &'a Thread,
    spoken: &'a Spoken,
    author: Option<Author>,
) -> Option<FromUser<'a>> {
    match (spoken.message.sender, author) {
        // Where the network says who wrote it, which in a group is not whom the chat is with.
        (Sender::Contact(_), Some(author)) => Some(written_by(thread, author)),
        (Sender::Contact(id), None) => Some(FromUser {
            id: Id::Number(id.0),
            username: None,
            name: Some(thread.contact.name.as_str().into()),
            phone: phone(&thread.contact),
        }),
        (Sender::Agent(id), _) => Some(FromUser {
            id: Id::Number(id.0),
            username: None,
            name: spoken.author.as_ref().map(|it| it.name.as_str().into()),
            phone: Some(digits(&thread.inbox.address).into()),
        }),
        (Sender::System, _) => None,
    }
}

fn written_by(thread: &Thread, author: Author) -> FromUser<'_> {
    let (id, phone) = if thread.address.source_id.ends_with("@g.us") {
        let id = Id::Text(format!("{}@c.us", author.number).into());
        (id, Some(author.number.into()))
    } else {
        (
            Id::from_text(&author.number).into_owned(),
            phone(&thread.contact),
        )
    };
    FromUser {
        id,
        username: author.username.map(Into::into),
        name: Some(author.name.into()),
        phone,
    }
}

fn from_app(message: &Message) -> Option<FromApp<'_>> {
    message.client_app.as_deref().map(|app| FromApp {
        id: app.into(),
        tracking: tracking(message).map(Into::into),
        sender: (message.sender == Sender::System).then(|| "system".into()),
    })
}

/// What the program that sent a message calls it.
fn tracking(message: &Message) -> Option<&str> {
    message.client_key.as_deref().or(message.echo.as_deref())
}

/// How far a message has come, as the `messageStatus` event shows it; `None` for a state ChatApp has no word for.
pub(super) fn status<'a>(thread: &'a Thread, message: &'a Message) -> Option<StatusItem<'a>> {
    let kind = match message.status {
        MessageStatus::Queued => return None,
        MessageStatus::Sent => Status::Sent,
        MessageStatus::Delivered => Status::Delivered,
        MessageStatus::Read => Status::Viewed,
        MessageStatus::Failed => Status::Failed,
    };
    let error = message.error.as_deref().filter(|_| kind == Status::Failed);
    Some(StatusItem {
        id: Id::Number(message.id.0),
        kind,
        chat: StatusChat {
            id: chat_id(thread),
            hash: None,
            kind: chat_kind(thread).into(),
            phone: phone(&thread.contact),
            username: None,
        },
        from_app: from_app(message),
        error: error.map(|text| StatusError {
            code: "failed".into(),
            message: text.into(),
        }),
        time: message.updated_at.as_second(),
    })
}
