//! Golden texts of every body.

use super::*;
use crate::onechat::json::Json;
use crate::onechat::push;
use crate::onechat::push::{
    Actor, AgentBotTag, Attachment, AttachmentKind, ContactInbox, ContactTag, Message as Pushed,
    MessageConversation, Meta, SourceId, UserTag,
};
use crate::onechat::rest::WorkingHours;
use crate::onechat::time::{FloatSeconds, Iso, Seconds};
use crate::onechat::words::{ConversationStatus, FileType, MessageStatus, MessageType, Priority};

const AT: i64 = 1_790_000_000_250_000;

fn account() -> Named {
    Named {
        id: 3,
        name: "Květiny".into(),
    }
}

fn inbox() -> Named {
    Named {
        id: 2,
        name: "Shop".into(),
    }
}

fn pushed_contact() -> push::Contact {
    push::Contact {
        additional_attributes: Json::parse(r#"{"city":"Brno"}"#).unwrap(),
        custom_attributes: Json::default(),
        email: Some("iva@example.org".into()),
        id: 41,
        identifier: None,
        name: "Iva".into(),
        phone_number: Some("+420111".into()),
        pubsub_token: Some("a-credential".into()),
        thumbnail: "https://chat.example/a/41".into(),
        kind: ContactTag,
        blocked: false,
    }
}

fn contact() -> Contact {
    Contact::from_push(pushed_contact(), account())
}

fn user() -> Sender {
    Sender::User(User {
        id: 6,
        name: "Oto Král".into(),
        email: "oto@example.org".into(),
        kind: UserTag,
    })
}

/// With hard breaks, which must not be seen anywhere.
fn pushed_message() -> Pushed {
    Pushed {
        id: 9001,
        content: Some("Dobrý\\\nden\n".into()),
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
        sender: Some(Actor::Contact(Box::new(push::Contact {
            pubsub_token: None,
            ..pushed_contact()
        }))),
        additional_attributes: Json::default(),
        processed_message_content: Some("Dobrý\\\r\nden\r\n".into()),
        sentiment: Json::default(),
        conversation: MessageConversation {
            assignee_id: None,
            unread_count: 1,
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
    let conversation = push::Conversation {
        additional_attributes: Json::default(),
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
        messages: vec![pushed_message()],
        meta: Meta {
            sender: push::Contact {
                pubsub_token: None,
                ..pushed_contact()
            },
            assignee: None,
            assignee_type: None,
            team: None,
            hmac_verified: false,
        },
        status: ConversationStatus::Open,
        unread_count: 1,
        agent_last_seen_at: Seconds::or_zero(None),
        contact_last_seen_at: Seconds::from_micros(AT),
        timestamp: Seconds::from_micros(AT),
        labels: vec!["vip".into()],
        custom_attributes: Json::default(),
        snoozed_until: None,
        first_reply_created_at: Some(Iso::from_micros(AT)),
        priority: Some(Priority::High),
        waiting_since: Seconds::or_zero(None),
        last_activity_at: Seconds::from_micros(AT),
        created_at: Seconds::from_micros(AT),
        updated_at: FloatSeconds::from_micros(AT),
    };
    Conversation::new(conversation, account())
}

fn message() -> Message {
    Message {
        id: 9001,
        content: Some(PlainText::from_markdown("Dobrý\\\nden\n")),
        content_type: "text".into(),
        content_attributes: Json::parse(r#"{"in_reply_to":17}"#).unwrap(),
        created_at: Iso::from_micros(AT),
        message_type: MessageKind::Incoming,
        private: false,
        source_id: Some("WAID:77".into()),
        additional_attributes: Json::default(),
        account: account(),
        inbox: inbox(),
        sender: Some(Sender::Contact(Box::new(contact()))),
        conversation: conversation(),
        attachments: Vec::new(),
    }
}

fn changes() -> ChangedAttributes {
    let changes = Json::parse(r#"{"status":["open","resolved"],"snoozed_until":[null,null]}"#);
    ChangedAttributes::from_previous_changes(&changes.unwrap()).unwrap()
}

fn text(body: Body<'_>) -> String {
    String::from_utf8(body.to_bytes().unwrap().to_vec()).unwrap()
}

// Each constant is an object's inside, without the braces around it.

const ACCOUNT: &str = r#""account":{"id":3,"name":"Květiny"}"#;
const CONTACT: &str = concat!(
    r#""account":{"id":3,"name":"Květiny"},"additional_attributes":{"city":"Brno"},"#,
    r#""avatar":"https://chat.example/a/41","custom_attributes":{},"email":"iva@example.org","id":41,"#,
    r#""identifier":null,"name":"Iva","phone_number":"+420111","thumbnail":"https://chat.example/a/41","#,
    r#""blocked":false"#
);
const USER: &str = r#""id":6,"name":"Oto Král","email":"oto@example.org","type":"user""#;
const PUSHED_CONTACT: &str = concat!(
    r#""additional_attributes":{"city":"Brno"},"custom_attributes":{},"email":"iva@example.org","id":41,"#,
    r#""identifier":null,"name":"Iva","phone_number":"+420111","thumbnail":"https://chat.example/a/41","#,
    r#""type":"contact","blocked":false"#
);
const CHANGES: &str = concat!(
    r#""changed_attributes":[{"status":{"previous_value":"open","current_value":"resolved"}},"#,
    r#"{"snoozed_until":{"previous_value":null,"current_value":null}}]"#
);
const INBOX_SETTINGS: &str = concat!(
    r#""allow_messages_after_resolved":true,"lock_to_single_conversation":false,"#,
    r#""auto_assignment_config":{"max_assignment_limit":5},"enable_auto_assignment":true,"#,
    r#""enable_email_collect":false,"greeting_enabled":true,"greeting_message":"Ahoj","#,
    r#""csat_survey_enabled":false,"business_name":null,"sender_name_type":"friendly","#,
    r#""timezone":"Europe/Prague","out_of_office_message":null,"working_hours_enabled":false,"#,
    r#""working_hours":[{"day_of_week":0,"closed_all_day":true,"open_hour":null,"open_minutes":null,"#,
    r#""close_hour":null,"close_minutes":null,"open_all_day":false}],"#,
    r#""created_at":"2026-09-21T14:13:20.250Z","updated_at":"2026-09-21T14:13:20.250Z","#,
    r#""channel":{"id":8,"webhook_url":null},"account":{"id":3,"name":"Květiny"}"#
);

fn conversation_text() -> String {
    [
        r#""additional_attributes":{},"can_reply":true,"channel":"Channel::Api","id":15,"inbox_id":2,"#,
        r#""contact_inbox":{"id":77,"contact_id":41,"inbox_id":2,"source_id":"src-41","#,
        r#""created_at":"2026-09-21T14:13:20.250Z","updated_at":"2026-09-21T14:13:20.250Z","#,
        r#""hmac_verified":false},"messages":[{"id":9001,"content":"Dobrý\nden","account_id":3,"#,
        r#""inbox_id":2,"conversation_id":15,"message_type":0,"created_at":1790000000,"#,
        r#""updated_at":"2026-09-21T14:13:20.250Z","private":false,"status":"sent","source_id":null,"#,
        r#""content_type":"text","content_attributes":{},"sender_type":"Contact","sender_id":41,"#,
        r#""external_source_ids":{},"sender":{"#,
        PUSHED_CONTACT,
        r#"},"additional_attributes":{},"processed_message_content":"Dobrý\nden","sentiment":{},"#,
        r#""conversation":{"assignee_id":null,"unread_count":1,"last_activity_at":1790000000,"#,
        r#""contact_inbox":{"source_id":"src-41"}}}],"meta":{"sender":{"#,
        PUSHED_CONTACT,
        r#"},"assignee":null,"assignee_type":null,"team":null,"hmac_verified":false},"status":"open","#,
        r#""unread_count":1,"agent_last_seen_at":0,"contact_last_seen_at":1790000000,"#,
        r#""timestamp":1790000000,"labels":["vip"],"custom_attributes":{},"snoozed_until":null,"#,
        r#""first_reply_created_at":"2026-09-21T14:13:20.250Z","priority":"high","waiting_since":0,"#,
        r#""last_activity_at":1790000000,"created_at":1790000000,"updated_at":1790000000.25,"#,
        ACCOUNT,
    ]
    .concat()
}

fn message_text(sender: &str, attachments: &str) -> String {
    [
        r#""id":9001,"content":"Dobrý\nden","content_type":"text","content_attributes":{"in_reply_to":17},"#,
        r#""created_at":"2026-09-21T14:13:20.250Z","message_type":"incoming","private":false,"#,
        r#""source_id":"WAID:77","additional_attributes":{},"account":{"id":3,"name":"Květiny"},"#,
        r#""inbox":{"id":2,"name":"Shop"},"sender":"#,
        sender,
        r#","conversation":{"#,
        &conversation_text(),
        "}",
        attachments,
    ]
    .concat()
}

#[test]
fn messages_are_written_to_the_letter() {
    let with = |sender, attachments| Message {
        sender,
        attachments,
        ..message()
    };
    let bot = Sender::AgentBot(AgentBot {
        id: 9,
        name: "Robot".into(),
        kind: AgentBotTag,
    });
    let attachment = Attachment {
        id: 5,
        message_id: 9001,
        file_type: FileType::Image,
        account_id: 3,
        kind: AttachmentKind::External {
            data_url: "https://cdn.example/1.png".into(),
            thumb_url: String::new(),
        },
    };
    let table = [
        (message(), message_text(&format!("{{{CONTACT}}}"), "")),
        (
            with(Some(user()), Vec::new()),
            message_text(&format!("{{{USER}}}"), ""),
        ),
        (
            with(Some(bot), Vec::new()),
            message_text(r#"{"id":9,"name":"Robot","type":"agent_bot"}"#, ""),
        ),
        (
            with(None, vec![attachment]),
            message_text(
                "null",
                concat!(
                    r#","attachments":[{"id":5,"message_id":9001,"file_type":"image","account_id":3,"#,
                    r#""data_url":"https://cdn.example/1.png","thumb_url":""}]"#
                ),
            ),
        ),
    ];
    for (message, expected) in table {
        assert_eq!(
            text(Body::MessageCreated(&message)),
            format!(r#"{{"event":"message_created",{expected}}}"#)
        );
        assert_eq!(
            text(Body::MessageUpdated(&message)),
            format!(r#"{{"event":"message_updated",{expected}}}"#)
        );
    }
}

#[test]
fn a_message_without_text_says_null() {
    let message = Message {
        content: None,
        source_id: None,
        ..message()
    };
    let written = text(Body::MessageCreated(&message));
    assert!(written.starts_with(r#"{"event":"message_created","id":9001,"content":null,"#));
    assert!(written.contains(r#""private":false,"source_id":null,"additional_attributes""#));
}

#[test]
fn activity_is_not_told() {
    let words = MessageType::ALL.map(|kind| MessageKind::of(kind).map(MessageKind::as_str));
    assert_eq!(
        words,
        [Some("incoming"), Some("outgoing"), None, Some("template")]
    );
}

#[test]
fn conversations_are_written_to_the_letter() {
    let conversation_text = conversation_text();
    assert_eq!(
        text(Body::ConversationCreated(&conversation())),
        format!(r#"{{"event":"conversation_created",{conversation_text}}}"#)
    );
    for (changed_attributes, changes) in [
        (Some(changes()), CHANGES),
        (None, r#""changed_attributes":null"#),
    ] {
        let changed = ConversationChanged {
            conversation: conversation(),
            changed_attributes,
        };
        assert_eq!(
            text(Body::ConversationUpdated(&changed)),
            format!(r#"{{"event":"conversation_updated",{conversation_text},{changes}}}"#)
        );
        assert_eq!(
            text(Body::ConversationStatusChanged(&changed)),
            format!(r#"{{"event":"conversation_status_changed",{conversation_text},{changes}}}"#)
        );
    }
}

#[test]
fn contacts_are_written_to_the_letter_and_never_show_their_credential() {
    assert_eq!(
        text(Body::ContactCreated(&contact())),
        format!(r#"{{"event":"contact_created",{CONTACT}}}"#)
    );
    let changed = ContactChanged {
        contact: contact(),
        changed_attributes: changes(),
    };
    assert_eq!(
        text(Body::ContactUpdated(&changed)),
        format!(r#"{{"event":"contact_updated",{CONTACT},{CHANGES}}}"#)
    );
}

#[test]
fn typing_is_written_to_the_letter() {
    let conversation_text = conversation_text();
    for (user, user_text) in [
        (user(), USER),
        (Sender::Contact(Box::new(contact())), CONTACT),
    ] {
        let typing = Typing {
            user,
            conversation: conversation(),
            is_private: true,
        };
        let data = format!(
            r#""user":{{{user_text}}},"conversation":{{{conversation_text}}},"is_private":true"#
        );
        assert_eq!(
            text(Body::ConversationTypingOn(&typing)),
            format!(r#"{{"event":"conversation_typing_on",{data}}}"#)
        );
        assert_eq!(
            text(Body::ConversationTypingOff(&typing)),
            format!(r#"{{"event":"conversation_typing_off",{data}}}"#)
        );
    }
}

#[test]
fn a_visit_is_written_to_the_letter() {
    let visit = |contact, current_conversation| WidgetTriggered {
        id: 77,
        contact,
        inbox: inbox(),
        account: account(),
        current_conversation,
        source_id: "src-41".into(),
        event_info: Json::parse(r#"{"referer":"https://shop.example/"}"#).unwrap(),
    };
    let expected = |contact: &str, conversation: &str| {
        format!(
            concat!(
                r#"{{"event":"webwidget_triggered","id":77,"contact":{},"inbox":{{"id":2,"name":"Shop"}},"#,
                r#""account":{{"id":3,"name":"Květiny"}},"current_conversation":{},"source_id":"src-41","#,
                r#""event_info":{{"referer":"https://shop.example/"}}}}"#
            ),
            contact, conversation
        )
    };
    assert_eq!(
        text(Body::WebwidgetTriggered(&visit(None, None))),
        expected("null", "null")
    );
    assert_eq!(
        text(Body::WebwidgetTriggered(&visit(
            Some(contact()),
            Some(conversation())
        ))),
        expected(
            &format!("{{{CONTACT}}}"),
            &format!("{{{}}}", conversation_text())
        )
    );
}

fn inbox_settings() -> InboxSettings {
    InboxSettings {
        allow_messages_after_resolved: true,
        lock_to_single_conversation: false,
        auto_assignment_config: Json::parse(r#"{"max_assignment_limit":5}"#).unwrap(),
        enable_auto_assignment: true,
        enable_email_collect: false,
        greeting_enabled: true,
        greeting_message: Some("Ahoj".into()),
        csat_survey_enabled: false,
        business_name: None,
        sender_name_type: "friendly".into(),
        timezone: "Europe/Prague".into(),
        out_of_office_message: None,
        working_hours_enabled: false,
        working_hours: vec![WorkingHours {
            day_of_week: 0,
            closed_all_day: true,
            open_hour: None,
            open_minutes: None,
            close_hour: None,
            close_minutes: None,
            open_all_day: false,
        }],
        created_at: Iso::from_micros(AT),
        updated_at: Iso::from_micros(AT),
        channel: Json::parse(r#"{"id":8,"webhook_url":null}"#).unwrap(),
        account: account(),
    }
}

#[test]
fn inboxes_are_written_to_the_letter() {
    assert_eq!(
        text(Body::InboxCreated(&inbox_settings())),
        format!(r#"{{"event":"inbox_created",{INBOX_SETTINGS}}}"#)
    );
    let changed = InboxChanged {
        inbox: inbox_settings(),
        changed_attributes: changes(),
    };
    assert_eq!(
        text(Body::InboxUpdated(&changed)),
        format!(r#"{{"event":"inbox_updated",{INBOX_SETTINGS},{CHANGES}}}"#)
    );
}

#[test]
fn every_event_begins_with_the_name_it_is_subscribed_to_by() {
    let (message, conversation, contact) = (message(), conversation(), contact());
    let conversation_changed = ConversationChanged {
        conversation: conversation.clone(),
        changed_attributes: None,
    };
    let contact_changed = ContactChanged {
        contact: contact.clone(),
        changed_attributes: changes(),
    };
    let visit = WidgetTriggered {
        id: 77,
        contact: None,
        inbox: inbox(),
        account: account(),
        current_conversation: None,
        source_id: "src-41".into(),
        event_info: Json::default(),
    };
    let inbox = inbox_settings();
    let inbox_changed = InboxChanged {
        inbox: inbox.clone(),
        changed_attributes: changes(),
    };
    let typing = Typing {
        user: user(),
        conversation: conversation.clone(),
        is_private: false,
    };
    let bodies = [
        Body::ConversationCreated(&conversation),
        Body::ConversationStatusChanged(&conversation_changed),
        Body::ConversationUpdated(&conversation_changed),
        Body::ContactCreated(&contact),
        Body::ContactUpdated(&contact_changed),
        Body::MessageCreated(&message),
        Body::MessageUpdated(&message),
        Body::WebwidgetTriggered(&visit),
        Body::InboxCreated(&inbox),
        Body::InboxUpdated(&inbox_changed),
        Body::ConversationTypingOn(&typing),
        Body::ConversationTypingOff(&typing),
    ];
    assert_eq!(bodies.map(|body| body.name()).as_slice(), Name::ALL);
    for body in bodies {
        let begins = format!(r#"{{"event":"{}","#, body.name().as_str());
        assert!(text(body).starts_with(&begins), "{begins}");
    }
}
