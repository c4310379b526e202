//! The document's samples with values of our own.

use super::super::envelope::on_socket;
use super::*;

const CHAT: &str = "12025550101@c.us";

#[test]
fn a_tag_is_written_as_documented() {
    let category = Some(TagCategory {
        id: 4,
        name: "Mood".into(),
        sort: 20,
    });
    let tag = Tag {
        id: 3,
        name: "Happy".into(),
        color: "#00ff00".into(),
        sort: 10,
        category,
    };
    let added = ChatTag {
        kind: TagChange::Add,
        tag,
        chat: Ref {
            id: "group-9".into(),
        },
    };
    let removed = ChatTag {
        kind: TagChange::Destroy,
        ..added.clone()
    };
    assert_eq!(
        on_socket(12, "telegram", &[added]).to_json(),
        concat!(
            r#"{"queue":"Telegram.Broadcast.ChatTag","payload":{"data":[{"type":"add","#,
            r##""tag":{"id":3,"name":"Happy","color":"#00ff00","sort":10,"category":{"id":4,"name":"Mood","sort":20}},"##,
            r#""chat":{"id":"group-9"}}],"meta":{"type":"chatTag","licenseId":12,"messengerType":"telegram"}}}"#,
        ),
    );
    assert_eq!(serde_json::to_value(&removed).unwrap()["type"], "destroy");
}

#[test]
fn a_window_is_written_as_documented() {
    let conversation = Conversation {
        id: "0a1b".into(),
        kind: "BIC".into(),
        start_time: 1_767_268_800,
        end_time: 1_767_355_200,
    };
    for (messenger, has) in [
        ("WhatsApp", true),
        ("grWhatsApp", true),
        ("caWhatsApp", true),
        ("telegram", false),
        ("", false),
    ] {
        assert_eq!(has_windows(messenger), has, "{messenger}");
    }
    let opened = ChatConversation {
        conversation,
        chat: Ref {
            id: "12025550101".into(),
        },
    };
    assert_eq!(
        on_socket(12, "WhatsApp", &[opened]).to_json(),
        concat!(
            r#"{"queue":"WhatsApp.Broadcast.ChatConversation","payload":{"data":[{"#,
            r#""conversation":{"id":"0a1b","type":"BIC","startTime":1767268800,"endTime":1767355200},"#,
            r#""chat":{"id":"12025550101"}}],"#,
            r#""meta":{"type":"chatConversation","licenseId":12,"messengerType":"WhatsApp"}}}"#,
        ),
    );
}

#[test]
fn a_status_is_written_as_documented() {
    let closed = ChatStatus {
        kind: "close".into(),
        chat: Ref { id: CHAT.into() },
    };
    assert_eq!(
        on_socket(12, "grWhatsApp", &[closed]).to_json(),
        concat!(
            r#"{"queue":"GrWhatsApp.Broadcast.ChatStatus","payload":{"data":[{"type":"close","#,
            r#""chat":{"id":"12025550101@c.us"}}],"#,
            r#""meta":{"type":"chatStatus","licenseId":12,"messengerType":"grWhatsApp"}}}"#,
        ),
    );
}

#[test]
fn a_responsible_is_written_as_documented() {
    let given = ChatResponsible {
        responsible: Some(Ref { id: 5 }),
        chat: Ref { id: CHAT.into() },
        from_app: Some(ChangedBy {
            id: "app_1_1".into(),
            tracking: None,
        }),
        edited: Some(Ref { id: 6 }),
    };
    let tracked = ChangedBy {
        id: "app_1_1".into(),
        tracking: Some("t-1".into()),
    };
    assert_eq!(
        serde_json::to_string(&tracked).unwrap(),
        r#"{"id":"app_1_1","tracking":"t-1"}"#,
    );
    let taken = ChatResponsible {
        responsible: None,
        from_app: None,
        edited: None,
        ..given.clone()
    };
    assert_eq!(
        on_socket(12, "grWhatsApp", &[given]).to_json(),
        concat!(
            r#"{"queue":"GrWhatsApp.Broadcast.ChatResponsible","payload":{"data":[{"responsible":{"id":5},"#,
            r#""chat":{"id":"12025550101@c.us"},"fromApp":{"id":"app_1_1"},"edited":{"id":6}}],"#,
            r#""meta":{"type":"chatResponsible","licenseId":12,"messengerType":"grWhatsApp"}}}"#,
        ),
    );
    assert_eq!(
        serde_json::to_string(&taken).unwrap(),
        r#"{"responsible":null,"chat":{"id":"12025550101@c.us"},"fromApp":null,"edited":null}"#,
    );
}

#[test]
fn a_read_chat_has_no_queue_and_a_license_in_quotes() {
    let read = ChatRead {
        chat: Ref { id: CHAT.into() },
    };
    assert_eq!(
        on_socket(12, "grWhatsApp", &[read]).to_json(),
        r#"{"data":[{"chat":{"id":"12025550101@c.us"}}],"meta":{"type":"chatRead","licenseId":"12","messengerType":"grWhatsApp"}}"#,
    );
}
