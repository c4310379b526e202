//! What happens on one node is seen on the other.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use testkit::{demo::Demo, wait::PATIENCE};
use tokio::time::timeout;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use super::{Pair, say_all};

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// The first agent's cable on a server, followed.
async fn cable(demo: &Demo) -> Socket {
    let identifier = json!({
        "channel": "RoomChannel", "pubsub_token": demo.text("/agents/0/pubsub_token"),
        "account_id": demo.text("/account_id"), "user_id": demo.text("/agents/0/id"),
    });
    let subscribe = json!({ "command": "subscribe", "identifier": identifier.to_string() });
    let (mut socket, _) = connect_async(demo.socket_url("/cable")).await.unwrap();
    let subscribe = Message::text(subscribe.to_string());
    socket.send(subscribe).await.unwrap();
    frame(&mut socket, |it| it["type"] == "confirm_subscription").await;
    socket
}

/// The next frame that is wanted.
async fn frame(socket: &mut Socket, wanted: impl Fn(&Value) -> bool) -> Value {
    let find = async {
        loop {
            let text = socket.next().await.unwrap().unwrap().into_text().unwrap();
            let frame: Value = serde_json::from_str(&text).unwrap();
            if wanted(&frame) {
                return frame;
            }
        }
    };
    timeout(PATIENCE, find)
        .await
        .expect("a frame that was wanted")
}

/// The texts of the next new messages, as a cable tells them.
async fn texts(socket: &mut Socket, count: usize) -> Vec<String> {
    let mut texts = Vec::new();
    while texts.len() < count {
        let told = frame(socket, |it| it["message"]["event"] == "message.created").await;
        let content = &told["message"]["data"]["content"];
        texts.push(content.as_str().unwrap().to_owned());
    }
    texts
}

#[tokio::test]
async fn a_message_through_one_node_is_seen_live_on_the_other_once_and_in_order() {
    let pair = Pair::start().await;
    let mut sockets = [cable(&pair.one).await, cable(&pair.two).await];
    let mut said = Vec::new();
    for round in 0..6 {
        let through = if round % 2 == 0 { &pair.one } else { &pair.two };
        let texts: Vec<String> = (0..10).map(|n| format!("r{round}m{n}")).collect();
        say_all(through, "385919998888", &texts).await;
        said.extend(texts);
    }
    for socket in &mut sockets {
        assert_eq!(texts(socket, said.len()).await, said);
    }
    // The conversation is one, whoever is asked.
    let page = pair.two.messages(1).await;
    assert_eq!(page.len(), said.len());

    let answer = json!({ "content": "How can I help?" });
    let sent = pair
        .two
        .agent("POST", "/conversations/1/messages", Some(answer));
    sent.await.ok();
    for socket in &mut sockets {
        assert_eq!(texts(socket, 1).await, ["How can I help?"]);
        let told = frame(socket, |it| it["message"]["event"] == "message.updated").await;
        assert_eq!(told["message"]["data"]["status"], "sent");
    }
    assert_eq!(pair.connector.sent().len(), 1);
}

#[tokio::test]
async fn what_is_set_up_on_one_node_is_known_on_the_other() {
    let pair = Pair::start().await;
    let label = json!({ "title": "urgent", "color": "#ff0000" });
    pair.one.agent("POST", "/labels", Some(label)).await.ok();
    testkit::wait::until("the label on the other node", async || {
        let labels = pair.two.agent("GET", "/labels", None).await.ok();
        (labels["payload"][0]["title"] == "urgent").then_some(())
    })
    .await;
    // A token that one has sealed is opened by the other.
    assert_eq!(
        pair.one.text("/agents/0/access_token"),
        pair.two.text("/agents/0/access_token")
    );
}
