//! Every topic of the sockets, with the wrong credentials.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use testkit::wait::PATIENCE;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use super::world::{MARKER, World};

pub(super) type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(super) async fn next(stream: &mut Stream) -> Value {
    loop {
        let frame = timeout(PATIENCE, stream.next())
            .await
            .expect("nothing comes");
        if let Some(Ok(Message::Text(text))) = frame {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

/// Subscribes on a socket of its own; returns it with what it was answered.
pub(super) async fn follow(world: &World, identifier: &Value) -> (Stream, String) {
    let (mut stream, _) = connect_async(world.demo.socket_url("/cable"))
        .await
        .unwrap();
    let command = json!({ "command": "subscribe", "identifier": identifier.to_string() });
    stream
        .send(Message::text(command.to_string()))
        .await
        .unwrap();
    loop {
        let told = next(&mut stream).await;
        let kind = told["type"].as_str().unwrap_or_default();
        if kind.ends_with("_subscription") {
            return (stream, kind.to_owned());
        }
    }
}

#[tokio::test]
async fn nobody_follows_anything_with_somebody_elses_token() {
    let world = World::start().await;
    let room = |token: &str, account: i64, user: i64| json!({ "channel": "RoomChannel", "pubsub_token": token, "account_id": account, "user_id": user });
    let (eve, eves) = (world.other_room.0.as_str(), world.other_room.1);
    let (ann, contact) = (
        world.demo.text("/agents/0/pubsub_token"),
        world.other_contact.as_str(),
    );
    let forged = format!("{}x", &ann[..ann.len() - 1]);
    let mut sockets = Vec::new();
    for (what, identifier) in [
        (
            "another account's agent in this account",
            room(eve, 1, eves),
        ),
        ("another account's agent as one of this", room(eve, 1, 1)),
        ("another account's agent as one of theirs", room(eve, 2, 1)),
        ("this account's agent in another", room(&ann, 2, 1)),
        ("this account's agent as another one", room(&ann, 1, 2)),
        ("a customer as an agent", room(contact, 1, 1)),
        ("a forged token", room(&forged, 1, 1)),
        (
            "an agent's token as a customer's",
            json!({ "channel": "RoomChannel", "pubsub_token": forged }),
        ),
        (
            "another channel",
            json!({ "channel": "AdminChannel", "pubsub_token": ann, "account_id": 1, "user_id": 1 }),
        ),
        (
            "no token",
            json!({ "channel": "RoomChannel", "account_id": 1, "user_id": 1 }),
        ),
    ] {
        let (stream, told) = follow(&world, &identifier).await;
        assert_eq!(told, "reject_subscription", "{what}");
        sockets.push((what, stream));
    }
    // These are whom they say they are, and are told of their own things only.
    for (what, identifier) in [
        ("the other account's agent", room(eve, 2, eves)),
        (
            "the other account's customer",
            json!({ "channel": "RoomChannel", "pubsub_token": contact }),
        ),
    ] {
        let (stream, told) = follow(&world, &identifier).await;
        assert_eq!(told, "confirm_subscription", "{what}");
        sockets.push((what, stream));
    }
    let (mut owner, told) = follow(&world, &room(&ann, 1, 1)).await;
    assert_eq!(told, "confirm_subscription");
    let text = format!("{MARKER} five");
    let item = world.demo.inbound("447700900911", "in-2", &text);
    world.demo.post(json!([item])).await.ok();
    while next(&mut owner).await["message"]["data"]["content"] != *text {}
    for (what, mut stream) in sockets {
        // Two pings later whatever was on its way has come.
        let mut pings = 0;
        while pings < 2 {
            let told = next(&mut stream).await;
            assert!(!told.to_string().contains(MARKER), "{what}: {told}");
            pings += i32::from(told["type"] == "ping");
        }
    }
}

#[tokio::test]
async fn no_channel_is_authorized_for_another_company() {
    let world = World::start().await;
    let messengers = world.demo.card["chatapp"]["messengers"].clone();
    let url = world.demo.url("/broadcasting/auth");
    for stranger in &world.strangers {
        let mut told = Vec::new();
        let own = messengers.as_array().unwrap().iter();
        let there =
            own.map(|it| format!("private-v1.licenses.1.messengers.{}", it.as_str().unwrap()));
        let nowhere = [
            "private-v1.licenses.99.messengers.ctlive",
            "private-v1.companies.99",
        ]
        .map(str::to_owned);
        for channel in there
            .chain(["private-v1.companies.1".to_owned()])
            .chain(nowhere)
        {
            let body = json!({ "socket_id": "1.1", "channel_name": channel }).to_string();
            let mut headers: Vec<(&str, &str)> = stranger
                .headers
                .iter()
                .map(|(k, v)| (*k, v.as_str()))
                .collect();
            headers.push(("content-type", "application/json"));
            let answer = world.demo.client.send("POST", &url, &headers, body).await;
            assert_eq!(answer.status, 403, "{} {channel}", stranger.name);
            told.push(answer.text());
        }
        told.dedup();
        assert_eq!(told.len(), 1, "the same whether it is there or not");
    }
}
