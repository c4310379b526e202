//! The keys of each REST object, in order.

use serde::Serialize;

use super::*;
use crate::onechat::json::Json;
use crate::onechat::push;
use crate::onechat::time::{FloatSeconds, Iso, Seconds};
use crate::onechat::words::*;

fn contact() -> Contact {
    Contact {
        additional_attributes: Json::default(),
        availability_status: Availability::Online,
        email: None,
        id: 41,
        name: "Iva".into(),
        phone_number: None,
        blocked: false,
        identifier: None,
        thumbnail: String::new(),
        custom_attributes: Json::default(),
        last_activity_at: None,
        created_at: Some(Seconds::from_micros(0)),
        contact_inboxes: None,
    }
}

/// The top-level keys as written, in order.
fn keys(body: &impl Serialize) -> String {
    let text = serde_json::to_string(body).unwrap();
    let mut keys = Vec::new();
    let (mut depth, mut start) = (0, None);
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'"' if depth == 1 => match start.take() {
                None => start = Some(at + 1),
                Some(from) if bytes.get(at + 1) == Some(&b':') => keys.push(&text[from..at]),
                Some(_) => {}
            },
            _ => {}
        }
    }
    keys.join(" ")
}

#[test]
fn messages_have_their_keys() {
    let message = Message {
        id: 1,
        content: None,
        inbox_id: 2,
        echo_id: None,
        conversation_id: 3,
        message_type: MessageType::Outgoing,
        content_type: "text".into(),
        status: MessageStatus::Sent,
        content_attributes: Json::default(),
        created_at: Seconds::from_micros(0),
        private: false,
        source_id: None,
        account_id: 4,
        updated_at: Iso::from_micros(0),
        sender_type: None,
        sender_id: None,
        external_source_ids: Json::default(),
        additional_attributes: Json::default(),
        processed_message_content: None,
        sentiment: Json::default(),
        conversation: push::MessageConversation {
            assignee_id: None,
            unread_count: 0,
            last_activity_at: Seconds::from_micros(0),
            contact_inbox: push::SourceId {
                source_id: "jana".into(),
            },
        },
        sender: None,
        attachments: Vec::new(),
    };
    assert_eq!(
        keys(&message),
        "id content inbox_id conversation_id message_type content_type status content_attributes \
         created_at private source_id account_id updated_at sender_type sender_id \
         external_source_ids additional_attributes processed_message_content sentiment conversation"
    );
}

#[test]
fn conversations_have_their_keys() {
    let never = Seconds::or_zero(None);
    let conversation = Conversation {
        meta: Meta {
            sender: contact(),
            channel: "Channel::Api".into(),
            assignee: None,
            assignee_type: None,
            team: None::<push::Team>,
            hmac_verified: false,
        },
        id: 3,
        messages: Vec::new(),
        account_id: 1,
        uuid: "u".into(),
        additional_attributes: Json::default(),
        agent_last_seen_at: never,
        assignee_last_seen_at: never,
        can_reply: true,
        contact_last_seen_at: never,
        custom_attributes: Json::default(),
        inbox_id: 2,
        labels: Vec::new(),
        muted: false,
        snoozed_until: None::<Iso>,
        status: ConversationStatus::Open,
        created_at: never,
        updated_at: FloatSeconds::from_micros(0),
        timestamp: never,
        first_reply_created_at: never,
        unread_count: 0,
        last_non_activity_message: None,
        last_activity_at: never,
        priority: None,
        waiting_since: never,
        sla_policy_id: None,
    };
    assert_eq!(
        keys(&conversation),
        "meta id messages account_id uuid additional_attributes agent_last_seen_at \
         assignee_last_seen_at can_reply contact_last_seen_at custom_attributes inbox_id labels muted \
         snoozed_until status created_at updated_at timestamp first_reply_created_at unread_count \
         last_non_activity_message last_activity_at priority waiting_since sla_policy_id"
    );
    assert_eq!(keys(&conversation.meta), "sender channel hmac_verified");
}

#[test]
fn people_have_their_keys() {
    assert_eq!(
        keys(&contact()),
        "additional_attributes availability_status email id name phone_number blocked identifier \
         thumbnail custom_attributes created_at"
    );
    let agent = Agent {
        id: 6,
        account_id: 1,
        availability_status: Availability::Busy,
        auto_offline: true,
        confirmed: true,
        email: "oto@example.org".into(),
        provider: "email".into(),
        available_name: "Oto".into(),
        custom_attributes: None,
        name: "Oto".into(),
        role: Role::Agent,
        thumbnail: String::new(),
    };
    assert_eq!(
        keys(&agent),
        "id account_id availability_status auto_offline confirmed email provider available_name name \
         role thumbnail"
    );
    let profile = Profile {
        access_token: "a-secret".into(),
        account_id: Some(1),
        available_name: "Oto".into(),
        avatar_url: String::new(),
        confirmed: true,
        display_name: None,
        message_signature: None,
        email: "oto@example.org".into(),
        id: 6,
        inviter_id: None,
        name: "Oto".into(),
        provider: "email".into(),
        pubsub_token: "b-secret".into(),
        custom_attributes: None,
        role: Some(Role::Agent),
        ui_settings: Json::default(),
        uid: "oto@example.org".into(),
        kind: None,
        accounts: Vec::new(),
    };
    assert_eq!(
        keys(&profile),
        "access_token account_id available_name avatar_url confirmed display_name message_signature \
         email id inviter_id name provider pubsub_token role ui_settings uid type accounts"
    );
    assert!(!format!("{profile:?}").contains("secret"));
}
