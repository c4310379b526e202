//! Presence and cache channels: what a newcomer is told, from which number on, and what is given back.

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fake_desk::{FakeDesk, NUMBER};
use super::{Client, sent};
use crate::pusher::Settings;
use crate::pusher::desk::Full;
use crate::session::{Effect, Session as _};

const TEN: &str = r#"{"user_id":10,"user_info":{"name":"Mr. Channels"}}"#;
const ELEVEN: &str = r#"{"user_id":"11"}"#;

fn clients(count: u64) -> (FakeDesk, Vec<Client>) {
    let desk = FakeDesk::default();
    let open = |socket| Client::open_at(socket, desk.clone(), true, Settings::default());
    let clients = (1..=count).map(open).collect();
    (desk, clients)
}

fn frame(effect: &Effect) -> Value {
    let Effect::Send(text) = effect else {
        panic!("{effect:?}")
    };
    serde_json::from_slice(text).unwrap()
}

fn follow_after(topic: &str, subscription: u32) -> Effect {
    Effect::FollowAfter {
        topic: topic.into(),
        subscription,
        after: NUMBER,
    }
}

fn presence(frame: &Value) -> Value {
    assert_eq!(frame["event"], "pusher_internal:subscription_succeeded");
    let data: Value = serde_json::from_str(frame["data"].as_str().unwrap()).unwrap();
    data["presence"].clone()
}

#[test]
fn a_newcomer_is_told_of_everybody_and_itself_and_then_follows() {
    let (_, mut clients) = clients(2);
    let effects = clients[0].joins("presence-c", Some(TEN));
    let data = r#""{\"presence\":{\"count\":1,\"ids\":[\"10\"],\"hash\":{\"10\":{\"name\":\"Mr. Channels\"}}}}""#;
    let Effect::Send(text) = &effects[0] else {
        panic!()
    };
    let expected = format!(
        r#"{{"event":"pusher_internal:subscription_succeeded","data":{data},"channel":"presence-c"}}"#
    );
    assert_eq!(text, expected.as_bytes());
    assert_eq!(effects[1..], [follow_after("pusher/3/presence-c", 0)]);

    let effects = clients[1].joins("presence-c", Some(ELEVEN));
    let members = presence(&frame(&effects[0]));
    let hash = json!({ "10": { "name": "Mr. Channels" }, "11": null });
    assert_eq!(
        members,
        json!({ "count": 2, "ids": ["10", "11"], "hash": hash })
    );
    let again = clients[0].joins("presence-c", Some(TEN));
    assert_eq!(
        presence(&sent(&again))["count"],
        2,
        "told again, not seated again"
    );
}

#[test]
fn nobody_is_present_without_saying_who() {
    let (desk, mut clients) = clients(1);
    let client = &mut clients[0];
    let large = json!({ "user_id": 1, "user_info": "x".repeat(1023) }).to_string();
    for (data, kind, status) in [
        (None, "AuthError", 401),
        (Some("{}"), "AuthError", 401),
        (Some("nonsense"), "AuthError", 401),
        (Some(&*large), "LimitReached", 4301),
    ] {
        let frame = sent(&client.joins("presence-c", data));
        assert_eq!(frame["event"], "pusher:subscription_error");
        assert_eq!(
            (&frame["data"]["type"], &frame["data"]["status"]),
            (&json!(kind), &json!(status))
        );
    }
    let unsigned = client.subscribes("presence-c", None);
    assert_eq!(sent(&unsigned)["data"]["type"], "AuthError");
    assert!(desk.0.borrow().asked.is_empty());
    for (full, status) in [(Full::Members, 4004), (Full::Node, 4100)] {
        desk.0.borrow_mut().full = Some(full);
        let frame = sent(&client.joins("presence-c", Some(TEN)));
        assert_eq!(frame["data"]["status"], status);
    }
    assert_eq!(client.joins("presence-c", Some(TEN)).len(), 2);
}

#[test]
fn a_members_events_carry_its_id() {
    let (_, mut clients) = clients(1);
    clients[0].joins("presence-c", Some(TEN));
    let text = r#"{"event":"client-x","channel":"presence-c","data":{"a":1}}"#;
    let relayed = r#"{"event":"client-x","data":{"a":1},"channel":"presence-c","user_id":"10"}"#;
    let relay = Effect::Relay {
        topic: "pusher/3/presence-c".into(),
        text: relayed.into(),
    };
    assert_eq!(clients[0].says(text), [relay]);
}

