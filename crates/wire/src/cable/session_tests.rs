//! Dialogues with a connection, played without a socket.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::cable::Seated;

const T0: Millis = 1_790_000_000_000;
const ROOM: &str = r#"{"channel":"RoomChannel","pubsub_token":"kV3xq"}"#;

/// Seats everybody in `RoomChannel` whose token is not `bad`, and writes down what happened.
#[derive(Clone, Default)]
struct Clerk(Rc<RefCell<Vec<String>>>);

impl Clerk {
    fn notes(&self) -> Vec<String> {
        self.0.borrow().clone()
    }
}

impl Desk for Clerk {
    type Seat = String;

    fn subscribe(&mut self, params: &Params, _: Millis) -> Option<Seated<String>> {
        let token = params.as_map().get("pubsub_token")?.as_str()?;
        if params.channel() != "RoomChannel" || token == "bad" {
            return None;
        }
        self.0.borrow_mut().push(format!("+{token}"));
        Some(Seated {
            seat: token.to_owned(),
            topics: vec![token.to_owned(), "account_7".to_owned()],
            transmit: vec![Bytes::from_static(br#"{"hello":1}"#)],
            stream: String::new(),
            whispers: None,
            gathering: None,
        })
    }

    fn perform(&mut self, seat: &mut String, action: &str, data: &Value, _: Millis) -> Vec<Bytes> {
        self.0.borrow_mut().push(format!("{seat}:{action}"));
        match action {
            "echo" => vec![data.to_string().into()],
            _ => Vec::new(),
        }
    }

    fn unsubscribe(&mut self, seat: String) {
        self.0.borrow_mut().push(format!("-{seat}"));
    }
}

fn opened() -> (Cable<Clerk>, Clerk) {
    let clerk = Clerk::default();
    let mut cable = Cable::new(clerk.clone(), Settings::default());
    cable.open(T0, &mut Vec::new());
    (cable, clerk)
}

/// The effects of one client frame, in a short form that reads as a dialogue.
fn say(cable: &mut Cable<Clerk>, now: Millis, text: &str) -> Vec<String> {
    let mut out = Vec::new();
    cable.text(text, now, &mut out);
    short(out)
}

fn short(out: Vec<Effect>) -> Vec<String> {
    let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).unwrap();
    out.into_iter()
        .map(|effect| match effect {
            Effect::Send(frame) => text(frame),
            Effect::SendFirst(frame) => format!("first {}", text(frame)),
            Effect::Follow {
                topic,
                subscription,
                envelope,
            } => {
                let Envelope { head, tail, .. } = envelope.unwrap();
                format!(
                    "follow {subscription} {topic} {}…{}",
                    text(head),
                    text(tail)
                )
            }
            Effect::FollowAfter { topic, after, .. } => format!("follow {topic} after {after}"),
            Effect::CatchUpAll {
                topics,
                since,
                verdicts,
                ..
            } => {
                let asked = if verdicts.is_some() { "" } else { " unasked" };
                format!("catch up on {topics:?} since {since:?}{asked}")
            }
            Effect::CatchUp { topic, after, .. } => format!("catch up on {topic} after {after}"),
            Effect::Unfollow { subscription } => format!("unfollow {subscription}"),
            Effect::Relay { topic, .. } => format!("relay {topic}"),
            Effect::Close { code, reason } => format!("close {code} {reason}"),
            Effect::WakeAt(at) => format!("wake +{}", at - T0),
        })
        .collect()
}

fn command(name: &str, identifier: &str) -> String {
    json!({"command": name, "identifier": identifier}).to_string()
}

fn message(identifier: &str, data: &str) -> String {
    json!({"command": "message", "identifier": identifier, "data": data}).to_string()
}

fn confirmed(identifier: &str) -> String {
    format!(
        r#"{{"identifier":{},"type":"confirm_subscription"}}"#,
        json!(identifier)
    )
}

fn rejected(identifier: &str) -> String {
    format!(
        r#"{{"identifier":{},"type":"reject_subscription"}}"#,
        json!(identifier)
    )
}

#[test]
fn a_raw_client_subscribes_speaks_and_leaves() {
    let clerk = Clerk::default();
    let mut cable = Cable::new(
        clerk.clone(),
        Settings {
            extended: None,
            ping_phase_ms: 700,
            reconfirm: true,
        },
    );
    let mut out = Vec::new();
    cable.open(T0, &mut out);
    assert_eq!(short(out), [r#"{"type":"welcome"}"#, "wake +700"]);

    let i = r#""{\"channel\":\"RoomChannel\",\"pubsub_token\":\"kV3xq\"}""#;
    let subscribe = format!(r#"{{"command":"subscribe","identifier":{i}}}"#);
    assert_eq!(
        say(&mut cable, T0, &subscribe),
        [
            format!(r#"{{"identifier":{i},"type":"confirm_subscription"}}"#),
            format!(r#"follow 0 kV3xq {{"identifier":{i},"message":…}}"#),
            format!(r#"follow 0 account_7 {{"identifier":{i},"message":…}}"#),
            format!(r#"{{"identifier":{i},"message":{{"hello":1}}}}"#),
        ]
    );
    assert!(
        say(
            &mut cable,
            T0,
            &message(ROOM, r#"{"action":"update_presence"}"#)
        )
        .is_empty()
    );
    assert_eq!(
        say(&mut cable, T0, &message(ROOM, r#"{"action":"echo","n":1}"#)),
        [format!(
            r#"{{"identifier":{i},"message":{{"action":"echo","n":1}}}}"#
        )]
    );
    assert_eq!(
        say(&mut cable, T0, &command("unsubscribe", ROOM)),
        ["unfollow 0"]
    );
    assert!(say(&mut cable, T0, &message(ROOM, r#"{"action":"echo"}"#)).is_empty());
    assert_eq!(
        clerk.notes(),
        ["+kV3xq", "kV3xq:update_presence", "kV3xq:echo", "-kV3xq"]
    );
    assert_eq!(cable.ignored(), 1);
}

#[test]
fn refusals_are_answered_and_may_be_tried_again() {
    let (mut cable, _) = opened();
    let long = format!(
        r#"{{"channel":"RoomChannel","pubsub_token":"{}"}}"#,
        "t".repeat(3_000)
    );
    for identifier in [
        r#"{"channel":"RoomChannel","pubsub_token":"bad"}"#,
        r#"{"channel":"ChatChannel"}"#,
        r#"{"pubsub_token":"kV3xq"}"#,
        r#"{"channel":5}"#,
        "[]",
        "RoomChannel",
        "",
        &long,
    ] {
        for _ in 0..2 {
            assert_eq!(
                say(&mut cable, T0, &command("subscribe", identifier)),
                [rejected(identifier)]
            );
        }
    }
    assert_eq!((cable.subscriptions(), cable.ignored()), (0, 0));
}

#[test]
fn the_identifier_comes_back_as_it_was_written() {
    let (mut cable, _) = opened();
    for identifier in [
        r#"{"pubsub_token":"b","channel":"RoomChannel"}"#,
        r#"{ "channel" : "RoomChannel",  "pubsub_token":"b" }"#,
        r#"{"channel":"RoomChannel","pubsub_token":"b","user_id":1.0,"x":"\u00fc\"\\ü𝄞</\n"}"#,
    ] {
        let said = say(&mut cable, T0, &command("subscribe", identifier));
        assert_eq!(said[0], confirmed(identifier));
        let data: Value = serde_json::from_str(&said[3]).unwrap();
        assert_eq!(data["identifier"], identifier);
    }
    assert_eq!(
        cable.subscriptions(),
        3,
        "two texts are two subscriptions, whatever they mean"
    );
}

#[test]
fn two_identifiers_may_follow_one_topic() {
    let (mut cable, clerk) = opened();
    let other = r#"{"pubsub_token":"kV3xq","channel":"RoomChannel"}"#;
    say(&mut cable, T0, &command("subscribe", ROOM));
    let said = say(&mut cable, T0, &command("subscribe", other));
    assert!(said[1].starts_with("follow 1 kV3xq "), "{said:?}");
    assert_eq!(
        say(&mut cable, T0, &command("unsubscribe", ROOM)),
        ["unfollow 0"]
    );
    assert_eq!(
        say(&mut cable, T0, &message(other, r#"{"action":"echo"}"#)).len(),
        1
    );
    let again = say(&mut cable, T0, &command("subscribe", ROOM));
    assert!(
        again[1].starts_with("follow 2 kV3xq "),
        "a number is never used twice: {again:?}"
    );
    assert_eq!(
        clerk.notes(),
        ["+kV3xq", "+kV3xq", "-kV3xq", "kV3xq:echo", "+kV3xq"]
    );
}

#[test]
fn a_repeat_is_silent_unless_the_client_keeps_repeating() {
    let (mut cable, clerk) = opened();
    let subscribe = command("subscribe", ROOM);
    let mut at = |ms| say(&mut cable, T0 + ms, &subscribe);
    assert_eq!(at(0).len(), 4);
    // A burst sent before the confirmation could arrive is answered by it.
    assert!(at(0).is_empty());
    assert!(at(10).is_empty());
    // AnyCable's single repeat.
    assert!(at(5_000).is_empty());
    // Rails' guarantor: two repeats 500 ms apart, and one more on its way.
    assert!(at(60_000).is_empty());
    assert_eq!(at(60_500), [confirmed(ROOM)]);
    assert!(at(61_000).is_empty());
    assert_eq!(clerk.notes(), ["+kV3xq"]);
}

#[test]
fn confirming_again_can_be_switched_off() {
    let mut cable = Cable::new(
        Clerk::default(),
        Settings {
            extended: None,
            ping_phase_ms: 0,
            reconfirm: false,
        },
    );
    let subscribe = command("subscribe", ROOM);
    assert_eq!(say(&mut cable, T0, &subscribe).len(), 4);
    for n in 1..20 {
        assert!(say(&mut cable, T0 + n * 500, &subscribe).is_empty());
    }
}

#[test]
fn nonsense_is_counted_and_nothing_else() {
    let (mut cable, _) = opened();
    say(&mut cable, T0, &command("subscribe", ROOM));
    let unknown = r#"{"channel":"RoomChannel","pubsub_token":"other"}"#;
    let nonsense = [
        "".to_owned(),
        "hi".to_owned(),
        "{\"command\":\"subscribe\"".to_owned(),
        "{}".to_owned(),
        r#"{"command":"dance","identifier":"a"}"#.to_owned(),
        r#"{"command":"subscribe"}"#.to_owned(),
        command("unsubscribe", unknown),
        message(unknown, "{}"),
        message(ROOM, "not json"),
        command("message", ROOM),
    ];
    for text in &nonsense {
        assert!(say(&mut cable, T0, text).is_empty(), "{text}");
    }
    assert_eq!(cable.ignored() as usize, nonsense.len());
    assert_eq!(
        say(&mut cable, T0, &message(ROOM, r#"{"action":"echo"}"#)).len(),
        1,
        "still alive"
    );
}

#[test]
fn pings_keep_their_rhythm() {
    let (mut cable, _) = opened();
    let mut tick = |ms| {
        let mut out = Vec::new();
        cable.tick(T0 + ms, &mut out);
        short(out)
    };
    let ping = |s: u64| format!(r#"first {{"type":"ping","message":{}}}"#, T0 / 1_000 + s);
    assert_eq!(tick(0), [ping(0), "wake +3000".to_owned()]);
    assert_eq!(tick(2_999), ["wake +3000"]);
    assert_eq!(tick(3_050), [ping(3), "wake +6000".to_owned()]);
    assert_eq!(tick(20_000), [ping(20), "wake +23000".to_owned()]);
}

#[test]
fn goodbyes_name_their_reason_and_give_seats_back() {
    type Goodbye = fn(&mut Cable<Clerk>, &mut Vec<Effect>);
    let table: [(Goodbye, [&str; 2]); 4] = [
        (
            |c, out| c.too_slow(out),
            [
                r#"{"type":"disconnect","reason":"too_slow","reconnect":true}"#,
                "close 1001 ",
            ],
        ),
        (
            |c, out| c.going_away(out),
            [
                r#"{"type":"disconnect","reason":"server_restart","reconnect":true}"#,
                "close 1001 ",
            ],
        ),
        (
            |c, out| c.disconnect(Reason::Remote, true, out),
            [
                r#"{"type":"disconnect","reason":"remote","reconnect":true}"#,
                "close 1001 ",
            ],
        ),
        (
            |c, out| c.disconnect(Reason::Remote, false, out),
            [
                r#"{"type":"disconnect","reason":"remote","reconnect":false}"#,
                "close 1000 ",
            ],
        ),
    ];
    for (goodbye, expected) in table {
        let (mut cable, clerk) = opened();
        say(&mut cable, T0, &command("subscribe", ROOM));
        let mut out = Vec::new();
        goodbye(&mut cable, &mut out);
        assert_eq!(short(std::mem::take(&mut out)), expected);
        goodbye(&mut cable, &mut out);
        cable.tick(T0 + 9_000, &mut out);
        cable.text(&command("subscribe", ROOM), T0, &mut out);
        drop(cable);
        assert!(out.is_empty(), "{out:?}");
        assert_eq!(clerk.notes(), ["+kV3xq", "-kV3xq"]);
    }
}

#[test]
fn a_lost_socket_gives_seats_back() {
    let (mut cable, clerk) = opened();
    say(&mut cable, T0, &command("subscribe", ROOM));
    drop(cable);
    assert_eq!(clerk.notes(), ["+kV3xq", "-kV3xq"]);
}

#[test]
fn a_subscription_is_ended_alone_unless_it_is_the_last() {
    let (mut cable, clerk) = opened();
    let other = r#"{"channel":"RoomChannel","pubsub_token":"other"}"#;
    say(&mut cable, T0, &command("subscribe", ROOM));
    say(&mut cable, T0, &command("subscribe", other));
    let ended = |cable: &mut Cable<Clerk>, number| {
        let mut out = Vec::new();
        cable.dismiss(Some(number), &mut out);
        short(out)
    };
    assert_eq!(
        ended(&mut cable, 0),
        [rejected(ROOM), "unfollow 0".to_owned()]
    );
    assert_eq!(clerk.notes(), ["+kV3xq", "+other", "-kV3xq"]);
    // It may be asked for again, and is another one then.
    let again = say(&mut cable, T0, &command("subscribe", ROOM));
    assert_eq!(again[0], confirmed(ROOM));
    assert_eq!(ended(&mut cable, 2)[0], rejected(ROOM));
    assert_eq!(
        ended(&mut cable, 1),
        [
            r#"{"type":"disconnect","reason":"remote","reconnect":false}"#,
            "close 1000 "
        ]
    );
    assert!(ended(&mut cable, 1).is_empty());
}

#[test]
fn limits_hold() {
    let (mut cable, _) = opened();
    let identifier = |n| format!(r#"{{"channel":"RoomChannel","pubsub_token":"t{n}"}}"#);
    for n in 0..limits::SUBSCRIPTIONS_MAX {
        let said = say(&mut cable, T0, &command("subscribe", &identifier(n)));
        assert_eq!(said[0], confirmed(&identifier(n)));
    }
    let last = identifier(limits::SUBSCRIPTIONS_MAX);
    assert_eq!(
        say(&mut cable, T0, &command("subscribe", &last)),
        [rejected(&last)]
    );
    say(&mut cable, T0, &command("unsubscribe", &identifier(3)));
    assert_eq!(say(&mut cable, T0, &command("subscribe", &last)).len(), 4);

    let big = "x".repeat(limits::MESSAGE_BYTES_MAX + 1);
    assert_eq!(say(&mut cable, T0, &big), ["close 1009 message too big"]);
    assert_eq!(cable.subscriptions(), 0);
}

#[test]
fn an_idle_connection_is_small() {
    assert!(size_of::<Cable<u8>>() <= 80, "{}", size_of::<Cable<u8>>());
    assert!(size_of::<Live<u64>>() <= 112, "{}", size_of::<Live<u64>>());
}

impl Desk for u8 {
    type Seat = u64;
    fn subscribe(&mut self, _: &Params, _: Millis) -> Option<Seated<u64>> {
        None
    }
    fn perform(&mut self, _: &mut u64, _: &str, _: &Value, _: Millis) -> Vec<Bytes> {
        Vec::new()
    }
    fn unsubscribe(&mut self, _: u64) {}
}

proptest! {
    #[test]
    fn every_seat_comes_back_once(commands in prop::collection::vec((0..4u8, 0..3u8), 0..40)) {
        let (mut cable, clerk) = opened();
        for (verb, n) in commands {
            let identifier = format!(r#"{{"channel":"RoomChannel","pubsub_token":"{n}"}}"#);
            let text = match verb {
                0 | 1 => command("subscribe", &identifier),
                2 => command("unsubscribe", &identifier),
                _ => message(&identifier, "{}"),
            };
            say(&mut cable, T0, &text);
        }
        drop(cable);
        for n in 0..3 {
            let notes = clerk.notes();
            let count = |sign: char| notes.iter().filter(|note| **note == format!("{sign}{n}")).count();
            prop_assert_eq!(count('+'), count('-'));
        }
    }

    #[test]
    fn no_text_can_break_a_session(text in ".{0,120}") {
        let (mut cable, _) = opened();
        say(&mut cable, T0, &text);
        let said = say(&mut cable, T0, &command("subscribe", &text));
        prop_assert_eq!(said.len(), 1);
    }
}
