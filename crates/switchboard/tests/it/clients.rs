//! The vendors' own clients, unmodified, against the real binary.
//!
//! A check that something does not arrive never waits for a while: it makes something else happen afterwards that
//! does arrive, on the same socket, and then looks at everything that came before.

mod answers;
mod anycable;
mod changes;
mod employees;
mod every_message;
mod labels;
mod liveness;
mod presence;
mod pusher_channels;
mod recipients;
mod restart;
mod resume;
mod rooms;
mod shape;
mod shapes;
mod windows;

use serde_json::{Value, json};
use testkit::{connector::Connector, demo::Demo, node::Node};

use crate::BINARY;

/// The telephone of a customer.
const FRANK: &str = "447700900901";
/// And of another.
const GRACE: &str = "447700900902";

/// The versions of pusher-js.
const PUSHERS: [&str; 2] = ["pusher-js-7", "pusher-js-8"];
/// The versions of @rails/actioncable.
const CABLES: [&str; 2] = ["actioncable-6", "actioncable-8"];

async fn start() -> (Demo, Connector) {
    let connector = Connector::start().await;
    (Demo::start(BINARY, Some(&connector.url())).await, connector)
}

// === what happens ===

/// A customer writes. The text is also the message's id on their network.
async fn customer_writes(demo: &Demo, from: &str, text: &str) {
    let taken = demo
        .post(json!([demo.inbound(from, text, text)]))
        .await
        .ok();
    assert_eq!(taken["messages"][0]["status"], "accepted", "{taken}");
}

/// Alice answers; the answer's id.
async fn agent_writes(demo: &Demo, conversation: i64, text: &str) -> Value {
    let path = format!("/conversations/{conversation}/messages");
    demo.agent("POST", &path, Some(json!({ "content": text })))
        .await
        .ok()["id"]
        .take()
}

/// Alice does something else to a conversation.
async fn agent_does(demo: &Demo, conversation: i64, what: &str, body: Value) -> Value {
    demo.agent(
        "POST",
        &format!("/conversations/{conversation}/{what}"),
        Some(body),
    )
    .await
    .ok()
}

/// The token by which the customer of a conversation follows it, as an agent's program finds it.
async fn contact_token(demo: &Demo, conversation: i64) -> String {
    let page = demo
        .agent(
            "GET",
            &format!("/conversations/{conversation}/messages"),
            None,
        )
        .await;
    page.ok()["payload"][0]["sender"]["pubsub_token"]
        .as_str()
        .unwrap()
        .to_owned()
}

// === who listens ===

/// A program of ChatApp's, with the demo's own token.
fn pusher(demo: &Demo, client: &str, channels: &[&str]) -> Node {
    pusher_with(demo, client, channels, json!({}))
}

/// The same, with some of its settings replaced.
fn pusher_with(demo: &Demo, client: &str, channels: &[&str], other: Value) -> Node {
    let address = demo.url("");
    let (host, port) = address
        .strip_prefix("http://")
        .unwrap()
        .split_once(':')
        .unwrap();
    let mut config = json!({
        "client": client,
        "key": demo.text("/pusher/key"),
        "host": host,
        "port": port.parse::<u16>().unwrap(),
        "authEndpoint": demo.url("/broadcasting/auth"),
        "authorization": demo.text("/chatapp/access_token"),
        "channels": channels,
    });
    config
        .as_object_mut()
        .unwrap()
        .extend(other.as_object().unwrap().clone());
    Node::run("pusher.mjs", config)
}

/// The channel of the demo's connector.
fn messenger_channel(demo: &Demo) -> String {
    let (license, messenger) = (demo.text("/license_id"), demo.text("/ctlive/messenger"));
    format!("private-v1.licenses.{license}.messengers.{messenger}")
}

/// A program of OneChat's.
fn cable(demo: &Demo, client: &str, room: &str) -> Node {
    let config = json!({ "client": client, "url": demo.socket_url("/cable"), "room": room });
    Node::run("actioncable.mjs", config)
}

/// A bare socket that subscribes to these rooms as soon as it is open.
fn raw(demo: &Demo, rooms: &[&str]) -> Node {
    let first: Vec<Value> = rooms
        .iter()
        .map(|room| command("subscribe", room))
        .collect();
    let config = json!({ "url": demo.socket_url("/cable"), "first": first });
    Node::run("raw.mjs", config)
}

/// A frame of the cable's.
fn command(command: &str, room: &str) -> Value {
    json!({ "command": command, "identifier": room })
}

/// The identifier of the demo's agent with this index.
fn agent_room(demo: &Demo, index: usize) -> String {
    let agent = &demo.card["agents"][index];
    room(
        agent["pubsub_token"].as_str().unwrap(),
        &demo.card["account_id"],
        &agent["id"],
    )
}

/// An agent's identifier, with its keys in the document's order.
fn room(token: &str, account: &Value, user: &Value) -> String {
    format!(
        r#"{{"channel":"RoomChannel","pubsub_token":"{token}","account_id":{account},"user_id":{user}}}"#
    )
}

/// A contact's identifier.
fn contact_room(token: &str) -> String {
    format!(r#"{{"channel":"RoomChannel","pubsub_token":"{token}"}}"#)
}

/// Waits until a subscription is confirmed, whatever the client.
async fn ready(node: &mut Node) {
    node.expect("that it is subscribed", is_ready).await;
}

/// Whether a line says that a subscription is confirmed.
fn is_ready(line: &Value) -> bool {
    line.get("ready").is_some() || line["frame"]["type"] == "confirm_subscription"
}

/// Waits until a client was told of a message with this text.
async fn told(node: &mut Node, text: &str) {
    node.expect(text, |line| text_of(line) == Some(text)).await;
}

/// The text of the message that a line tells of, in whichever protocol.
fn text_of(line: &Value) -> Option<&str> {
    match line["event"].as_str()? {
        "message" => line.pointer("/data/payload/data/0/message/text")?.as_str(),
        "message.created" => line["data"]["content"].as_str(),
        _ => None,
    }
}

/// The texts of all messages that a client was told of.
fn texts(node: &Node) -> Vec<String> {
    node.lines()
        .iter()
        .filter_map(text_of)
        .map(str::to_owned)
        .collect()
}
