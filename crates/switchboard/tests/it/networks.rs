//! What is said through WhatsApp phones, Meta's Cloud API and Telegram bots is seen on ChatApp's and OneChat's sockets in
//! their shapes, and answered from both.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use testkit::{
    demo::Demo,
    wait::{PATIENCE, until},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue},
};

use crate::{maytapi::Bot, telegram, whatsapp_cloud::Cloud};

/// A raw socket.
struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn next(&mut self) -> Value {
        loop {
            let frame = timeout(PATIENCE, self.0.next()).await.unwrap().unwrap();
            if let Message::Text(text) = frame.unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.next().await;
            if wanted(&frame) {
                return frame;
            }
        }
    }

    async fn send(&mut self, frame: &Value) {
        let text = Message::text(frame.to_string());
        self.0.send(text).await.unwrap();
    }
}

/// One inbox as both kinds of client see it.
struct Seen<'a> {
    demo: &'a Demo,
    license: i64,
    messenger: &'a str,
    /// ChatApp's channel.
    channel: Socket,
    /// OneChat's room.
    room: Socket,
}

/// Calls ChatApp's interface.
async fn chatapp(demo: &Demo, method: &str, path: &str, body: Option<Value>) -> Value {
    let token = demo.text("/chatapp/access_token");
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let body = body.map(|it| it.to_string()).unwrap_or_default();
    let url = demo.url(path);
    let answer = demo.client.send(method, &url, &headers, body).await;
    let mut answer = answer.ok();
    assert_eq!(answer["success"], true, "{answer}");
    answer["data"].take()
}

async fn channel(demo: &Demo, license: i64, messenger: &str) -> Socket {
    let path = format!("/app/{}?protocol=7", demo.text("/pusher/key"));
    let (stream, _) = connect_async(demo.socket_url(&path)).await.unwrap();
    let mut socket = Socket(stream);
    let hello = socket.next().await;
    let hello: Value = serde_json::from_str(hello["data"].as_str().unwrap()).unwrap();
    let name = format!("private-v1.licenses.{license}.messengers.{messenger}");
    let token = demo.text("/chatapp/access_token");
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let body = format!(
        "socket_id={}&channel_name={name}",
        hello["socket_id"].as_str().unwrap()
    );
    let url = demo.url("/broadcasting/auth");
    let mut data = demo.client.send("POST", &url, &headers, body).await.ok();
    data["channel"] = json!(name);
    let ask = json!({ "event": "pusher:subscribe", "data": data });
    socket.send(&ask).await;
    socket
        .until(|it| it["event"] == "pusher_internal:subscription_succeeded")
        .await;
    socket
}

async fn room(demo: &Demo) -> Socket {
    let mut request = demo.socket_url("/cable").into_client_request().unwrap();
    let protocol = HeaderValue::from_static("actioncable-v1-json");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (stream, _) = connect_async(request).await.unwrap();
    let mut socket = Socket(stream);
    let account: i64 = demo.text("/account_id").parse().unwrap();
    let user: i64 = demo.text("/agents/0/id").parse().unwrap();
    let identifier = json!({ "channel": "RoomChannel", "account_id": account, "user_id": user,
        "pubsub_token": demo.text("/agents/0/pubsub_token") });
    let ask = json!({ "command": "subscribe", "identifier": identifier.to_string() });
    socket.send(&ask).await;
    socket
        .until(|it| it["type"] == "confirm_subscription")
        .await;
    socket
}

impl<'a> Seen<'a> {
    async fn of(demo: &'a Demo, inbox: i64, messenger: &'a str) -> Self {
        let inboxes = demo.agent("GET", "/inboxes", None).await.ok();
        let mut all = inboxes["payload"].as_array().unwrap().iter();
        let name = &all.find(|it| it["id"] == inbox).unwrap()["name"];
        let licenses = chatapp(demo, "GET", "/v1/licenses", None).await;
        let mut all = licenses.as_array().unwrap().iter();
        let mine = |it: &&Value| {
            let messengers = it["messenger"].as_array().unwrap();
            let mut messengers = messengers.iter();
            messengers.any(|it| it["type"] == messenger && it["name"] == *name)
        };
        let license = all.find(mine).unwrap()["licenseId"].as_i64().unwrap();
        Self {
            demo,
            license,
            messenger,
            channel: channel(demo, license, messenger).await,
            room: room(demo).await,
        }
    }

