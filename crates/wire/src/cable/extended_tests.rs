//! Dialogues of the extended protocol, played without a socket.

use std::{cell::RefCell, rc::Rc};

use bytes::Bytes;
use serde_json::Value;

use super::*;
use crate::{
    cable::{Extended, Settings},
    session::{Envelope, Session},
};

const T0: Millis = 1_790_000_000_000;

/// Seats everybody but `bad` and remembers what was parked. With somebody called `revoked` in the channel, nothing that
/// was given holds any more.
#[derive(Clone, Default)]
struct Clerk(Rc<RefCell<Vec<String>>>, Rc<RefCell<Vec<(String, String)>>>);

impl Desk for Clerk {
    type Seat = ();

    fn subscribe(&mut self, params: &Params, _: Millis) -> Option<Seated<()>> {
        (params.channel() == "Room").then(|| Seated {
            seat: (),
            topics: vec!["t1".to_owned(), "t2".to_owned()],
            transmit: vec![Bytes::from_static(b"1")],
            stream: "s".to_owned(),
            whispers: Some("w".to_owned()),
            gathering: Some("g".to_owned()),
        })
    }

    fn perform(&mut self, (): &mut (), _: &str, _: &Value, _: Millis) -> Vec<Bytes> {
        Vec::new()
    }

    fn holds(&self, _: &Params) -> bool {
        self.1.borrow().iter().all(|(id, _)| id != "revoked")
    }

    fn unsubscribe(&mut self, (): ()) {}

    fn join(&mut self, (): &mut (), id: &str, info: &str) -> Option<bool> {
        let mut all = self.1.borrow_mut();
        let news = all.iter().all(|(known, _)| known != id);
        all.push((id.to_owned(), info.to_owned()));
        (id != "other").then_some(news)
    }

    fn leave(&mut self, (): &mut ()) -> Option<String> {
        self.1.borrow_mut().pop().map(|(id, _)| id)
    }

    fn gathered(&self, (): &()) -> Vec<(String, String)> {
        self.1.borrow().clone()
    }

    fn position(&self) -> u64 {
        70
    }

    fn park(&mut self, sid: &str, identifiers: Vec<String>) {
        self.0
            .borrow_mut()
            .push(format!("{sid} {}", identifiers.join(" ")));
    }
}

fn opened(restored: &[&str]) -> (Cable<Clerk>, Clerk, Vec<String>) {
    let clerk = Clerk::default();
    let extended = Extended {
        sid: "sid-1".to_owned(),
        epoch: "e1".to_owned(),
        restored: restored.iter().map(|it| (*it).to_owned()).collect(),
    };
    let settings = Settings {
        extended: Some(Box::new(extended)),
        ..Settings::default()
    };
    let mut cable = Cable::new(clerk.clone(), settings);
    let mut out = Vec::new();
    cable.open(T0, &mut out);
    (cable, clerk, short(out))
}

fn say(cable: &mut Cable<Clerk>, text: &str) -> Vec<String> {
    let mut out = Vec::new();
    cable.text(text, T0, &mut out);
    short(out)
}

fn short(out: Vec<Effect>) -> Vec<String> {
    let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).unwrap();
    out.into_iter()
        .map(|effect| match effect {
            Effect::Send(frame) => text(frame),
            Effect::Follow { topic, .. } => format!("follow {topic}"),
            Effect::Unfollow { subscription } => format!("unfollow {subscription}"),
            Effect::Relay { topic, text: told } => format!("relay {topic} {}", text(told)),
            Effect::CatchUpAll {
                topics,
                since,
                verdicts,
                ..
            } => format!("catch up {topics:?} {since:?} {}", verdicts.is_some()),
            other => format!("{other:?}"),
        })
        .collect()
}

const ROOM: &str = r#"{"command":"subscribe","identifier":"{\"channel\":\"Room\"}""#;
const ID: &str = r#""{\"channel\":\"Room\"}""#;

