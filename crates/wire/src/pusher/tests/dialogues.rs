//! What is said on a connection from its upgrade to its close.

use std::sync::Arc;

use serde_json::{Value, json};

use super::fake_desk::FakeDesk;
use super::{Client, KEY, OPENED_AT, app, closed, sent};
use crate::pusher::{Code, Handshake, Pusher, Settings, SocketId};
use crate::session::{Effect, Session as _};

/// What a connection with this application and protocol is greeted with.
fn opened(app: Result<Arc<super::App>, Code>, protocol: Option<&str>) -> Vec<Effect> {
    let socket_id = SocketId::from_random(1234, 1234);
    let handshake = Handshake {
        app,
        protocol,
        socket_id,
    };
    let mut session = Pusher::new(handshake, Arc::default(), FakeDesk::default());
    let mut out = Vec::new();
    session.open(OPENED_AT, &mut out);
    out
}

#[test]
fn a_session_is_small() {
    let bytes = size_of::<Pusher<FakeDesk>>();
    assert!(bytes <= 192, "{bytes}");
}

#[test]
fn protocols_five_to_seven_and_none_are_greeted() {
    for protocol in [Some("5"), Some("6"), Some("7"), None] {
        let effects = opened(Ok(app(false)), protocol);
        let (Effect::WakeAt(at), frame) = (&effects[1], sent(&effects[..1])) else {
            panic!()
        };
        assert_eq!(*at, OPENED_AT + 120_000);
        assert_eq!(frame["event"], "pusher:connection_established");
        let data: Value = serde_json::from_str(frame["data"].as_str().unwrap()).unwrap();
        assert_eq!(
            data,
            json!({ "socket_id": "1234.1234", "activity_timeout": 120 })
        );
    }
}

#[test]
fn what_cannot_be_served_is_told_and_closed_with_one_code() {
    for (protocol, code) in [
        ("4", 4007),
        ("8", 4007),
        ("0", 4007),
        ("99999999999", 4007),
        ("", 4006),
        ("seven", 4006),
        ("-7", 4006),
        ("7.0", 4006),
    ] {
        assert_eq!(
            closed(&opened(Ok(app(false)), Some(protocol))),
            code,
            "{protocol:?}"
        );
    }
    assert_eq!(closed(&opened(Err(Code::UnknownApp), Some("7"))), 4001);
    assert_eq!(closed(&opened(Err(Code::AppDisabled), None)), 4003);
    assert_eq!(closed(&opened(Err(Code::OverCapacity), None)), 4100);
}

