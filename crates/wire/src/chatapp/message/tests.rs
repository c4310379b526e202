//! The document's sample with values of our own, and the fields that came later.

use super::super::envelope;
use super::*;

fn incoming() -> Message<'static> {
    Message {
        id: Id::Number(31),
        from_api: false,
        from_me: false,
        side: Side::In,
        time: 1_767_268_800,
        is_forwarded: false,
        kind: "text".into(),
        subtype: None,
        message: Body {
            text: "Good day".into(),
            ..Body::default()
        },
        quoted_message: None,
        from_user: Some(FromUser {
            id: Id::Number(90_001),
            username: Some("ann".into()),
            name: Some("Ann Other".into()),
            phone: Some("12025550101".into()),
        }),
        chat: Chat {
            id: "private-90001h5".into(),
            hash: Some("h5".into()),
            kind: "private".into(),
            phone: Some("12025550101".into()),
            username: Some("ann".into()),
            name: Some("Ann Other".into()),
            image: Some("https://m.test/a.png".into()),
            email: None,
        },
        from_app: None,
        utm: None,
        created: None,
        internal_id: None,
        destroyed: false,
    }
}

#[test]
fn an_incoming_text_is_written_as_documented() {
    assert_eq!(
        envelope::on_socket(12, "telegram", &[incoming()]).to_json(),
        concat!(
            r#"{"queue":"Telegram.Broadcast.Message","payload":{"data":[{"#,
            r#""id":31,"fromApi":false,"fromMe":false,"side":"in","time":1767268800,"isForwarded":false,"#,
            r#""type":"text","subtype":null,"message":{"text":"Good day","caption":"","file":null},"#,
            r#""quotedMessage":null,"fromUser":{"id":90001,"username":"ann","name":"Ann Other","phone":"12025550101"},"#,
            r#""chat":{"id":"private-90001h5","hash":"h5","type":"private","phone":"12025550101","username":"ann","#,
            r#""name":"Ann Other","image":"https://m.test/a.png"},"fromApp":null,"utm":null,"created":null,"#,
            r#""destroyed":false}],"#,
            r#""meta":{"type":"message","licenseId":12,"messengerType":"telegram"}}}"#,
        ),
    );
}

#[test]
fn later_fields_stand_at_the_end() {
    let utm = RawValue::from_string(r#"{"source":"ad"}"#.to_owned()).unwrap();
    let mut message = incoming();
    message.id = "3EB0".into();
    message.side = Side::Out;
    message.utm = Some(&utm);
    message.internal_id = Some("i-1".into());
    message.destroyed = true;
    message.created = Some(Ref { id: 5 });
    message.chat.email = Some("ann@m.test".into());
    let tracking = Some("t-1".into());
    message.from_app = Some(FromApp {
        id: "app_1_1".into(),
        tracking,
        sender: Some("employee".into()),
    });
    message.message.file = Some(File {
        link: "https://m.test/f".into(),
        name: "f.png".into(),
        content_type: Some("image/png".into()),
        mime_type: Some("image/png".into()),
        size: Some(7),
    });
    message.quoted_message = Some(Quoted {
        id: Id::Number(30),
        from_me: true,
        time: None,
        kind: "text".into(),
        message: Body::default(),
    });
    let json = envelope::flat(12, "grWhatsApp", &[message]).to_json();
    for part in [
        r#"{"data":[{"id":"3EB0","#,
        r#""side":"out","#,
        r#""file":{"link":"https://m.test/f","name":"f.png","contentType":"image/png","mimeType":"image/png","size":7}}"#,
        r#""quotedMessage":{"id":30,"fromMe":true,"time":null,"type":"text","message":{"text":"","caption":"","file":null}},"#,
        r#""image":"https://m.test/a.png","email":"ann@m.test"},"#,
        concat!(
            r#""fromApp":{"id":"app_1_1","tracking":"t-1","sender":"employee"},"utm":{"source":"ad"},"created":{"id":5},"#,
            r#""internalId":"i-1","destroyed":true}],"#,
            r#""meta":{"type":"message","licenseId":12,"messengerType":"grWhatsApp"}}"#,
        ),
    ] {
        assert!(json.contains(part), "{part}\nis not in\n{json}");
    }
}
