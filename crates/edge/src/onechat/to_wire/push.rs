//! Push objects: what the cable carries.

use app::Core;
use domain::{
    Address, Agent, Attachment, AttachmentKind, Contact, Message, Notification, NotificationKind,
    Sender, Spoken, Team, Thread,
};
use wire::onechat::{
    FloatSeconds, Json,
    push::{
        self, Actor, AgentBot, AgentBotTag, AttachmentKind as Kind, ContactInbox, ContactTag,
        MessageConversation, Meta, SourceId, User, UserTag,
    },
    words::FileType,
};

use super::{
    Audience, address_token, agent_availability, agent_picture, attributes, can_reply,
    channel_type, contact_picture, content, content_attributes, content_type, conversation_status,
    hides_contact, iso, maybe_seconds, message_status, message_type, notification_type, priority,
    seconds, titles,
};

/// A contact; with the token of the address under which this reader may follow them, if there is one.
pub(in crate::onechat) fn contact(
    core: &Core,
    contact: &Contact,
    address: Option<&Address>,
    audience: Audience,
) -> push::Contact {
    let custom_attributes = match audience {
        Audience::Agents => Json::parse_or_empty(&contact.custom_attributes),
        Audience::Contact => Json::default(),
    };
    let own = audience == Audience::Contact;
    let hides = own && address.is_some_and(|it| hides_contact(core, it));
    let told = |it: &Option<String>| it.clone().filter(|_| !hides);
    push::Contact {
        additional_attributes: match audience {
            Audience::Agents => Json::parse_or_empty(&contact.additional_attributes),
            Audience::Contact => Json::default(),
        },
        custom_attributes,
        email: told(&contact.email),
        id: contact.id.0,
        identifier: told(&contact.identifier),
        name: told(&Some(contact.name.clone())).unwrap_or_default(),
        phone_number: told(&contact.phone),
        pubsub_token: address.map(|it| address_token(core, it)),
        thumbnail: told(&Some(contact_picture(core, contact))).unwrap_or_default(),
        kind: ContactTag,
        blocked: contact.blocked,
    }
}

/// An agent: a user, or a bot.
pub(in crate::onechat) fn user(core: &Core, agent: &Agent) -> Actor {
    if agent.is_bot() {
        return Actor::AgentBot(AgentBot {
            id: agent.id.0,
            name: agent.name.clone(),
            avatar_url: agent_picture(core, agent.id),
            kind: AgentBotTag,
        });
    }
    Actor::User(plain_user(core, agent))
}

/// What has a conversation: a user, or a bot.
pub(super) fn assignee_type(agent: &Agent) -> String {
    let word = if agent.is_bot() { "AgentBot" } else { "User" };
    word.to_owned()
}

fn plain_user(core: &Core, agent: &Agent) -> User {
    User {
        id: agent.id.0,
        name: agent.name.clone(),
        available_name: agent.shown_name().to_owned(),
        avatar_url: agent_picture(core, agent.id),
        kind: UserTag,
        availability_status: Some(agent_availability(core, agent)),
        thumbnail: agent_picture(core, agent.id),
    }
}

/// A notification of something in this conversation; none if the agent whom it is for is gone.
pub(in crate::onechat) fn notification(
    core: &Core,
    it: &Notification,
    thread: &Thread,
    about: Option<&Spoken>,
) -> Option<push::Notification> {
    let directory = &core.directory;
    let agent = directory.seat(it.account_id, it.agent_id)?;
    let by = it.by.and_then(|id| directory.known(it.account_id, id));
    let secondary = match (about, by) {
        (Some(spoken), _) => {
            serde_json::to_string(&message(core, thread, spoken, Audience::Agents))
        }
        (None, Some(by)) => serde_json::to_string(&user(core, &by)),
        (None, None) => Ok("null".to_owned()),
    };
    let secondary = secondary.ok().filter(|text| text != "null");
    let number = thread.conversation.number;
    Some(push::Notification {
        id: it.id.0,
        notification_type: notification_type(it.kind).to_owned(),
        primary_actor_type: "Conversation".to_owned(),
        primary_actor_id: number,
        read_at: it.read_at.map(iso),
        secondary_actor: secondary.map(|text| Json::parse_or_empty(&text)),
        user: plain_user(core, &agent),
        created_at: seconds(it.created_at),
        last_activity_at: seconds(it.active_at),
        snoozed_until: it.snoozed_until.map(iso),
        meta: Json::default(),
        account_id: it.account_id.0,
        primary_actor: Box::new(conversation(core, thread, about, Audience::Agents)),
        push_message_title: title(it.kind, number, &thread.inbox.name),
        push_message_body: about.map_or_else(String::new, |it| said(thread, it)),
    })
}