#[test]
fn a_cache_channel_is_acknowledged_replayed_and_then_followed() {
    let (desk, mut clients) = clients(1);
    let last = Bytes::from_static(br#"{"event":"e","data":"d","channel":"cache-c"}"#);
    desk.0
        .borrow_mut()
        .cached
        .insert("pusher/3/cache-c".into(), last.clone());
    let effects = clients[0].subscribes("cache-c", None);
    assert_eq!(frame(&effects[0])["data"], "{}");
    assert_eq!(effects[1], Effect::Send(last));
    assert_eq!(effects[2..], [follow_after("pusher/3/cache-c", 0)]);

    for (channel, data) in [
        ("private-cache-c", None),
        ("private-encrypted-cache-c", None),
        ("presence-cache-c", Some(TEN)),
    ] {
        let refused = sent(&clients[0].subscribes(channel, Some("278d425bdf160c739803:00")));
        assert_eq!(refused["data"]["type"], "AuthError", "{channel} is signed");
        let effects = clients[0].joins(channel, data);
        let miss = json!({ "event": "pusher:cache_miss", "data": "{}", "channel": channel });
        assert_eq!(frame(&effects[1]), miss);
        assert_eq!(effects.len(), 3);
    }
}

#[test]
fn whatever_ends_a_connection_gives_its_seats_back() {
    let ends: [fn(&mut Client); 4] = [
        |_| {},
        |client| client.session.too_slow(&mut Vec::new()),
        |client| client.session.dismiss(None, &mut Vec::new()),
        |client| client.session.going_away(&mut Vec::new()),
    ];
    for end in ends {
        let (desk, mut clients) = clients(2);
        clients[0].joins("presence-c", Some(TEN));
        clients[0].subscribes("c", None);
        clients[0].signs_in(r#"{"id":"u"}"#);
        clients[1].joins("presence-c", Some(TEN));
        let mut gone = clients.swap_remove(0);
        end(&mut gone);
        drop(gone);
        let node = desk.0.borrow();
        assert_eq!(node.asked.len(), 7, "{:?}", node.asked);
        assert_eq!(node.seats.values().sum::<u32>(), 1);
        assert!(node.users.is_empty());
    }
}

#[test]
fn a_server_that_goes_away_tells_nobody_who_leaves() {
    let (desk, mut clients) = clients(1);
    clients[0].joins("presence-c", Some(TEN));
    clients[0].session.going_away(&mut Vec::new());
    assert_eq!(desk.0.borrow().asked.len(), 1);
}

proptest! {
    /// Random walks of three connections over four channels: the seats are those that a plain set says.
    #[test]
    fn the_desk_knows_exactly_who_follows_what(
        steps in proptest::collection::vec((0_usize..3, 0_usize..4, any::<bool>()), 0..60),
        closed in 0_usize..3,
    ) {
        let channels = ["presence-a", "cache-b", "private-c", "d"];
        let (desk, mut clients) = clients(3);
        let mut expected = std::collections::BTreeSet::new();
        for (client, channel, joins) in steps {
            let name = channels[channel];
            if joins {
                let data = (channel == 0).then_some(ELEVEN);
                clients[client].joins(name, data);
                expected.insert((client, channel));
            } else {
                let data = json!({ "channel": name });
                let text = json!({ "event": "pusher:unsubscribe", "data": data });
                let effects = clients[client].says(&text.to_string());
                prop_assert_eq!(effects.len(), usize::from(expected.remove(&(client, channel))));
            }
        }
        drop(clients.remove(closed));
        expected.retain(|(client, _)| *client != closed);
        for (at, channel) in channels.iter().enumerate() {
            let topic = format!("pusher/3/{channel}");
            let node = desk.0.borrow();
            let seated = node.seats.iter().filter(|((it, _), _)| *it == topic);
            let seated: u32 = seated.map(|(_, connections)| *connections).sum();
            let followers = expected.iter().filter(|(_, it)| *it == at).count();
            prop_assert_eq!(usize::try_from(seated).unwrap(), followers);
        }
    }
}
