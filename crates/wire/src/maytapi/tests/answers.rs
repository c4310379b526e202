//! What bots are answered.

use serde_json::{Value, json};

use super::{
    super::{
        Form,
        answers::{
            ConfigAnswer, Contact, ContactKind, Deleted, Flag, Groups, Log, LogKind, Logs,
            MoreStatus, NewPhone, Phone, Product, Queue, QueueAnswer, Queues, Redeployed, Sent,
            State, Status, StatusAnswer, Success,
        },
        errors::Refused,
        groups::{Config, Group, Who},
        words::PhoneStatus,
    },
    value,
};

const PID: &str = "00000000-0000-0001-8a3b-0c5d11e2f340";

#[test]
fn success_and_refusal() {
    assert_eq!(value(&Success::plain()), json!({ "success": true }));
    let sent = Sent {
        chat_id: "447700900123@c.us".into(),
        msg_id: "3EB0000000000000002A".into(),
    };
    assert_eq!(
        value(&Success::with(sent)),
        json!({ "success": true, "data": { "chatId": "447700900123@c.us", "msgId": "3EB0000000000000002A" } })
    );
    assert_eq!(
        value(&Refused::new("no such phone")),
        json!({ "success": false, "message": "no such phone" })
    );
}

#[test]
fn the_status_has_five_fields_as_documented_and_four_more_now() {
    let mut status = Status {
        logged_in: true,
        is_qr: false,
        loading: false,
        conn_retry: false,
        message: "".into(),
        more: None,
    };
    let documented = json!({ "success": true, "status": {
        "loggedIn": true, "isQr": false, "loading": false, "connRetry": false, "message": "",
    }});
    assert_eq!(value(&StatusAnswer::new(status.clone())), documented);
    status.more = Some(MoreStatus {
        state: State {
            state: "CONNECTED",
            can_send: true,
        },
        version: "1",
        number: Some("447700900123"),
        multidevice: true,
    });
    let mut current = documented;
    for (name, field) in [
        ("state", json!({ "state": "CONNECTED", "canSend": true })),
        ("version", json!("1")),
        ("number", json!("447700900123")),
        ("multidevice", json!(true)),
    ] {
        current["status"][name] = field;
    }
    assert_eq!(value(&StatusAnswer::new(status)), current);
}

#[test]
fn products_and_phones() {
    let product = |form| {
        value(&Product {
            pid: PID,
            webhook: "https://bot.example/hook",
            ack_delivery: Flag { on: true, form },
            phone_limit: 2,
        })
    };
    let expected = |ack: Value| json!({ "pid": PID, "webhook": "https://bot.example/hook", "ack_delivery": ack, "phone_limit": 2 });
    assert_eq!(product(Form::Documented), expected(json!(1)));
    assert_eq!(product(Form::Current), expected(json!(true)));
    let phone = |status| {
        value(&Phone {
            id: 12,
            number: "447700900123".into(),
            status,
        })
    };
    assert_eq!(phone(None), json!({ "id": 12, "number": "447700900123" }));
    assert_eq!(
        phone(Some(PhoneStatus::QrCode)),
        json!({ "id": 12, "number": "447700900123", "status": "qr-code" })
    );
    let made = NewPhone {
        id: 13,
        pid: PID,
        number: None,
    };
    assert_eq!(
        value(&made),
        json!({ "id": 13, "pid": PID, "number": null })
    );
    assert_eq!(
        value(&Deleted::new(PID, 13)),
        json!({ "success": true, "type": "deleted", "pid": PID, "phone_id": 13 })
    );
    assert_eq!(
        value(&ConfigAnswer::new("", false)),
        json!({ "success": true, "status": { "webhook": "", "ack_delivery": false } })
    );
}

#[test]
fn queues_and_logs() {
    let queue = Queue {
        id: 12,
        status: PhoneStatus::Active,
        queue: 3,
    };
    assert_eq!(
        value(&Queues::new(vec![queue])),
        json!({ "success": true, "queues": [{ "id": 12, "status": "active", "queue": 3 }] })
    );
    assert_eq!(
        value(&QueueAnswer::new(0, None)),
        json!({ "success": true, "stats": { "sending": 0 } })
    );
    assert_eq!(
        value(&Redeployed::new(12)),
        json!({ "success": true, "message": "Phone 12 is restarted." })
    );
    let log = Log {
        id: 1,
        pid: PID,
        phone: 12,
        created_at: "2026-04-02T06:47:50.229Z".into(),
        updated_at: "2026-04-02T06:47:50.229Z".into(),
        kind: LogKind::Outgoing,
        data: json!({}),
    };
    let logs = Logs {
        count: "1".into(),
        list: vec![log],
    };
    assert_eq!(
        value(&Success::with(logs)),
        json!({ "success": true, "data": { "count": "1", "list": [{
            "id": 1, "pid": PID, "phone": 12, "created_at": "2026-04-02T06:47:50.229Z",
            "updated_at": "2026-04-02T06:47:50.229Z", "type": "outgoing", "data": {},
        }]}})
    );
}

#[test]
fn contacts_and_groups() {
    let contact = Contact {
        id: "447700900123@c.us".into(),
        name: "Ann".into(),
        kind: ContactKind::Chat,
        image: None,
    };
    assert_eq!(
        value(&contact),
        json!({ "id": "447700900123@c.us", "name": "Ann", "type": "chat" })
    );
    let group = Group {
        id: "447700900123-1574073754@g.us".into(),
        name: "Team".into(),
        participants: vec!["447700900123@c.us".into()],
        admins: vec!["447700900123@c.us".into()],
        image: None,
        config: Config {
            edit: Who::Admins,
            send: Who::All,
            disappear: false,
        },
        invite: None,
    };
    assert_eq!(
        value(&Groups::new(vec![group], 75, 50, 2)),
        json!({ "success": true, "count": 1, "total": 75, "limit": 50, "page": 2, "data": [{
            "id": "447700900123-1574073754@g.us", "name": "Team",
            "participants": ["447700900123@c.us"], "admins": ["447700900123@c.us"],
            "config": { "edit": "admins", "send": "all", "disappear": false },
        }]})
    );
}
