//! What webhooks get.

use serde_json::{Value, json};

use super::{
    super::{
        Form,
        limits::ACKS,
        webhook::{
            Ack, Card, Incoming, Live, LiveEvent, Message, Quoted, StatusChanged, User, acks,
            join_acks,
        },
        words::{AckType, PhoneStatus},
    },
    value,
};

const PID: &str = "00000000-0000-0001-8a3b-0c5d11e2f340";
const ANN: &str = "447700900123@c.us";

fn user() -> User<'static> {
    User {
        id: ANN.into(),
        name: "Ann".into(),
        phone: "447700900123".into(),
        image: Some("https://pic.example/ann".into()),
    }
}

fn text(text: &'static str) -> Message<'static> {
    Message {
        kind: "text",
        id: "3EB081AF26FADE6416D8".into(),
        text: Some(text.into()),
        ..Message::default()
    }
}

fn incoming(form: Form) -> Value {
    let quoted = Quoted {
        message: text("Before"),
        user: user(),
        timestamp: 1_574_098_389,
    };
    let incoming = Incoming {
        product: PID,
        phone: 12,
        message: text("Is it there?"),
        user: user(),
        conversation: ANN,
        receiver: "447700900555".into(),
        timestamp: 1_574_081_887,
        reply: "https://x.example/api/p/12/sendMessage".into(),
        quoted: Some(quoted),
    };
    serde_json::from_str(&incoming.to_json(form).unwrap()).unwrap()
}

#[test]
fn a_message_in_both_forms() {
    let user = json!({ "id": ANN, "name": "Ann", "phone": "447700900123", "image": "https://pic.example/ann" });
    let message = |text| json!({ "type": "text", "id": "3EB081AF26FADE6416D8", "text": text, "fromMe": false });
    let documented = json!({
        "productId": PID, "phoneId": 12, "message": message("Is it there?"), "user": user,
        "conversation": ANN, "receiver": "447700900555", "timestamp": 1_574_081_887,
        "type": "message", "reply": "https://x.example/api/p/12/sendMessage",
    });
    assert_eq!(incoming(Form::Documented), documented);
    let mut current = documented;
    current["product_id"] = json!(PID);
    current["phone_id"] = json!(12);
    let mut quoted = message("Before");
    quoted["user"] = user;
    quoted["timestamp"] = json!(1_574_098_389);
    current["quoted"] = quoted;
    assert_eq!(incoming(Form::Current), current);
}

#[test]
fn messages_of_every_type() {
    let media = Message {
        kind: "image",
        id: "A1".into(),
        url: Some("https://f.example/1.jpeg".into()),
        caption: Some("Look".into()),
        filename: Some("1.jpeg".into()),
        mime: Some("image/jpeg".into()),
        ..Message::default()
    };
    assert_eq!(
        value(&media),
        json!({ "type": "image", "id": "A1", "url": "https://f.example/1.jpeg", "caption": "Look",
            "filename": "1.jpeg", "mime": "image/jpeg", "fromMe": false })
    );
    let place = Message {
        kind: "location",
        id: "A2".into(),
        payload: Some("38.3978531,28.968876".into()),
        ..Message::default()
    };
    assert_eq!(
        value(&place),
        json!({ "type": "location", "id": "A2", "payload": "38.3978531,28.968876", "fromMe": false })
    );
    let cards = Message {
        kind: "vcard",
        id: "A3".into(),
        vcard_list: Some(vec![Card {
            display_name: "Bob".into(),
            vcard: "BEGIN:VCARD".into(),
        }]),
        ..Message::default()
    };
    assert_eq!(
        value(&cards),
        json!({ "type": "vcard", "id": "A3", "vcardList": [{ "displayName": "Bob", "vcard": "BEGIN:VCARD" }],
            "fromMe": false })
    );
    let info = Message {
        kind: "info",
        id: "A4".into(),
        subtype: Some("group/add".into()),
        participant: Some(ANN.into()),
        ..Message::default()
    };
    assert_eq!(
        value(&info),
        json!({ "type": "info", "id": "A4", "subtype": "group/add", "participant": ANN, "fromMe": false })
    );
    let named = Message {
        mentions: vec![ANN.to_owned()],
        ..text("@447700900123 come")
    };
    assert_eq!(value(&named)["mentions"], json!([ANN]));
}

fn ack(form: Form, kind: AckType, msg_id: &str) -> String {
    let ack = Ack {
        kind,
        chat_id: ANN,
        msg_id,
        time: 1_586_874_663,
    };
    acks(form, PID, &ack).unwrap()
}

#[test]
fn acknowledgements_are_gathered_in_a_bare_array_as_documented() {
    let first = ack(Form::Documented, AckType::Delivered, "A");
    let both = join_acks(
        Form::Documented,
        &first,
        &ack(Form::Documented, AckType::Reached, "A"),
    );
    let all = join_acks(
        Form::Documented,
        &both.unwrap(),
        &ack(Form::Documented, AckType::Seen, "B"),
    );
    let all: Value = serde_json::from_str(&all.unwrap()).unwrap();
    assert_eq!(
        all,
        json!([
            { "ackType": "delivered", "chatId": ANN, "msgId": "A" },
            { "ackType": "reached", "chatId": ANN, "msgId": "A" },
            { "ackType": "seen", "chatId": ANN, "msgId": "B" },
        ])
    );
}

#[test]
fn the_source_document_has_ticks_only() {
    let all = [
        AckType::Delivered,
        AckType::Reached,
        AckType::Seen,
        AckType::Played,
        AckType::Deleted,
    ];
    let in_form = |form| all.iter().filter(|it| it.is_in(form)).count();
    assert_eq!(in_form(Form::Documented), 3);
    assert_eq!(in_form(Form::Current), 5);
}

#[test]
fn acknowledgements_are_gathered_in_an_object_now() {
    let first = ack(Form::Current, AckType::Delivered, "A");
    let both = join_acks(
        Form::Current,
        &first,
        &ack(Form::Current, AckType::Played, "A"),
    );
    let both: Value = serde_json::from_str(&both.unwrap()).unwrap();
    let item = |kind: &str, code: i64| json!({ "ackType": kind, "ackCode": code, "chatId": ANN, "msgId": "A", "time": 1_586_874_663 });
    assert_eq!(
        both,
        json!({ "type": "ack", "product_id": PID, "data": [item("delivered", 1), item("played", 4)] })
    );
}

#[test]
fn one_post_does_not_grow_for_ever() {
    let one = ack(Form::Documented, AckType::Seen, "A");
    let mut all = one.clone();
    let mut count = 1;
    while let Some(more) = join_acks(Form::Documented, &all, &one) {
        all = more;
        count += 1;
    }
    assert_eq!(count, ACKS);
}

#[test]
fn changes_of_status_and_what_agents_do() {
    assert_eq!(
        value(&StatusChanged::new(PID, 12, PhoneStatus::PhoneError)),
        json!({ "type": "status", "pid": PID, "phone_id": 12, "status": "phone-error" })
    );
    assert_eq!(
        value(&Live::new(PID, 12, ANN, LiveEvent::TakenByAgent)),
        json!({ "type": "live_event", "product_id": PID, "phone_id": 12, "conversation": ANN,
            "data": { "event": "taken_by_agent" } })
    );
}