    /// The next message on ChatApp's channel with this text.
    async fn told(&mut self, text: &str) -> Value {
        let payload = |frame: &Value| -> Value {
            let data = frame["data"].as_str().unwrap_or("{}");
            serde_json::from_str(data).unwrap()
        };
        let frame = self.channel.until(|it| {
            it["event"] == "message" && payload(it)["payload"]["data"][0]["message"]["text"] == text
        });
        payload(&frame.await)
    }

    /// The next message in OneChat's room with this text.
    async fn heard(&mut self, text: &str) -> Value {
        let frame = self.room.until(|it| {
            it["message"]["event"] == "message.created" && it["message"]["data"]["content"] == text
        });
        frame.await["message"]["data"].clone()
    }

    /// What came from the network with this text is on both sockets; answers from both, and gives the message as
    /// ChatApp has it.
    async fn answered(&mut self, text: &str, chat: &str, channel_type: &str) -> Value {
        let told = self.told(text).await;
        let meta = json!({ "type": "message", "licenseId": self.license,
            "messengerType": self.messenger });
        assert_eq!(told["payload"]["meta"], meta);
        let message = told["payload"]["data"][0].clone();
        assert_eq!(
            (&message["side"], &message["chat"]["id"], &message["type"]),
            (&json!("in"), &json!(chat), &json!("text"))
        );
        let heard = self.heard(text).await;
        assert_eq!(heard["id"], message["id"]);
        assert_eq!(
            (&heard["message_type"], &heard["conversation"]["status"]),
            (&json!(0), &Value::Null)
        );
        let number = heard["conversation_id"].as_i64().unwrap();
        let conversation = format!("/conversations/{number}");
        let shown = self.demo.agent("GET", &conversation, None).await.ok();
        assert_eq!(shown["meta"]["channel"], channel_type);

        let below = format!(
            "/v1/licenses/{}/messengers/{}/chats/{chat}/messages/text",
            self.license, self.messenger
        );
        let body = json!({ "text": "from ChatApp" });
        chatapp(self.demo, "POST", &below, Some(body)).await;
        let path = format!("{conversation}/messages");
        let body = json!({ "content": "from OneChat" });
        self.demo.agent("POST", &path, Some(body)).await.ok();
        for (text, by_program) in [("from ChatApp", true), ("from OneChat", false)] {
            let told = self.told(text).await["payload"]["data"][0].clone();
            assert_eq!(
                (&told["side"], &told["fromApi"]),
                (&json!("out"), &json!(by_program))
            );
            assert_eq!(self.heard(text).await["message_type"], 1);
        }
        message
    }
}

#[tokio::test]
async fn a_whatsapp_phone_is_gr_whatsapp() {
    let bot = Bot::start().await;
    let mut seen = Seen::of(&bot.demo, bot.phone, "grWhatsApp").await;
    let say = json!({ "from": "447700900123", "name": "Ann", "text": "Hello" });
    bot.world("say", say).await;
    let message = seen
        .answered("Hello", "447700900123@c.us", "Channel::Whatsapp")
        .await;
    assert_eq!(message["fromUser"]["name"], "Ann");
    assert_eq!(message["chat"]["phone"], "447700900123");
    for text in ["from ChatApp", "from OneChat"] {
        bot.seen(text, |it| it["content"] == text && it["status"] == "read")
            .await;
    }
    // In a group it says who wrote it.
    let group = json!({ "name": "Team", "numbers": ["447700900123"] });
    let group = bot.post("createGroup", group).await["data"]["id"].clone();
    let say = json!({ "from": "447700900123", "name": "Ann", "group": group, "text": "All well?" });
    bot.world("say", say).await;
    let told = seen.told("All well?").await["payload"]["data"][0].clone();
    assert_eq!(
        (&told["chat"]["type"], &told["chat"]["id"]),
        (&json!("group"), &group)
    );
    let ann = json!({ "id": "447700900123@c.us", "username": null, "name": "Ann",
        "phone": "447700900123" });
    assert_eq!(told["fromUser"], ann);
}

