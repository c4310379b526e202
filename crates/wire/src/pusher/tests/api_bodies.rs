//! The HTTP API's bodies: what is published, and what is refused before anything is.

use serde_json::json;

use crate::pusher::Settings;
use crate::pusher::api::{Event, Refused, parse_batch, parse_event};
use crate::pusher::api_answers::{
    Attributes, Cached, EMPTY, Facts, batch_facts, channel, channels, users,
};

fn parse(body: &str) -> Result<Event, Refused> {
    parse_event(body.as_bytes(), &Settings::default())
}

#[test]
fn the_worked_example_is_one_event_on_one_channel() {
    let body = r#"{"name":"foo","channels":["project-3"],"data":"{\"some\":\"data\"}"}"#;
    let expected = Event {
        name: "foo".into(),
        data: r#"{"some":"data"}"#.into(),
        channels: vec!["project-3".into()],
        socket_id: None,
        info: Attributes::default(),
    };
    assert_eq!(parse(body), Ok(expected));
}

#[test]
fn data_that_is_not_text_is_its_own_json() {
    for data in [r#"{"id": 1.0,"s":"\u00e9"}"#, "[1, 2]", "null", "7", "true"] {
        let event = parse(&format!(r#"{{"name":"n","channel":"c","data":{data}}}"#)).unwrap();
        assert_eq!(event.data, data);
    }
}

#[test]
fn socket_and_info_are_read() {
    let body = json!({
        "name": "n", "data": "", "channels": ["a", "#server-to-user-1"], "channel": "ignored",
        "socket_id": "1.2", "info": "user_count,subscription_count", "unknown": []
    });
    let event = parse(&body.to_string()).unwrap();
    assert_eq!(event.channels, ["a", "#server-to-user-1"]);
    assert_eq!(event.socket_id.as_deref(), Some("1.2"));
    assert!(event.info.user_count && event.info.subscription_count);
}

#[test]
fn what_is_wrong_is_400_and_too_much_is_413() {
    let good = json!({ "name": "n", "channels": ["c"], "data": "d" });
    let with = |key: &str, value: serde_json::Value| {
        let mut body = good.clone();
        body[key] = value;
        body.to_string()
    };
    let without = |key: &str| {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(key);
        body.to_string()
    };
    let bad = [
        String::new(),
        "[]".into(),
        r#"["n","d",["c"]]"#.into(),
        without("name"),
        without("data"),
        without("channels"),
        with("name", json!("")),
        with("name", json!(1)),
        with("name", json!("n".repeat(201))),
        with("channels", json!([])),
        with("channels", json!("c")),
        with("channels", json!(["c", "a b"])),
        with("channels", json!(["c", "x".repeat(201)])),
        with("channels", json!(vec!["c"; 101])),
        with("socket_id", json!("1.2\n")),
        with("socket_id", json!("")),
        with("info", json!("cache")),
    ];
    for body in bad {
        assert_eq!(parse(&body).unwrap_err().status, 400, "{body}");
    }
    assert_eq!(
        parse_event(b"\xFF", &Settings::default())
            .unwrap_err()
            .status,
        400
    );

    let bytes_max = Settings::default().event_data_bytes_max;
    assert!(parse(&with("data", json!("x".repeat(bytes_max)))).is_ok());
    let refused = parse(&with("data", json!("x".repeat(bytes_max + 1)))).unwrap_err();
    assert_eq!(refused.status, 413);
    assert!(refused.text.contains("102400 bytes"), "{refused}");
    assert!(parse(&with("channels", json!(vec!["c"; 100]))).is_ok());
    assert!(parse(&with("name", json!("é".repeat(200)))).is_ok());
}

#[test]
fn a_batch_is_taken_whole_or_not_at_all() {
    let settings = Settings::default();
    let item = |channel: &str| json!({ "name": "n", "channel": channel, "data": channel });
    let batch = |items: Vec<serde_json::Value>| json!({ "batch": items }).to_string();

    let events = parse_batch(batch(vec![item("a"), item("b")]).as_bytes(), &settings).unwrap();
    let order: Vec<&str> = events.iter().map(|event| event.data.as_str()).collect();
    assert_eq!(order, ["a", "b"]);

    let refused = parse_batch(batch(vec![item("a"), item("b c")]).as_bytes(), &settings);
    assert_eq!(
        refused.unwrap_err().text,
        "Event 1 of the batch: Invalid channel 0: the channel name has a character that is not allowed"
    );
    assert!(parse_batch(batch(vec![item("a"); 10]).as_bytes(), &settings).is_ok());
    assert!(parse_batch(batch(vec![item("a"); 11]).as_bytes(), &settings).is_err());
    assert!(parse_batch(b"{}", &settings).is_err());

    let big = json!({ "name": "n", "channel": "c", "data": "x".repeat(200_000) });
    let refused = parse_batch(batch(vec![item("a"), big]).as_bytes(), &settings).unwrap_err();
    assert_eq!(refused.status, 413);
}

#[test]
fn answers_are_objects_even_when_empty() {
    assert_eq!(EMPTY, "{}");
    let one = Facts {
        user_count: None,
        subscription_count: Some(2),
    };
    let two = Facts {
        user_count: Some(1),
        subscription_count: Some(2),
    };
    assert_eq!(
        channels([("a", one), ("presence-b", two)]),
        br#"{"channels":{"a":{"subscription_count":2},"presence-b":{"user_count":1,"subscription_count":2}}}"#
    );
    assert_eq!(channels([]), br#"{"channels":{}}"#);
    assert_eq!(
        batch_facts([one, Facts::default()]),
        br#"{"batch":[{"subscription_count":2},{}]}"#
    );
}

#[test]
fn one_channel_is_told_with_what_was_asked() {
    let two = Facts {
        user_count: Some(1),
        subscription_count: Some(2),
    };
    let table = [
        (
            channel(false, Facts::default(), None),
            r#"{"occupied":false}"#,
        ),
        (
            channel(true, two, None),
            r#"{"occupied":true,"user_count":1,"subscription_count":2}"#,
        ),
        (
            channel(false, Facts::default(), Some(None)),
            r#"{"occupied":false,"cache":null}"#,
        ),
        (
            channel(
                true,
                Facts::default(),
                Some(Some(Cached {
                    data: "{\"a\":1}".into(),
                    ttl_s: 9,
                })),
            ),
            r#"{"occupied":true,"cache":{"data":"{\"a\":1}","ttl":9}}"#,
        ),
        (users([]), r#"{"users":[]}"#),
        (
            users(["10", "a\""]),
            r#"{"users":[{"id":"10"},{"id":"a\""}]}"#,
        ),
    ];
    for (answer, expected) in table {
        assert_eq!(String::from_utf8(answer).unwrap(), expected);
    }
}

#[test]
fn what_does_not_apply_to_a_channel_is_left_out() {
    let asked = Attributes::parse("user_count,subscription_count").unwrap();
    assert_eq!(asked.of(false, 0, 3).user_count, None);
    assert_eq!(asked.of(true, 0, 3).user_count, Some(0));
    assert_eq!(Attributes::default().of(true, 1, 1), Facts::default());
}
