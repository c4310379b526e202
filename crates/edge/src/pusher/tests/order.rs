//! What follows from an event is heard after it, however far behind a shard is.

use std::sync::mpsc::{Receiver, Sender, channel};

use bytes::Bytes;
use serde_json::{Value, json};
use wire::{
    pusher::{Settings, frames, topic},
    session::{Effect, Millis, Session},
};

use super::{
    client::{APP, Client, Node, SHARDS, pair},
    followed_by, user,
};
use crate::socket::Arrival;

/// A connection whose protocol keeps its shard busy until it is told to go on.
struct Busy {
    begun: Sender<()>,
    go_on: Receiver<()>,
}

impl Session for Busy {
    fn open(&mut self, _: Millis, _: &mut Vec<Effect>) {
        self.begun.send(()).unwrap();
        self.go_on.recv().unwrap();
    }
    fn text(&mut self, _: &str, _: Millis, _: &mut Vec<Effect>) {}
    fn tick(&mut self, _: Millis, _: &mut Vec<Effect>) {}
    fn too_slow(&mut self, _: &mut Vec<Effect>) {}
    fn going_away(&mut self, _: &mut Vec<Effect>) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_leaves_upon_an_event_is_gone_after_it_for_everybody() {
    let node = Node::start(Settings::default());
    let mut clients = Vec::new();
    for id in 0..SHARDS {
        let mut client = Client::open(&node).await;
        client.join("presence-c", &user(id)).await;
        clients.push(client);
    }
    // The shards take turns: one connection each, and then the first again.
    clients.push(Client::open(&node).await);
    let ((begun, has_begun), (release, go_on)) = (channel(), channel());
    let (_ours, theirs) = pair();
    let arrival = Arrival {
        stream: theirs,
        early: Bytes::new(),
        session: Box::new(Busy { begun, go_on }),
        key: 1,
    };
    node.hub.adopt(arrival).await;
    has_begun.recv().unwrap();

    let event = frames::event("news", "presence-c", "1");
    node.hub.publish(&topic(APP, "presence-c"), event).await;
    clients[0].until("news").await;
    let said = json!({ "event": "client-heard", "channel": "presence-c" });
    clients[0].send(&said).await;
    clients[0].leave("presence-c").await;
    followed_by(&node, "presence-c", 2).await;
    release.send(()).unwrap();

    let told = clients[1].until("pusher_internal:member_removed").await;
    let names: Vec<&Value> = told.iter().map(|it| &it["event"]).collect();
    assert_eq!(
        names,
        ["pusher_internal:member_added", "news", "client-heard"]
    );
}