#[test]
fn a_subscription_is_a_stream_with_places() {
    let (mut cable, _, welcome) = opened(&[]);
    assert_eq!(welcome[0], r#"{"type":"welcome","sid":"sid-1"}"#);
    let mut out = Vec::new();
    cable.text(&format!("{ROOM}}}"), T0, &mut out);
    let Some(Effect::Follow {
        envelope:
            Some(Envelope {
                before_number,
                tail,
                ..
            }),
        ..
    }) = out.get(2)
    else {
        panic!("{out:?}");
    };
    let place = before_number.clone().unwrap();
    assert_eq!(
        &place[..][..],
        br#","stream_id":"s","epoch":"e1","offset":"#
    );
    assert_eq!(&tail[..], b"}");
    assert_eq!(
        short(out)[2..],
        ["follow t1", "follow t2", "follow w", "follow g"].map(str::to_owned)
    );
}

#[test]
fn what_was_missed_is_asked_by_place_then_by_time_and_another_servers_place_is_refused() {
    for (history, expected) in [
        (
            r#"{"since":5,"streams":{"s":{"offset":33,"epoch":"e1"}}}"#,
            r#"catch up ["t1", "t2"] Number(33) true"#.to_owned(),
        ),
        (
            r#"{"since":5,"streams":{}}"#,
            r#"catch up ["t1", "t2"] Time(5) true"#.to_owned(),
        ),
        (
            r#"{"since":5,"streams":{"s":{"offset":33,"epoch":"e0"}}}"#,
            format!(r#"{{"type":"reject_history","identifier":{ID}}}"#),
        ),
        (
            r#"{"streams":{}}"#,
            format!(r#"{{"type":"confirm_history","identifier":{ID}}}"#),
        ),
    ] {
        let (mut cable, ..) = opened(&[]);
        let told = say(&mut cable, &format!(r#"{ROOM},"history":{history}}}"#));
        assert!(told[0].contains("confirm_subscription"));
        assert!(told.contains(&expected), "{history}: {told:?}");
        // Whatever the history says, what comes is told.
        let follows = told
            .iter()
            .any(|it| it.starts_with("catch up") || it == "follow t1");
        assert!(follows, "{history}: {told:?}");
    }
}

#[test]
fn a_restored_session_waits_for_the_clients_place_or_the_next_ping() {
    let identifier = r#"{"channel":"Room"}"#;
    let gone = r#"{"channel":"Gone"}"#;
    let (mut cable, _, welcome) = opened(&[identifier, gone]);
    assert_eq!(
        welcome[0],
        format!(r#"{{"type":"welcome","sid":"sid-1","restored":true,"restored_ids":[{ID}]}}"#)
    );
    assert!(!welcome.iter().any(|it| it.starts_with("follow")));
    let history = r#"{"streams":{"s":{"offset":9,"epoch":"e1"}}}"#;
    let told = say(
        &mut cable,
        &format!(r#"{{"command":"history","identifier":{ID},"history":{history}}}"#),
    );
    assert!(told.contains(&r#"catch up ["t1", "t2"] Number(9) true"#.to_owned()));

    let (mut silent, ..) = opened(&[identifier]);
    let mut out = Vec::new();
    silent.tick(T0 + 3_000, &mut out);
    assert!(short(out).contains(&r#"catch up ["t1", "t2"] Number(70) false"#.to_owned()));
}

#[test]
fn what_was_restored_and_does_not_hold_any_more_is_given_nothing() {
    let identifier = r#"{"channel":"Room"}"#;
    let history = format!(r#"{{"command":"history","identifier":{ID},"history":{{"since":9}}}}"#);
    let revoked = ("revoked".to_owned(), "1".to_owned());
    let away = r#"{"type":"disconnect","reason":"remote","reconnect":false}"#;
    for asks in [true, false] {
        let (mut cable, clerk, _) = opened(&[identifier]);
        clerk.1.borrow_mut().push(revoked.clone());
        let told = if asks {
            say(&mut cable, &history)
        } else {
            let mut out = Vec::new();
            cable.tick(T0 + 3_000, &mut out);
            short(out)
        };
        assert_eq!(told[0], away, "{told:?}");
        assert_eq!(told.len(), 2, "{told:?}");
        drop(cable);
        assert!(clerk.0.borrow().is_empty(), "it could come back");
    }
    // Whoever follows is told by those whom they follow.
    let (mut cable, clerk, _) = opened(&[identifier]);
    say(&mut cable, &history);
    clerk.1.borrow_mut().push(revoked);
    assert_ne!(say(&mut cable, r#"{"command":"ping"}"#)[0], away);
}

#[test]
fn a_connection_that_breaks_off_leaves_word_and_one_that_is_sent_away_does_not() {
    let (mut cable, clerk, _) = opened(&[]);
    say(&mut cable, &format!("{ROOM}}}"));
    drop(cable);
    assert_eq!(clerk.0.borrow()[..], [r#"sid-1 {"channel":"Room"}"#]);
    let (mut cable, clerk, _) = opened(&[]);
    say(&mut cable, &format!("{ROOM}}}"));
    cable.going_away(&mut Vec::new());
    drop(cable);
    assert!(clerk.0.borrow().is_empty());
}

#[test]
fn whispers_and_pings() {
    let (mut cable, ..) = opened(&[]);
    say(&mut cable, &format!("{ROOM}}}"));
    let whisper = format!(r#"{{"command":"whisper","identifier":{ID},"data":{{"x":1}}}}"#);
    assert_eq!(say(&mut cable, &whisper), [r#"relay w {"x":1}"#]);
    assert_eq!(
        say(&mut cable, r#"{"command":"ping"}"#),
        [r#"{"type":"pong"}"#]
    );
    // Whoever answers pings once must go on.
    say(&mut cable, r#"{"command":"pong"}"#);
    let mut out = Vec::new();
    cable.tick(T0 + 9_001, &mut out);
    assert!(short(out)[0].contains("no_pong"));
}

#[test]
fn who_is_here_is_told_to_everybody_when_it_is_news() {
    let (mut cable, ..) = opened(&[]);
    say(&mut cable, &format!("{ROOM}}}"));
    let ask = |what: &str, more: &str| format!(r#"{{"command":"{what}","identifier":{ID}{more}}}"#);
    let told =
        |message: &str| format!(r#"{{"type":"presence","identifier":{ID},"message":{message}}}"#);
    let info = ask("presence", "");
    assert_eq!(
        say(&mut cable, &info),
        [told(r#"{"type":"info","total":0}"#)]
    );
    let join = ask("join", r#","presence":{"id":7,"info":{"n":"x"}}"#);
    let came = r#"{"type":"join","id":"7","info":{"n":"x"}}"#;
    assert_eq!(
        say(&mut cable, &join),
        [told(came), format!("relay g {came}")]
    );
    assert!(say(&mut cable, &join).is_empty());
    say(&mut cable, &ask("leave", ""));
    let all = r#"{"type":"info","total":1,"records":[{"id":"7","info":{"n":"x"}}]}"#;
    assert_eq!(say(&mut cable, &info), [told(all)]);
    let number = ask("presence", r#","data":{"return_records":false}"#);
    assert_eq!(
        say(&mut cable, &number),
        [told(r#"{"type":"info","total":1}"#)]
    );
    let left = r#"{"type":"leave","id":"7"}"#;
    assert_eq!(
        say(&mut cable, &ask("unsubscribe", "")),
        [format!("relay g {left}"), "unfollow 0".to_owned()]
    );
    // With the subscribe, after everything else of it.
    let subscribed = say(&mut cable, &format!(r#"{ROOM},"presence":{{"id":"me"}}}}"#));
    assert_eq!(
        subscribed.last().unwrap(),
        r#"relay g {"type":"join","id":"me","info":null}"#
    );
    // What is refused: another id, too much, nobody.
    let error = told(r#"{"type":"error","total":0}"#);
    let long = "x".repeat(5_000);
    for presence in [
        r#"{"id":"other"}"#.to_owned(),
        format!(r#"{{"id":"a","info":"{long}"}}"#),
        format!(r#"{{"id":"{long}"}}"#),
    ] {
        let join = ask("join", &format!(r#","presence":{presence}"#));
        assert_eq!(say(&mut cable, &join).join("|"), error, "{presence}");
    }
    assert!(say(&mut cable, &ask("join", "")).is_empty());
}