#[tokio::test]
async fn a_number_at_the_cloud_api_is_whatsapp() {
    let cloud = Cloud::start().await;
    let mut seen = Seen::of(&cloud.demo, cloud.inbox, "WhatsApp").await;
    for id in ["wamid.1", "wamid.2"] {
        cloud.takes(id);
    }
    let message = json!({ "id": "wamid.A", "type": "text", "text": { "body": "Hello" },
        "context": { "forwarded": true } });
    assert_eq!(cloud.brings(message).await.status, 200);
    let message = seen
        .answered("Hello", "447700900123", "Channel::Whatsapp")
        .await;
    assert_eq!(message["isForwarded"], true);
    let sent = cloud.meta.wait_for("/v21.0/111/messages", 2).await;
    let texts: Vec<Value> = sent
        .iter()
        .map(|it| it.json()["text"]["body"].clone())
        .collect();
    assert_eq!(texts, ["from ChatApp", "from OneChat"]);
    // An emoji beside what was said.
    cloud.takes("wamid.3");
    let body = json!({ "content": "👍", "content_attributes": { "reaction_to": "wamid.A" } });
    cloud.agent_says(1, body).await;
    let sent = cloud.got(3).await;
    assert_eq!(
        (&sent["type"], &sent["reaction"]),
        (
            &json!("reaction"),
            &json!({ "message_id": "wamid.A", "emoji": "👍" })
        )
    );
}

#[tokio::test]
async fn a_telegram_bot_is_telegram() {
    let bot = telegram::Bot::start(&[]).await;
    let mut seen = Seen::of(&bot.demo, bot.inbox, "telegram").await;
    bot.fake
        .says(10, json!({ "message_id": 7, "text": "Hello" }));
    let heard = bot.demo.seen(|it| it["content"] == "Hello").await;
    let chat = format!("/conversations/{}", heard["conversation_id"]);
    let shown = bot.demo.agent("GET", &chat, None).await.ok();
    let inboxes = chatapp(
        &bot.demo,
        "GET",
        &format!("/v1/licenses/{}/messengers/telegram/chats", seen.license),
        None,
    )
    .await;
    let id = inboxes["items"][0]["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("private-"), "{shown}");
    let message = seen.answered("Hello", &id, "Channel::Telegram").await;
    let ann = json!({ "id": 42, "username": "ann_42", "name": "Ann", "phone": null });
    assert_eq!(message["fromUser"], ann);
    assert_eq!(
        (&message["chat"]["type"], &message["chat"]["username"]),
        (&json!("private"), &json!("ann_42"))
    );
    let texts = until("both answers", async || {
        let sent = bot.fake.calls("sendMessage");
        (sent.len() == 2).then_some(sent)
    })
    .await;
    let texts: Vec<Value> = texts
        .iter()
        .map(|it| serde_json::from_slice::<Value>(it).unwrap()["text"].clone())
        .collect();
    assert_eq!(texts, ["from ChatApp", "from OneChat"]);
    let body = json!({ "content": "👍", "content_attributes": { "reaction_to": "42:7" } });
    bot.agent_says(&heard["conversation_id"], body).await;
    let beside: Value = serde_json::from_slice(&bot.fake.call("setMessageReaction").await).unwrap();
    let reaction = json!([{ "type": "emoji", "emoji": "👍" }]);
    assert_eq!(
        beside,
        json!({ "chat_id": 42, "message_id": 7, "reaction": reaction })
    );
}