#[test]
fn a_refused_connection_says_nothing_more() {
    let socket_id = SocketId::from_random(1, 1);
    let handshake = Handshake {
        app: Err(Code::UnknownApp),
        protocol: None,
        socket_id,
    };
    let mut session = Pusher::new(handshake, Arc::default(), FakeDesk::default());
    let mut out = Vec::new();
    session.open(0, &mut out);
    out.clear();
    session.text(r#"{"event":"pusher:ping"}"#, 1, &mut out);
    session.tick(1_000_000, &mut out);
    session.too_slow(&mut out);
    session.going_away(&mut out);
    assert_eq!(out, []);
}

#[test]
fn a_ping_at_any_time_gets_a_pong_at_once() {
    let mut client = Client::open(false, Settings::default());
    let pysher = client.says(r#"{"event":"pusher:ping","data":""}"#);
    assert_eq!(
        sent(&pysher),
        json!({ "event": "pusher:pong", "data": "{}" })
    );
    assert_eq!(client.says(r#"{"event":"pusher:pong","data":{}}"#), []);
}

#[test]
fn a_public_channel_is_acknowledged_before_it_is_followed() {
    let mut client = Client::open(false, Settings::default());
    let effects = client.subscribes("c", Some(""));
    let acknowledgement =
        json!({ "event": "pusher_internal:subscription_succeeded", "data": "{}", "channel": "c" });
    assert_eq!(sent(&effects[..1]), acknowledgement);
    let follow = Effect::Follow {
        topic: "pusher/3/c".into(),
        subscription: 0,
        envelope: None,
    };
    assert_eq!(effects[1..], [follow]);

    assert_eq!(
        sent(&client.subscribes("c", None)),
        acknowledgement,
        "once more, not followed twice"
    );

    let unsubscribe = r#"{"event":"pusher:unsubscribe","data":{"channel":"c"}}"#;
    assert_eq!(
        client.says(unsubscribe),
        [Effect::Unfollow { subscription: 0 }]
    );
    assert_eq!(
        client.says(unsubscribe),
        [],
        "unknown channels are left in silence"
    );
    let Effect::Follow { subscription, .. } = client.subscribes("c", None)[1] else {
        panic!()
    };
    assert_eq!(subscription, 1);
}

#[test]
fn signed_channels_need_their_signature() {
    for channel in [
        "private-v1.licenses.1229.messengers.grWhatsApp",
        "private-encrypted-c",
    ] {
        let mut client = Client::open(false, Settings::default());
        for auth in [
            None,
            Some(""),
            Some("nonsense"),
            Some("other:00"),
            Some("278d425bdf160c739803:00"),
        ] {
            let frame = sent(&client.subscribes(channel, auth));
            assert_eq!(frame["event"], "pusher:subscription_error");
            assert_eq!(frame["channel"], channel);
            assert_eq!(frame["data"]["type"], "AuthError");
            assert_eq!(frame["data"]["status"], 401);
        }
        assert_eq!(client.session.counters().refused, 5);
        assert_eq!(client.subscribes_signed(channel).len(), 2);
    }
}

#[test]
fn a_signature_holds_for_one_socket_only() {
    let mut client = Client::open(false, Settings::default());
    let other =
        crate::pusher::signature::channel_auth(KEY, &app(false).secret, "1.1", "private-c", None);
    let frame = sent(&client.subscribes("private-c", Some(&other)));
    assert_eq!(frame["data"]["type"], "AuthError");
}

#[test]
fn limits_are_told_on_the_channel_and_bad_names_on_the_connection() {
    let settings = Settings {
        channels_per_connection_max: 2,
        ..Settings::default()
    };
    let mut client = Client::open(false, settings);
    let frame = sent(&client.subscribes(&"x".repeat(201), None));
    assert_eq!(frame["data"]["type"], "LimitReached");
    for bad in ["", "a b", "é"] {
        let frame = sent(&client.subscribes(bad, None));
        assert_eq!(frame["event"], "pusher:error");
        assert_eq!(frame["data"]["code"], Value::Null);
        assert_eq!(frame.get("channel"), None);
    }
    assert_eq!(client.subscribes("a", None).len(), 2);
    assert_eq!(client.subscribes("b", None).len(), 2);
    let frame = sent(&client.subscribes("c", None));
    assert_eq!(frame["data"]["type"], "LimitReached");
    assert_eq!(frame["data"]["status"], 4004);
    assert_eq!(
        sent(&client.subscribes("a", None))["data"],
        "{}",
        "still acknowledged"
    );
}

#[test]
fn nonsense_is_answered_and_counted_and_the_connection_stays() {
    let mut client = Client::open(false, Settings::default());
    for text in [
        "",
        "not json",
        "[]",
        r#"{"event":7}"#,
        r#"{"event":"pusher:signin","data":[]}"#,
        r#"{"event":"pusher_internal:member_added","data":{},"channel":"c"}"#,
        r#"{"event":"pusher:subscribe","data":"c"}"#,
        r#"{"event":"pusher:subscribe"}"#,
    ] {
        let frame = sent(&client.says(text));
        assert_eq!(frame["event"], "pusher:error", "{text}");
        assert!(frame["data"].is_object());
        assert_eq!(frame["data"]["code"], Value::Null);
        assert_eq!(frame.get("channel"), None);
    }
    assert_eq!(client.session.counters().refused, 8);
    assert_eq!(client.subscribes("c", None).len(), 2);
    assert_eq!(client.session.counters().received, 9);
}

#[test]
fn silence_is_pinged_and_then_closed() {
    let mut client = Client::open(false, Settings::default());
    let due = OPENED_AT + 120_000;
    let effects = client.ticks(due);
    let [Effect::SendFirst(ping), Effect::WakeAt(at)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(ping.as_ref(), br#"{"event":"pusher:ping","data":"{}"}"#);
    assert_eq!(*at, due + 30_000);
    assert_eq!(client.ticks(due + 29_999), [Effect::WakeAt(due + 30_000)]);
    assert_eq!(closed(&client.ticks(due + 30_000)), 4201);
    assert_eq!(client.ticks(due + 60_000), []);
    assert_eq!(client.says(r#"{"event":"pusher:ping"}"#), []);
}

#[test]
fn any_frame_is_a_sign_of_life_and_wakes_nothing() {
    let mut client = Client::open(false, Settings::default());
    client.now = OPENED_AT + 100_000;
    assert_eq!(
        client.says("nonsense").len(),
        1,
        "an answer, and no new time to wake"
    );
    let due = OPENED_AT + 220_000;
    assert_eq!(client.ticks(OPENED_AT + 120_000), [Effect::WakeAt(due)]);
    assert_eq!(client.ticks(due).len(), 2);
    assert_eq!(client.says(r#"{"event":"pusher:pong","data":{}}"#), []);
    assert_eq!(client.ticks(due + 30_000), [Effect::WakeAt(due + 120_000)]);
}

#[test]
fn goodbyes_make_the_client_come_back() {
    let mut out = Vec::new();
    Client::open(false, Settings::default())
        .session
        .too_slow(&mut out);
    assert_eq!(closed(&out), 4100);
    assert!(
        matches!(out[0], Effect::SendFirst(_)),
        "ahead of what is not read anyway"
    );
    out.clear();
    Client::open(false, Settings::default())
        .session
        .going_away(&mut out);
    assert_eq!(closed(&out), 4200);
}
