//! The reference's own shapes, with values of our own.

use serde_json::json;

use super::{
    answer::{Sent, read},
    chat,
    send::{Content, Spot, call},
    update::{FileKind, Update, What},
};

fn update(message: serde_json::Value) -> Update {
    let mut message = message;
    message["message_id"] = json!(7);
    message["date"] = json!(1_795_176_000);
    message["chat"] = json!({ "id": 42, "type": "private", "first_name": "Ann" });
    message["from"] = json!({ "id": 42, "is_bot": false, "first_name": "Ann", "last_name": "Lee" });
    serde_json::from_value(json!({ "update_id": 10, "message": message })).unwrap()
}

#[test]
fn what_is_said() {
    let said = update(json!({ "text": "Hi", "reply_to_message": { "message_id": 3, "date": 1 } }));
    let What::Said(message) = said.what() else {
        panic!("{said:?}")
    };
    assert_eq!((message.said(), message.answers()), (Some("Hi"), Some(3)));
    assert_eq!(message.from.as_ref().unwrap().name(), "Ann Lee");
    let sizes = json!([{ "file_id": "small" }, { "file_id": "large" }]);
    let photo = update(json!({ "photo": sizes, "caption": "Look" }));
    let What::Said(message) = photo.what() else {
        panic!("{photo:?}")
    };
    assert_eq!(message.said(), Some("Look"));
    let (file, kind) = message.file().unwrap();
    assert_eq!((file.file_id.as_str(), kind), ("large", FileKind::AsItIs));
    let voice = update(json!({ "voice": { "file_id": "v", "duration": 1 } }));
    let What::Said(message) = voice.what() else {
        panic!("{voice:?}")
    };
    assert_eq!(message.file().unwrap().1, FileKind::Voice);
    let other: Update = serde_json::from_value(json!({ "update_id": 1, "poll": {} })).unwrap();
    assert!(matches!(other.what(), What::Other));
}

#[test]
fn what_is_sent_and_answered() {
    assert_eq!(
        call(
            42,
            Content::Text("Hi"),
            Spot {
                answers: Some(3),
                topic: Some(9)
            }
        ),
        (
            "sendMessage",
            json!({ "chat_id": 42, "text": "Hi",
                "reply_parameters": { "message_id": 3, "allow_sending_without_reply": true } })
        )
    );
    let sent: Sent = read(200, br#"{"ok":true,"result":{"message_id":8,"date":1}}"#).unwrap();
    assert_eq!(sent.message_id, 8);
    let slow = br#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}"#;
    let failure = read::<Sent>(429, slow).unwrap_err();
    assert_eq!((failure.code, failure.retry_after_s), (429, Some(5)));
    assert_eq!(read::<Sent>(502, b"<html>").unwrap_err().code, 502);
}

#[test]
fn chats_and_messages_have_names_of_their_own() {
    assert_eq!(chat::id(&chat::name(42, "private")), Some(42));
    assert_eq!(chat::id(&chat::name(-100, "supergroup")), Some(-100));
    assert_eq!(chat::id("Ann"), None);
    assert_eq!(chat::number(&chat::message(-100, 7), -100), Some(7));
    assert_eq!(chat::number(&chat::message(-100, 7), -200), None);
}
