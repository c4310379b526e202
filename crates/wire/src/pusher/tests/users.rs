//! Signing in, the user's own channel, watchlists, and connections that must show who they are.

use std::sync::Arc;

use serde_json::{Value, json};

use super::fake_desk::{FakeDesk, NUMBER};
use super::{Client, OPENED_AT, app, closed, sent};
use crate::pusher::{App, Settings};
use crate::session::Effect;

fn open(desk: &FakeDesk, settings: Settings) -> Client {
    Client::open_at(1, desk.clone(), false, settings)
}

fn frame(effect: &Effect) -> Value {
    let Effect::Send(text) = effect else {
        panic!("{effect:?}")
    };
    serde_json::from_slice(text).unwrap()
}

#[test]
fn who_signs_in_is_told_and_can_be_dismissed() {
    let desk = FakeDesk::default();
    let mut client = open(&desk, Settings::default());
    let effects = client.signs_in(r#"{"id":"12345"}"#);
    let success =
        json!({ "event": "pusher:signin_success", "data": { "user_data": r#"{"id":"12345"}"# } });
    assert_eq!(frame(&effects[0]), success);
    let follow = Effect::Follow {
        topic: "pusher/3/user/12345".into(),
        subscription: 0,
        envelope: None,
    };
    assert_eq!(effects[1..], [follow]);
    assert_eq!(desk.0.borrow().asked, ["sign in 3 12345"]);

    assert_eq!(
        sent(&client.signs_in(r#"{"id":"12345"}"#)),
        success,
        "once more"
    );
    let other = sent(&client.signs_in(r#"{"id":"6"}"#));
    assert_eq!(other["event"], "pusher:error");
    assert_eq!(desk.0.borrow().asked.len(), 1);

    let mut out = Vec::new();
    crate::session::Session::dismiss(&mut client.session, None, &mut out);
    assert_eq!(closed(&out), 4009);
}

#[test]
fn a_sign_in_needs_its_signature_and_somebody() {
    let desk = FakeDesk::default();
    let mut client = open(&desk, Settings::default());
    for (auth, data, code) in [
        (None, Some(r#"{"id":"1"}"#), json!(4009)),
        (
            Some("278d425bdf160c739803:00"),
            Some(r#"{"id":"1"}"#),
            json!(4009),
        ),
        (Some("other:00"), None, json!(4009)),
    ] {
        let data = json!({ "auth": auth, "user_data": data });
        let text = json!({ "event": "pusher:signin", "data": data }).to_string();
        let frame = sent(&client.says(&text));
        assert_eq!(frame["event"], "pusher:error");
        assert_eq!(frame["data"]["code"], code);
    }
    for data in ["", "{}", r#"{"id":""}"#, r#"{"id":7}"#] {
        let frame = sent(&client.signs_in(data));
        assert_eq!(frame["data"]["code"], Value::Null, "{data}");
    }
    assert!(desk.0.borrow().asked.is_empty());
}

#[test]
fn a_users_own_channel_is_for_that_user_alone() {
    let desk = FakeDesk::default();
    let mut client = open(&desk, Settings::default());
    let own = "#server-to-user-12345";
    assert_eq!(
        sent(&client.subscribes(own, Some("")))["data"]["type"],
        "AuthError"
    );
    client.signs_in(r#"{"id":"12345"}"#);
    let effects = client.subscribes(own, Some(""));
    assert_eq!(
        frame(&effects[0])["event"],
        "pusher_internal:subscription_succeeded"
    );
    assert_eq!(effects.len(), 2);
    for other in [
        "#server-to-user-1234",
        "#server-to-user-",
        "#else",
        "#server-to-user-123456",
    ] {
        assert_eq!(
            sent(&client.subscribes(other, None))["data"]["type"],
            "AuthError",
            "{other}"
        );
    }
}

#[test]
fn a_user_is_present_without_saying_so_again() {
    let desk = FakeDesk::default();
    let mut client = open(&desk, Settings::default());
    client.signs_in(r#"{"id":"a","user_info":{"name":"A"}}"#);
    let acknowledged = frame(&client.joins("presence-c", None)[0]);
    let data: Value = serde_json::from_str(acknowledged["data"].as_str().unwrap()).unwrap();
    assert_eq!(data["presence"]["hash"], json!({ "a": { "name": "A" } }));
}

#[test]
fn a_watchlist_is_answered_at_once_and_followed_from_there() {
    let desk = FakeDesk::default();
    desk.0.borrow_mut().users.insert("u2".into(), 1);
    let mut client = open(&desk, Settings::default());
    let effects = client.signs_in(r#"{"id":"u1","watchlist":["u2","u3","u2"]}"#);
    let events =
        r#"{"events":[{"name":"online","user_ids":["u2"]},{"name":"offline","user_ids":["u3"]}]}"#;
    let told = json!({ "event": "pusher_internal:watchlist_events", "data": events });
    assert_eq!(frame(&effects[2]), told);
    let follow = |topic: &str| Effect::FollowAfter {
        topic: topic.into(),
        subscription: 1,
        after: NUMBER,
    };
    assert_eq!(
        effects[3..],
        [follow("pusher/3/watch/u2"), follow("pusher/3/watch/u3")]
    );
}

#[test]
fn a_watchlist_that_is_too_long_is_cut_and_the_sign_in_stands() {
    let settings = Settings {
        watchlist_users_max: 2,
        ..Settings::default()
    };
    let mut client = open(&FakeDesk::default(), settings);
    let effects = client.signs_in(r#"{"id":"a","watchlist":["b","c","d"]}"#);
    assert_eq!(frame(&effects[0])["event"], "pusher:signin_success");
    assert_eq!(frame(&effects[2])["data"]["code"], 4302);
    assert_eq!(
        effects.len(),
        6,
        "success, own topic, error, who is there, and two to watch"
    );
}

#[test]
fn a_connection_that_never_says_who_it_is_can_be_closed() {
    let settings = Settings {
        authorize_within_s: 10,
        ..Settings::default()
    };
    let due = OPENED_AT + 10_000;
    let open = || {
        let app = App {
            authorized_only: true,
            ..Arc::into_inner(app(true)).unwrap()
        };
        Client::open_in(Arc::new(app), 1234, FakeDesk::default(), settings.clone())
    };
    let mut silent = open();
    silent.subscribes("c", None);
    assert_eq!(silent.ticks(due - 1), [Effect::WakeAt(due)]);
    assert_eq!(closed(&silent.ticks(due)), 4009);

    let mut private = open();
    private.joins("private-c", None);
    let mut user = open();
    user.signs_in(r#"{"id":"a"}"#);
    for mut client in [private, user] {
        assert!(matches!(client.ticks(due)[..], [Effect::WakeAt(at)] if at > due));
    }
}
