//! The reference's own shapes, with values of our own.

use serde_json::json;

use super::{
    answer::{Answer, Meaning},
    send::{Content, FileKind, body, template},
    signature,
    webhook::{Post, StatusKind, What},
};

#[test]
fn what_is_sent() {
    assert_eq!(
        body("447700900123", &Content::Text("Hi"), Some("wamid.A")),
        json!({ "messaging_product": "whatsapp", "recipient_type": "individual", "to": "447700900123",
            "type": "text", "text": { "body": "Hi", "preview_url": true },
            "context": { "message_id": "wamid.A" } })
    );
    let file = Content::File {
        kind: FileKind::Document,
        link: "https://f.example/a.pdf",
        caption: Some("Look"),
        filename: Some("a.pdf"),
    };
    let sent = body("447700900123", &file, None);
    assert_eq!(
        sent["document"],
        json!({ "link": "https://f.example/a.pdf", "caption": "Look", "filename": "a.pdf" })
    );
    let params =
        json!({ "name": "hello", "language": "en_GB", "processed_params": { "2": "b", "1": "a" } });
    let sent = body(
        "447700900123",
        &Content::Template(template(&params).unwrap()),
        None,
    );
    let parameters = json!([{ "type": "text", "text": "a" }, { "type": "text", "text": "b" }]);
    assert_eq!(
        sent["template"],
        json!({ "name": "hello", "language": { "code": "en_GB" },
            "components": [{ "type": "body", "parameters": parameters }] })
    );
}

#[test]
fn what_is_answered() {
    let taken = br#"{"messaging_product":"whatsapp","contacts":[{"input":"1","wa_id":"1"}],"messages":[{"id":"wamid.B"}]}"#;
    assert_eq!(Answer::parse(taken).id(), Some("wamid.B"));
    for (code, meaning) in [
        (190, Meaning::Closed),
        (368, Meaning::Closed),
        (130_429, Meaning::ForNow),
        (131_047, Meaning::ForGood),
        (131_026, Meaning::ForGood),
    ] {
        let body = json!({ "error": { "message": "(#1) No", "code": code, "error_data": { "details": "Why" } } });
        let answer = Answer::parse(body.to_string().as_bytes());
        let error = answer.error().unwrap();
        assert_eq!(error.meaning(), meaning, "{code}");
        assert!(error.sentence().contains(&code.to_string()));
    }
    assert!(Answer::parse(b"<html>").error().is_none());
}

#[test]
fn what_a_webhook_brings() {
    let post = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [{
    "field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "447700900200", "phone_number_id": "111" },
        "contacts": [{ "profile": { "name": "Ann" }, "wa_id": "447700900123" }],
        "messages": [
            { "from": "447700900123", "id": "wamid.C", "timestamp": "1603059201", "type": "text",
              "text": { "body": "Hi" }, "context": { "from": "447700900200", "id": "wamid.A" } },
            { "from": "447700900123", "id": "wamid.D", "timestamp": "1603059202", "type": "image",
              "image": { "caption": "Look", "mime_type": "image/jpeg", "sha256": "x", "id": "77" } },
            { "from": "447700900123", "id": "wamid.E", "timestamp": "1603059203", "type": "interactive",
              "interactive": { "type": "button_reply", "button_reply": { "id": "a", "title": "Tea" } } },
        ],
        "statuses": [{ "id": "wamid.B", "status": "failed", "timestamp": "1603059204",
            "recipient_id": "447700900123", "errors": [{ "code": 131_026, "title": "Not there" }] }],
    }}]}]});
    let post = Post::parse(post.to_string().as_bytes()).unwrap();
    let [(account, What::Messages(value))] = &post.all().unwrap()[..] else {
        panic!("one thing was said");
    };
    assert_eq!(*account, "1");
    assert_eq!(value.phone_number_id(), "111");
    assert_eq!(value.name_of("447700900123"), Some("Ann"));
    let said: Vec<_> = value
        .messages
        .iter()
        .map(super::webhook::Message::said)
        .collect();
    assert_eq!(said, [Some("Hi"), Some("Look"), Some("Tea")]);
    assert_eq!(value.messages[0].answers(), Some("wamid.A"));
    assert_eq!(value.messages[0].time(), Some(1_603_059_201));
    assert_eq!(value.messages[1].file().unwrap().id, "77");
    assert_eq!(value.statuses[0].kind(), Some(StatusKind::Failed));
    assert_eq!(
        value.statuses[0].reason().as_deref(),
        Some("Not there (131026)")
    );
}

#[test]
fn a_signature_fits_its_body_and_no_other() {
    let shown = signature::sign("secret", b"{}");
    assert!(signature::fits("secret", b"{}", &shown));
    assert!(!signature::fits("secret", b"{ }", &shown));
    assert!(!signature::fits("other", b"{}", &shown));
    assert!(!signature::fits("", b"{}", &signature::sign("", b"{}")));
}