/// The first line that an agent's device shows.
fn title(kind: NotificationKind, number: i64, inbox: &str) -> String {
    match kind {
        NotificationKind::Begun => format!("Conversation #{number} began in {inbox}"),
        NotificationKind::Assigned => format!("Conversation #{number} was assigned to you"),
        NotificationKind::Mentioned => format!("You were mentioned in conversation #{number}"),
        NotificationKind::SaidToAssignee | NotificationKind::SaidToParticipant => {
            format!("New message in conversation #{number}")
        }
    }
}

/// What was said, after who said it.
fn said(thread: &Thread, spoken: &Spoken) -> String {
    let text = spoken.message.content.as_deref().unwrap_or("Attachment");
    let author = match (&spoken.author, spoken.message.sender) {
        (Some(agent), _) => agent.shown_name(),
        (None, Sender::Contact(_)) => &thread.contact.name,
        (None, Sender::Agent(_) | Sender::System) => return text.to_owned(),
    };
    format!("{author}: {text}")
}

/// A team, as the stored row.
pub(in crate::onechat) fn team(team: &Team) -> push::Team {
    push::Team {
        id: team.id.0,
        name: team.name.clone(),
        description: team.description.clone(),
        allow_auto_assign: team.assigns,
        account_id: team.account_id.0,
        created_at: iso(team.created_at),
        updated_at: iso(team.updated_at),
    }
}

/// A message in its conversation.
pub(in crate::onechat) fn message(
    core: &Core,
    thread: &Thread,
    spoken: &Spoken,
    audience: Audience,
) -> push::Message {
    let message = &spoken.message;
    let conversation = &thread.conversation;
    let (sender_type, sender_id) = sender_reference(spoken);
    push::Message {
        id: message.id.0,
        content: content(message).map(str::to_owned),
        account_id: message.account_id.0,
        inbox_id: message.inbox_id.0,
        conversation_id: conversation.number,
        message_type: message_type(message),
        created_at: seconds(message.created_at),
        updated_at: iso(message.updated_at),
        private: message.private,
        status: message_status(message.status),
        source_id: message.external_id.clone(),
        content_type: content_type(message),
        content_attributes: content_attributes(message),
        sender_type,
        sender_id,
        external_source_ids: Json::default(),
        sender: sender(core, thread, spoken, audience),
        additional_attributes: Json::default(),
        processed_message_content: content(message).map(str::to_owned),
        sentiment: Json::default(),
        conversation: message_conversation(thread, audience),
        echo_id: message.echo.clone(),
        attachments: attachments(core, message),
    }
}

/// The conversation as a message shows it.
pub(super) fn message_conversation(thread: &Thread, audience: Audience) -> MessageConversation {
    let conversation = &thread.conversation;
    let agents = audience == Audience::Agents;
    MessageConversation {
        assignee_id: conversation.assignee_id.filter(|_| agents).map(|id| id.0),
        unread_count: conversation.unread_count,
        last_activity_at: seconds(conversation.last_activity_at),
        contact_inbox: SourceId {
            source_id: thread.address.source_id.clone(),
        },
    }
}

/// What kind of sender, and which.
pub(super) fn sender_reference(spoken: &Spoken) -> (Option<String>, Option<i64>) {
    let is_bot = spoken.author.as_ref().is_some_and(|it| it.is_bot());
    match spoken.message.sender {
        Sender::Agent(id) if is_bot => (Some("AgentBot".to_owned()), Some(id.0)),
        Sender::Contact(id) => (Some("Contact".to_owned()), Some(id.0)),
        Sender::Agent(id) => (Some("User".to_owned()), Some(id.0)),
        Sender::System => (None, None),
    }
}

/// Who wrote a message.
pub(in crate::onechat) fn sender(
    core: &Core,
    thread: &Thread,
    spoken: &Spoken,
    audience: Audience,
) -> Option<Actor> {
    match spoken.message.sender {
        Sender::Contact(_) => {
            let address = Some(&thread.address);
            Some(Actor::Contact(Box::new(contact(
                core,
                &thread.contact,
                address,
                audience,
            ))))
        }
        Sender::Agent(_) => spoken.author.as_ref().map(|agent| user(core, agent)),
        Sender::System => None,
    }
}

/// What is attached to a message.
pub(in crate::onechat) fn attachments(core: &Core, message: &Message) -> Vec<push::Attachment> {
    let all = message.attachments.iter().enumerate();
    all.map(|(index, it)| push::Attachment {
        id: it.id,
        message_id: message.id.0,
        file_type: file_type(it.kind),
        account_id: message.account_id.0,
        kind: attachment(core, message, index, it),
    })
    .collect()
}

