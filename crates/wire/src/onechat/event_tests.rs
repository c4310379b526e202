//! Golden texts of events, and the document's samples as lists of keys and JSON types.

use serde_json::{Value, json};

use super::*;
use crate::onechat::presence::Roll;
use crate::onechat::push::*;
use crate::onechat::time::{FloatSeconds, Iso, Seconds};
use crate::onechat::words::{Availability, ConversationStatus, MessageStatus, MessageType};

const AT: i64 = 1_790_000_000_250_000;

fn contact() -> Contact {
    Contact {
        additional_attributes: Json::parse(r#"{"city":"Brno"}"#).unwrap(),
        custom_attributes: Json::default(),
        email: Some("iva@example.org".into()),
        id: 41,
        identifier: None,
        name: "Iva".into(),
        phone_number: None,
        pubsub_token: None,
        thumbnail: String::new(),
        kind: ContactTag,
        blocked: false,
    }
}

fn user() -> User {
    User {
        id: 6,
        name: "Oto Král".into(),
        available_name: "Oto".into(),
        avatar_url: "https://chat.example/a/6".into(),
        kind: UserTag,
        availability_status: Some(Availability::Busy),
        thumbnail: "https://chat.example/a/6".into(),
    }
}

fn message() -> Message {
    Message {
        id: 9001,
        content: Some("Dobrý \"den\"".into()),
        account_id: 3,
        inbox_id: 2,
        conversation_id: 15,
        message_type: MessageType::Incoming,
        created_at: Seconds::from_micros(AT),
        updated_at: Iso::from_micros(AT),
        private: false,
        status: MessageStatus::Sent,
        source_id: None,
        content_type: "text".into(),
        content_attributes: Json::default(),
        sender_type: Some("Contact".into()),
        sender_id: Some(41),
        external_source_ids: Json::default(),
        sender: Some(Actor::Contact(Box::new(contact()))),
        additional_attributes: Json::default(),
        processed_message_content: Some("Dobrý \"den\"".into()),
        sentiment: Json::default(),
        conversation: MessageConversation {
            assignee_id: None,
            unread_count: 12,
            last_activity_at: Seconds::from_micros(AT),
            contact_inbox: SourceId {
                source_id: "src-41".into(),
            },
        },
        echo_id: None,
        attachments: Vec::new(),
    }
}

fn conversation() -> Conversation {
    Conversation {
        additional_attributes: Json::parse(
            r#"{"browser":{"browser_name":"Firefox"},"referer":"https://shop.example/","initiated_at":{"timestamp":"now"}}"#,
        )
        .unwrap(),
        can_reply: true,
        channel: "Channel::Api".into(),
        id: 15,
        inbox_id: 2,
        contact_inbox: ContactInbox {
            id: 77,
            contact_id: 41,
            inbox_id: 2,
            source_id: "src-41".into(),
            created_at: Iso::from_micros(AT),
            updated_at: Iso::from_micros(AT),
            hmac_verified: false,
            pubsub_token: None,
        },
        messages: vec![message()],
        meta: Meta {
            sender: contact(),
            assignee: Some(Actor::User(user())),
            assignee_type: Some("User".into()),
            team: None,
            hmac_verified: false,
        },
        status: ConversationStatus::Open,
        unread_count: 12,
        agent_last_seen_at: Seconds::or_zero(None),
        contact_last_seen_at: Seconds::from_micros(AT),
        timestamp: Seconds::from_micros(AT),
        labels: vec!["vip".into()],
        custom_attributes: Json::default(),
        snoozed_until: None,
        first_reply_created_at: None,
        priority: None,
        waiting_since: Seconds::or_zero(None),
        last_activity_at: Seconds::from_micros(AT),
        created_at: Seconds::from_micros(AT),
        updated_at: FloatSeconds::from_micros(AT),
    }
}

fn text<T: Data>(event: Event<'_, T>) -> String {
    String::from_utf8(event.to_bytes().unwrap().to_vec()).unwrap()
}

fn value<T: Data>(event: Event<'_, T>) -> Value {
    serde_json::from_str(&text(event)).unwrap()
}

const CONTACT: &str = concat!(
    r#"{"additional_attributes":{"city":"Brno"},"custom_attributes":{},"email":"iva@example.org","id":41,"#,
    r#""identifier":null,"name":"Iva","phone_number":null,"thumbnail":"","type":"contact","blocked":false"#
);
const USER: &str = concat!(
    r#"{"id":6,"name":"Oto Král","available_name":"Oto","avatar_url":"https://chat.example/a/6","#,
    r#""type":"user","availability_status":"busy","thumbnail":"https://chat.example/a/6"}"#
);

fn message_text(sender: &str) -> String {
    [
        r#"{"id":9001,"content":"Dobrý \"den\"","account_id":3,"inbox_id":2,"conversation_id":15,"#,
        r#""message_type":0,"created_at":1790000000,"updated_at":"2026-09-21T14:13:20.250Z","private":false,"#,
        r#""status":"sent","source_id":null,"content_type":"text","content_attributes":{},"#,
        r#""sender_type":"Contact","sender_id":41,"external_source_ids":{},"sender":"#,
        sender,
        r#","additional_attributes":{},"processed_message_content":"Dobrý \"den\"","sentiment":{},"#,
        r#""conversation":{"assignee_id":null,"unread_count":12,"last_activity_at":1790000000,"#,
        r#""contact_inbox":{"source_id":"src-41"}}"#,
    ]
    .concat()
}

#[test]
fn a_created_message_is_written_to_the_letter() {
    let expected = format!(
        r#"{{"event":"message.created","data":{}}}}}"#,
        message_text(&format!("{CONTACT}}}"))
    );
    assert_eq!(
        text(Event::new(Name::MessageCreated, 3, &message())),
        expected
    );
}

#[test]
fn an_updated_message_tells_what_it_was_and_who_did_it() {
    let changes = Json::parse(r#"{"status":["sent","read"]}"#).unwrap();
    let performer = Actor::User(user());
    let (message, data) = (message(), message_text(&format!("{CONTACT}}}")));
    let event = Event::new(Name::MessageUpdated, 3, &message)
        .previous_changes(Some(&changes))
        .performer(Some(&performer));
    let expected = format!(
        r#"{{"event":"message.updated","data":{data},"previous_changes":{},"performer":{USER}}}}}"#,
        changes.as_str()
    );
    assert_eq!(text(event), expected);
}

#[test]
fn a_conversation_is_written_to_the_letter() {
    let expected = [
        r#"{"event":"conversation.created","data":{"additional_attributes":"#,
        conversation().additional_attributes.as_str(),
        r#","can_reply":true,"channel":"Channel::Api","id":15,"inbox_id":2,"contact_inbox":{"id":77,"#,
        r#""contact_id":41,"inbox_id":2,"source_id":"src-41","created_at":"2026-09-21T14:13:20.250Z","#,
        r#""updated_at":"2026-09-21T14:13:20.250Z","hmac_verified":false},"messages":["#,
        &message_text(&format!("{CONTACT}}}")),
        r#"}],"meta":{"sender":"#,
        CONTACT,
        r#"},"assignee":"#,
        USER,
        r#","assignee_type":"User","team":null,"hmac_verified":false},"status":"open","unread_count":12,"#,
        r#""agent_last_seen_at":0,"contact_last_seen_at":1790000000,"timestamp":1790000000,"#,
        r#""labels":["vip"],"custom_attributes":{},"snoozed_until":null,"first_reply_created_at":null,"#,
        r#""priority":null,"waiting_since":0,"last_activity_at":1790000000,"created_at":1790000000,"#,
        r#""updated_at":1790000000.25,"account_id":3}}"#,
    ]
    .concat();
    assert_eq!(
        text(Event::new(Name::ConversationCreated, 3, &conversation())),
        expected
    );
}

#[test]
fn contacts_presence_and_typing_are_written_to_the_letter() {
    assert_eq!(
        text(Event::new(Name::ContactUpdated, 3, &contact())),
        format!(r#"{{"event":"contact.updated","data":{CONTACT},"account_id":3}}}}"#)
    );
    let users = Roll::from([(10, Availability::Online), (9, Availability::Busy)]);
    let contacts = Roll::from([(41, Availability::Online)]);
    let presence = |contacts| Presence {
        account_id: 3,
        users: &users,
        contacts,
    };
    assert_eq!(
        text(Event::new(
            Name::PresenceUpdate,
            3,
            &presence(Some(&contacts))
        )),
        concat!(
            r#"{"event":"presence.update","data":{"account_id":3,"users":{"9":"busy","10":"online"},"#,
            r#""contacts":{"41":"online"}}}"#
        )
    );
    assert_eq!(
        text(Event::new(Name::PresenceUpdate, 3, &presence(None))),
        r#"{"event":"presence.update","data":{"account_id":3,"users":{"9":"busy","10":"online"}}}"#
    );
    let typing = Typing {
        conversation: conversation(),
        user: Actor::User(user()),
        account_id: 3,
        is_private: false,
    };
    let written = value(Event::new(Name::ConversationTypingOn, 3, &typing));
    assert_eq!(written["data"]["account_id"], 3);
    assert_eq!(written["data"]["conversation"].get("account_id"), None);
    assert_eq!(
        text(Event::new(
            Name::ConversationUnreadCountChanged,
            3,
            &Nothing {}
        )),
        r#"{"event":"conversation.unread_count_changed","data":{"account_id":3}}"#
    );
}

/// Checks that `given` has every key of `sample` with a value of the same JSON type. A null in a sample says only
/// that the key is there, and an empty object or list says nothing about what is inside.
fn covers(given: &Value, sample: &Value, path: &str) {
    match (sample, given) {
        (Value::Object(sample), Value::Object(given)) => {
            for (key, sample) in sample {
                let found = given
                    .get(key)
                    .unwrap_or_else(|| panic!("{path}.{key} is missing"));
                covers(found, sample, &format!("{path}.{key}"));
            }
        }
        (Value::Array(sample), Value::Array(given)) => {
            for (sample, given) in sample.iter().zip(given) {
                covers(given, sample, &format!("{path}[]"));
            }
        }
        (Value::Null, _)
        | (Value::Number(_), Value::Number(_))
        | (Value::String(_), Value::String(_))
        | (Value::Bool(_), Value::Bool(_)) => {}
        _ => panic!("{path}: {given} instead of something like {sample}"),
    }
}

/// The document's contact object.
fn contact_sample() -> Value {
    json!({
        "additional_attributes": {}, "custom_attributes": {}, "email": null, "id": 0, "identifier": null,
        "name": "", "phone_number": null, "pubsub_token": "", "thumbnail": "", "type": "contact",
    })
}

fn user_sample() -> Value {
    json!({
        "id": 0, "name": "", "available_name": "", "avatar_url": "", "type": "user",
        "availability_status": "",
    })
}

fn message_sample() -> Value {
    json!({
        "id": 0, "content": "", "account_id": 0, "inbox_id": 0, "conversation_id": 0, "message_type": 0,
        "created_at": 0, "updated_at": "", "private": false, "status": "", "source_id": null,
        "content_type": "", "content_attributes": {}, "sender_type": "", "sender_id": 0,
        "external_source_ids": {},
    })
}

fn conversation_sample() -> Value {
    let mut message = message_sample();
    message["sender"] = contact_sample();
    json!({
        "additional_attributes": {"browser": {}, "referer": "", "initiated_at": {"timestamp": ""}},
        "can_reply": true, "channel": "", "id": 0, "inbox_id": 0,
        "contact_inbox": {
            "id": 0, "contact_id": 0, "inbox_id": 0, "source_id": "", "created_at": "", "updated_at": "",
            "hmac_verified": false,
        },
        "messages": [message],
        "meta": {"sender": contact_sample(), "assignee": user_sample()},
        "status": "", "unread_count": 0, "agent_last_seen_at": 0, "contact_last_seen_at": 0, "timestamp": 0,
    })
}

#[test]
fn every_key_of_the_documents_samples_is_there() {
    let with = |mut sample: Value, key: &str, value: Value| {
        sample[key] = value;
        sample
    };
    let account = |sample| with(sample, "account_id", json!(0));
    // The document is of a time when contacts carried their token.
    let contact = Contact {
        pubsub_token: Some("tk".into()),
        ..contact()
    };
    let sender = Some(Actor::Contact(Box::new(contact.clone())));
    let message = Message {
        sender,
        ..message()
    };
    let mut conversation = conversation();
    conversation.messages = vec![message.clone()];
    conversation.meta.sender = contact.clone();
    let (users, contacts) = (
        Roll::from([(6, Availability::Online)]),
        Roll::from([(41, Availability::Online)]),
    );
    let presence = Presence {
        account_id: 3,
        users: &users,
        contacts: Some(&contacts),
    };
    let typing = Typing {
        conversation: conversation.clone(),
        user: Actor::Contact(Box::new(contact.clone())),
        account_id: 3,
        is_private: false,
    };
    let typing_sample =
        json!({"conversation": conversation_sample(), "user": contact_sample(), "account_id": 0});
    let table = [
        (
            value(Event::new(Name::MessageCreated, 3, &message)),
            with(message_sample(), "sender", contact_sample()),
        ),
        (
            value(Event::new(Name::MessageUpdated, 3, &message)),
            message_sample(),
        ),
        (
            value(Event::new(Name::ConversationCreated, 3, &conversation)),
            account(conversation_sample()),
        ),
        (
            value(Event::new(
                Name::ConversationStatusChanged,
                3,
                &conversation,
            )),
            account(conversation_sample()),
        ),
        (
            value(Event::new(Name::ConversationTypingOff, 3, &typing)),
            typing_sample,
        ),
        (
            value(Event::new(Name::ContactCreated, 3, &contact)),
            account(contact_sample()),
        ),
        (
            value(Event::new(Name::ContactUpdated, 3, &contact)),
            account(contact_sample()),
        ),
        (
            value(Event::new(Name::PresenceUpdate, 3, &presence)),
            json!({"account_id": 0, "users": {"6": ""}, "contacts": {"41": ""}}),
        ),
    ];
    for (event, sample) in table {
        let path = event["event"].as_str().unwrap();
        covers(&event["data"], &sample, path);
    }
}

#[test]
fn a_message_of_the_system_has_no_sender_key() {
    let message = Message {
        sender: None,
        sender_type: None,
        sender_id: None,
        ..message()
    };
    let written = value(Event::new(Name::MessageUpdated, 3, &message));
    assert_eq!(written["data"].get("sender"), None);
    assert_eq!(written["data"]["sender_type"], Value::Null);
    assert_eq!(
        text(Event::new(Name::MessageUpdated, 3, &message))
            .matches("\"account_id\"")
            .count(),
        1
    );
}

#[test]
fn attachments_show_the_fields_of_their_kind() {
    let base = |file_type, kind| Attachment {
        id: 5,
        message_id: 9001,
        file_type,
        account_id: 3,
        kind,
    };
    let contact = AttachmentKind::Contact {
        fallback_title: Some("+420 111".into()),
        meta: Json::parse(r#"{"b":1,"a":2}"#).unwrap(),
    };
    assert_eq!(
        serde_json::to_string(&base(crate::onechat::words::FileType::Contact, contact)).unwrap(),
        concat!(
            r#"{"id":5,"message_id":9001,"file_type":"contact","account_id":3,"#,
            r#""fallback_title":"+420 111","meta":{"b":1,"a":2}}"#
        )
    );
    let stored = AttachmentKind::Stored {
        extension: Some("png".into()),
        content_type: Some("image/png".into()),
        data_url: "https://chat.example/d".into(),
        thumb_url: "https://chat.example/t".into(),
        file_size: 512,
        width: None,
        height: None,
        transcribed_text: None,
    };
    assert_eq!(
        serde_json::to_string(&base(crate::onechat::words::FileType::Image, stored)).unwrap(),
        concat!(
            r#"{"id":5,"message_id":9001,"file_type":"image","account_id":3,"extension":"png","#,
            r#""content_type":"image/png","data_url":"https://chat.example/d","#,
            r#""thumb_url":"https://chat.example/t","file_size":512,"width":null,"height":null}"#
        )
    );
}
