//! Server frames, byte by byte: which `data` is a string, which an object, and in what order the keys stand.

use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::pusher::frames::{self, SubscriptionError};
use crate::pusher::{Code, Member, SocketId, command, people_frames};

#[test]
fn every_server_frame_is_written_as_clients_expect_it() {
    let socket_id = SocketId::from_random(123, 456);
    let frames: [(Bytes, &str); 11] = [
        (
            frames::connection_established(socket_id, 120),
            r#"{"event":"pusher:connection_established","data":"{\"socket_id\":\"123.456\",\"activity_timeout\":120}"}"#,
        ),
        (
            frames::subscription_succeeded("c"),
            r#"{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"c"}"#,
        ),
        (
            frames::error(Code::UnknownApp),
            r#"{"event":"pusher:error","data":{"code":4001,"message":"No application has this key"}}"#,
        ),
        (
            frames::error_text(Some(Code::ClientEventRate), "Client event rejected", None),
            r#"{"event":"pusher:error","data":{"code":4301,"message":"Client event rejected"}}"#,
        ),
        (
            frames::error_text(None, "Existing subscription to channel c", None),
            r#"{"event":"pusher:error","data":{"code":null,"message":"Existing subscription to channel c"}}"#,
        ),
        (
            frames::error_text(None, "no \"x\"", Some("private-c")),
            r#"{"event":"pusher:error","data":{"code":null,"message":"no \"x\""},"channel":"private-c"}"#,
        ),
        (
            frames::subscription_error("private-c", SubscriptionError::Auth, "invalid signature"),
            r#"{"event":"pusher:subscription_error","data":{"type":"AuthError","error":"invalid signature","status":401},"channel":"private-c"}"#,
        ),
        (frames::ping(), r#"{"event":"pusher:ping","data":"{}"}"#),
        (frames::pong(), r#"{"event":"pusher:pong","data":"{}"}"#),
        (
            frames::event("message", "c", r#"{"a":1}"#),
            r#"{"event":"message","data":"{\"a\":1}","channel":"c"}"#,
        ),
        (
            frames::client_event(
                "client-typing",
                "presence-c",
                Some(r#"{"a":1}"#),
                Some("10"),
            ),
            r#"{"event":"client-typing","data":{"a":1},"channel":"presence-c","user_id":"10"}"#,
        ),
    ];
    for (frame, expected) in frames {
        assert_eq!(std::str::from_utf8(&frame).unwrap(), expected);
        let value: Value = serde_json::from_slice(&frame).unwrap();
        assert!(value["event"].is_string());
    }
}

#[test]
fn frames_about_people_are_written_as_clients_expect_them() {
    let ten = r#"{"user_id":10,"user_info":{"name":"Mr. Channels"}}"#;
    let member = |text: &str| Arc::new(Member::parse(text).unwrap());
    let eleven = member(r#"{"user_id":"11","user_info":{"name":"B"}}"#);
    let frames: [(Bytes, &str); 9] = [
        (
            people_frames::presence_succeeded("presence-c", &[member(ten)]),
            r#"{"event":"pusher_internal:subscription_succeeded","data":"{\"presence\":{\"count\":1,\"ids\":[\"10\"],\"hash\":{\"10\":{\"name\":\"Mr. Channels\"}}}}","channel":"presence-c"}"#,
        ),
        (
            people_frames::member_added("presence-c", &eleven),
            r#"{"event":"pusher_internal:member_added","data":"{\"user_id\":\"11\",\"user_info\":{\"name\":\"B\"}}","channel":"presence-c"}"#,
        ),
        (
            people_frames::member_removed("presence-c", &eleven),
            r#"{"event":"pusher_internal:member_removed","data":"{\"user_id\":\"11\"}","channel":"presence-c"}"#,
        ),
        (
            people_frames::member_removed("presence-c", &member(ten)),
            r#"{"event":"pusher_internal:member_removed","data":"{\"user_id\":10}","channel":"presence-c"}"#,
        ),
        (
            people_frames::cache_miss("cache-c"),
            r#"{"event":"pusher:cache_miss","data":"{}","channel":"cache-c"}"#,
        ),
        (
            people_frames::subscription_count("c", 1),
            r#"{"event":"pusher_internal:subscription_count","data":"{\"subscription_count\":1}","channel":"c"}"#,
        ),
        (
            people_frames::signin_success(r#"{"id":"12345"}"#),
            r#"{"event":"pusher:signin_success","data":{"user_data":"{\"id\":\"12345\"}"}}"#,
        ),
        (
            people_frames::watchlist_events(&["u2"], &["u3"]),
            r#"{"event":"pusher_internal:watchlist_events","data":"{\"events\":[{\"name\":\"online\",\"user_ids\":[\"u2\"]},{\"name\":\"offline\",\"user_ids\":[\"u3\"]}]}"}"#,
        ),
        (
            people_frames::watchlist_events(&[], &["u3", "u4"]),
            r#"{"event":"pusher_internal:watchlist_events","data":"{\"events\":[{\"name\":\"offline\",\"user_ids\":[\"u3\",\"u4\"]}]}"}"#,
        ),
    ];
    for (frame, expected) in frames {
        assert_eq!(std::str::from_utf8(&frame).unwrap(), expected);
    }
}

#[test]
fn a_client_event_without_data_or_user_is_relayed_without() {
    let frame = frames::client_event("client-x", "private-c", None, None);
    assert_eq!(
        frame,
        r#"{"event":"client-x","channel":"private-c"}"#.as_bytes()
    );
}

#[test]
fn limits_have_their_own_status() {
    for (error, kind, status) in [
        (SubscriptionError::NameLimit, "LimitReached", 4009),
        (SubscriptionError::ChannelLimit, "LimitReached", 4004),
        (SubscriptionError::MemberLimit, "LimitReached", 4004),
        (SubscriptionError::MemberSize, "LimitReached", 4301),
        (SubscriptionError::Busy, "LimitReached", 4100),
    ] {
        let frame = frames::subscription_error("c", error, "text");
        let frame: Value = serde_json::from_slice(&frame).unwrap();
        assert_eq!(
            frame["data"],
            json!({ "type": kind, "error": "text", "status": status })
        );
    }
}

/// Frames that client libraries send, one of each kind that is served.
#[test]
fn every_client_frame_is_understood() {
    for text in [
        r#"{"event":"pusher:subscribe","data":{"auth":"","channel":"c"}}"#,
        r#"{"event":"pusher:unsubscribe","data":{"channel":"c"}}"#,
        r#"{"event":"pusher:ping","data":{}}"#,
        r#"{"event":"pusher:ping","data":""}"#,
        r#"{"event":"pusher:pong","data":{}}"#,
        r#"{"event":"client-typing","data":{"a":1},"channel":"private-c"}"#,
        r#"{"event":"pusher:subscribe","data":{"auth":"k:s","channel_data":"{\"user_id\":10}","channel":"presence-c"}}"#,
        r#"{"event":"pusher:signin","data":{"auth":"k:s","user_data":"{\"id\":\"12345\"}"}}"#,
    ] {
        assert!(command::parse(text).is_ok(), "{text}");
    }
}

proptest! {
    #[test]
    fn an_events_data_reads_back_as_the_publishers_text(
        name in any::<String>(),
        data in any::<String>(),
    ) {
        let frame = frames::event(&name, "c", &data);
        let value: Value = serde_json::from_slice(&frame).unwrap();
        prop_assert_eq!(value, json!({ "event": name, "data": data, "channel": "c" }));
        prop_assert_eq!(frames::data_of(&frame), Some(data));
    }
}