fn file_type(kind: AttachmentKind) -> FileType {
    match kind {
        AttachmentKind::Image | AttachmentKind::Sticker => FileType::Image,
        AttachmentKind::Video => FileType::Video,
        AttachmentKind::Audio | AttachmentKind::Voice => FileType::Audio,
        AttachmentKind::File => FileType::File,
        AttachmentKind::Location => FileType::Location,
        AttachmentKind::Contact => FileType::Contact,
    }
}

fn attachment(core: &Core, message: &Message, index: usize, it: &Attachment) -> Kind {
    if let (Some(file), Some(url)) = (&it.file, core.file_url(message, index, it)) {
        let picture = matches!(it.kind, AttachmentKind::Image | AttachmentKind::Sticker);
        let sound = matches!(it.kind, AttachmentKind::Audio | AttachmentKind::Voice);
        return Kind::Stored {
            extension: file.name.rsplit_once('.').map(|(_, it)| it.to_lowercase()),
            content_type: Some(file.content_type.clone()),
            thumb_url: if picture { url.clone() } else { String::new() },
            data_url: url,
            file_size: file.bytes,
            width: None,
            height: None,
            transcribed_text: sound.then(String::new),
        };
    }
    match it.coordinates {
        Some((coordinates_lat, coordinates_long)) => Kind::Location {
            coordinates_lat,
            coordinates_long,
            fallback_title: it.title.clone(),
            data_url: None,
        },
        None => Kind::Contact {
            fallback_title: it.title.clone(),
            meta: card(it.detail.as_deref()),
        },
    }
}

/// A card's details as an object, whatever the network sent.
fn card(detail: Option<&str>) -> Json {
    let detail = detail.unwrap_or("{}");
    Json::parse(detail)
        .unwrap_or_else(|_| Json::parse_or_empty(&format!("{{\"contacts\":{detail}}}")))
}

/// A conversation with its newest message.
pub(in crate::onechat) fn conversation(
    core: &Core,
    thread: &Thread,
    last_message: Option<&Spoken>,
    audience: Audience,
) -> push::Conversation {
    let it = &thread.conversation;
    let address = &thread.address;
    let token = address_token(core, address);
    let kept = |it: &Option<String>| match audience {
        Audience::Agents => attributes(it),
        Audience::Contact => Json::default(),
    };
    push::Conversation {
        additional_attributes: kept(&it.details.additional_attributes),
        can_reply: can_reply(core, thread),
        channel: channel_type(&thread.inbox.carrier).to_owned(),
        id: it.number,
        inbox_id: it.inbox_id.0,
        contact_inbox: ContactInbox {
            id: address.id.0,
            contact_id: address.contact_id.0,
            inbox_id: address.inbox_id.0,
            source_id: address.source_id.clone(),
            created_at: iso(address.created_at),
            updated_at: iso(address.updated_at),
            hmac_verified: address.verified,
            pubsub_token: Some(token),
        },
        messages: last_message
            .map(|spoken| message(core, thread, spoken, audience))
            .into_iter()
            .collect(),
        meta: Meta {
            sender: contact(core, &thread.contact, Some(address), audience),
            assignee: thread.assignee.as_ref().map(|agent| user(core, agent)),
            assignee_type: thread.assignee.as_deref().map(assignee_type),
            team: match audience {
                Audience::Agents => thread.team.as_deref().map(team),
                Audience::Contact => None,
            },
            hmac_verified: address.verified,
        },
        status: conversation_status(it.status),
        unread_count: it.unread_count,
        agent_last_seen_at: maybe_seconds(it.agent_last_seen_at),
        contact_last_seen_at: maybe_seconds(it.contact_last_seen_at),
        timestamp: seconds(it.last_activity_at),
        labels: match audience {
            Audience::Agents => titles(&thread.labels),
            Audience::Contact => Vec::new(),
        },
        custom_attributes: kept(&it.details.custom_attributes),
        snoozed_until: it.snoozed_until.map(iso),
        first_reply_created_at: it.first_reply_at.map(iso),
        priority: it
            .details
            .priority
            .filter(|_| audience == Audience::Agents)
            .map(priority),
        waiting_since: maybe_seconds(it.waiting_since),
        last_activity_at: seconds(it.last_activity_at),
        created_at: seconds(it.created_at),
        updated_at: FloatSeconds::from_micros(it.updated_at.as_microsecond()),
    }
}
