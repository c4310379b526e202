//! Our nouns as the public API's objects. What agents keep to themselves is in none of them.

use app::Core;
use domain::{Address, Contact, Direction, Inbox, Message, Spoken, Thread};
use wire::onechat::{
    Json,
    client::{self, ContactRow},
};

use crate::onechat::{
    settings::InboxSettings,
    to_wire::{
        Audience, address_token, content, content_attributes, content_type, conversation_status,
        iso, maybe_seconds, message_type, push, seconds, uuid,
    },
};

/// Whether the contact may see a message.
pub(in crate::onechat) fn is_for_contact(message: &Message) -> bool {
    !message.private && message.direction != Direction::Activity
}

pub(super) fn inbox(inbox: &Inbox, settings: &InboxSettings) -> client::Inbox {
    client::Inbox {
        identifier: inbox.address.clone(),
        identity_validation_enabled: settings.hmac_mandatory,
        name: inbox.name.clone(),
        timezone: settings.timezone.clone(),
        working_hours: settings.working_hours.clone(),
        working_hours_enabled: settings.working_hours_enabled,
        csat_survey_enabled: false,
        greeting_enabled: settings.greeting_enabled,
    }
}

pub(in crate::onechat) fn contact(
    core: &Core,
    address: &Address,
    contact: &Contact,
) -> client::Contact {
    client::Contact {
        source_id: address.source_id.clone(),
        pubsub_token: address_token(core, address),
        id: contact.id.0,
        name: contact.name.clone(),
        email: contact.email.clone(),
        phone_number: contact.phone.clone(),
    }
}

pub(in crate::onechat) fn contact_row(contact: &Contact) -> ContactRow {
    ContactRow {
        id: contact.id.0,
        name: contact.name.clone(),
        email: contact.email.clone(),
        phone_number: contact.phone.clone(),
        account_id: contact.account_id.0,
        created_at: iso(contact.created_at),
        updated_at: iso(contact.updated_at),
        additional_attributes: Json::default(),
        identifier: contact.identifier.clone(),
        custom_attributes: Json::default(),
        last_activity_at: None,
        contact_type: "visitor".to_owned(),
        middle_name: String::new(),
        last_name: String::new(),
        country_code: String::new(),
        location: String::new(),
        blocked: contact.blocked,
    }
}

pub(in crate::onechat) fn conversation(
    core: &Core,
    thread: &Thread,
    messages: impl Iterator<Item = Spoken>,
) -> client::Conversation {
    let it = &thread.conversation;
    client::Conversation {
        id: it.number,
        uuid: uuid(it.id.0),
        inbox_id: it.inbox_id.0,
        contact_last_seen_at: maybe_seconds(it.contact_last_seen_at),
        status: conversation_status(it.status),
        agent_last_seen_at: maybe_seconds(it.agent_last_seen_at),
        messages: messages.map(|it| message(core, thread, &it)).collect(),
        contact: contact_row(&thread.contact),
    }
}

pub(in crate::onechat) fn message(
    core: &Core,
    thread: &Thread,
    spoken: &Spoken,
) -> client::Message {
    let it = &spoken.message;
    client::Message {
        id: it.id.0,
        content: content(it).map(str::to_owned),
        message_type: message_type(it),
        content_type: content_type(it),
        content_attributes: content_attributes(it),
        created_at: seconds(it.created_at),
        conversation_id: thread.conversation.number,
        attachments: push::attachments(core, it),
        sender: push::sender(core, thread, spoken, Audience::Contact),
    }
}
