//! Which client events reach the others, and what is said about those that do not.

use serde_json::{Value, json};

use super::{Client, OPENED_AT, sent};
use crate::pusher::Settings;
use crate::session::Effect;

fn event(name: &str, channel: &str, data: &str) -> String {
    format!(r#"{{"event":"{name}","channel":"{channel}","data":{data}}}"#)
}

/// An error about a client event: told on its channel too.
#[track_caller]
fn refused(effects: &[Effect], channel: &str, part: &str) -> Value {
    let frame = sent(effects);
    assert_eq!(frame["event"], "pusher:error");
    assert_eq!(frame["channel"], channel);
    let message = frame["data"]["message"].as_str().unwrap();
    assert!(message.contains(part), "{message}");
    frame["data"]["code"].clone()
}

#[test]
fn an_event_is_relayed_byte_for_byte_to_the_others() {
    let mut client = Client::open(true, Settings::default());
    client.subscribes_signed("private-c");
    let data = r#"{ "a": 1.0, "b": "\u00e9" }"#;
    let text = format!(r#"{{"event":"client-typing","data":{data},"channel":"private-c"}}"#);
    let relay = Effect::Relay {
        topic: "pusher/3/private-c".into(),
        text: text.clone().into(),
    };
    assert_eq!(client.says(&text), [relay]);
}

#[test]
fn the_application_must_allow_them() {
    let mut client = Client::open(false, Settings::default());
    client.subscribes_signed("private-c");
    let effects = client.says(&event("client-x", "private-c", "{}"));
    assert_eq!(
        refused(&effects, "private-c", "you must enable"),
        Value::Null
    );
}

#[test]
fn they_are_for_private_channels_that_the_socket_follows() {
    let mut client = Client::open(true, Settings::default());
    client.subscribes("c", None);
    client.subscribes_signed("private-encrypted-c");
    for channel in ["c", "private-encrypted-c"] {
        let effects = client.says(&event("client-x", channel, "{}"));
        refused(
            &effects,
            channel,
            "only supported on private and presence channels",
        );
    }
    for channel in ["private-c", "presence-c"] {
        let effects = client.says(&event("client-x", channel, "{}"));
        refused(&effects, channel, "no current subscription");
    }
    let frame = sent(&client.says(r#"{"event":"client-x","data":{}}"#));
    assert_eq!(frame.get("channel"), None, "there is none to tell");
}

#[test]
fn names_and_sizes_have_limits() {
    let settings = Settings {
        event_data_bytes_max: 10,
        ..Settings::default()
    };
    let mut client = Client::open(true, settings);
    client.subscribes_signed("private-c");
    let longest = format!("client-{}", "é".repeat(193));
    assert!(matches!(
        client.says(&event(&longest, "private-c", "{}"))[..],
        [Effect::Relay { .. }]
    ));
    let effects = client.says(&event(&format!("{longest}x"), "private-c", "{}"));
    refused(&effects, "private-c", "longer than 200");

    assert!(matches!(
        client.says(&event("client-x", "private-c", "\"12345678\""))[..],
        [Effect::Relay { .. }]
    ));
    let effects = client.says(&event("client-x", "private-c", "\"123456789\""));
    refused(&effects, "private-c", "larger than 10 bytes");

    let effects = client.says(&event("message", "private-c", "{}"));
    refused(&effects, "private-c", "must start with 'client-'");
}

#[test]
fn the_eleventh_in_a_second_is_refused_with_4301_and_the_connection_stays() {
    let mut client = Client::open(true, Settings::default());
    client.subscribes_signed("private-c");
    let text = event("client-x", "private-c", "{}");
    let wrong = event("client-x", "private-d", "{}");
    for _ in 0..10 {
        assert!(matches!(client.says(&text)[..], [Effect::Relay { .. }]));
        refused(&client.says(&wrong), "private-d", "no current subscription");
    }
    assert_eq!(
        refused(&client.says(&text), "private-c", "rate limit"),
        json!(4301)
    );
    client.now = OPENED_AT + 1_000;
    assert!(matches!(client.says(&text)[..], [Effect::Relay { .. }]));
}
