//! An application that uses the server as its Pusher: the demo's, over raw sockets and signed requests.

mod api;
mod apps;
mod clients;
mod libraries;
mod quotas;
mod resume;
mod rough;
mod sockets;
mod webhooks;

use std::time::SystemTime;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use testkit::{
    demo::Demo,
    http::Answer,
    wait::{PATIENCE, until},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};
use wire::pusher::{
    request,
    signature::{Secret, channel_auth, user_auth},
};

use crate::BINARY;

/// The demo's application and its secret.
struct App {
    demo: Demo,
    id: String,
    key: String,
    secret: Secret,
    /// The same, as a program is given it.
    secret_text: String,
}

/// One raw socket of it.
struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    id: String,
    /// What it was told first.
    established: Value,
    /// How many things it has waited for by asking.
    pings: u32,
}

impl App {
    async fn start() -> Self {
        Self::of(Demo::start(BINARY, None).await)
    }

    /// The application that the demo's card shows.
    fn of(demo: Demo) -> Self {
        let (key, secret) = (demo.text("/pusher/key"), demo.text("/pusher/secret"));
        Self {
            id: demo.text("/pusher/app_id"),
            demo,
            key,
            secret: Secret::new(&secret),
            secret_text: secret,
        }
    }

    /// An application of one's own: its id, key and secret.
    fn with([id, key, secret]: [String; 3], demo: Demo) -> Self {
        Self {
            demo,
            id,
            key,
            secret: Secret::new(&secret),
            secret_text: secret,
        }
    }

    /// A path of the application's own.
    fn path(&self, rest: &str) -> String {
        format!("/apps/{}{rest}", self.id)
    }

    /// Sends a signed request.
    async fn ask(&self, method: &str, path: &str, query: &[(&str, &str)], body: &str) -> Answer {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let mut pairs: Vec<(String, String)> = query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        pairs.push(("auth_key".to_owned(), self.key.clone()));
        pairs.push(("auth_timestamp".to_owned(), now.to_string()));
        pairs.push(("auth_version".to_owned(), "1.0".to_owned()));
        if !body.is_empty() {
            pairs.push(("body_md5".to_owned(), request::body_md5(body.as_bytes())));
        }
        let text = request::string_to_sign(&request::Request {
            method,
            path,
            query: &pairs,
            body: body.as_bytes(),
        });
        pairs.push((
            "auth_signature".to_owned(),
            self.secret.sign(text.as_bytes()),
        ));
        let query: Vec<String> = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let url = self.demo.url(&format!("{path}?{}", query.join("&")));
        let body = body.to_owned();
        self.demo.client.send(method, &url, &[], body).await
    }

    /// Asks of its own channels.
    async fn get(&self, rest: &str, query: &[(&str, &str)]) -> Answer {
        self.ask("GET", &self.path(rest), query, "").await
    }

    /// Posts to its own address.
    async fn post(&self, rest: &str, body: &Value) -> Answer {
        self.ask("POST", &self.path(rest), &[], &body.to_string())
            .await
    }

    /// Publishes; the answer must be the one that client libraries compare.
    async fn publish(&self, name: &str, channel: &str, data: &str) {
        let event = json!({ "name": name, "channel": channel, "data": data });
        assert_eq!(self.post("/events", &event).await.text(), "{}");
    }

    /// Waits until this many connections follow a channel: leaving is not answered.
    async fn followed_by(&self, channel: &str, connections: u64) {
        until("the followers to be counted", async || {
            let path = format!("/channels/{channel}");
            let told = self
                .get(&path, &[("info", "subscription_count")])
                .await
                .ok();
            (told["subscription_count"] == connections).then_some(())
        })
        .await;
    }

    async fn socket(&self) -> Socket {
        let path = format!("/app/{}?protocol=7&client=js&version=8.6.0", self.key);
        let (stream, _) = connect_async(self.demo.socket_url(&path)).await.unwrap();
        let mut socket = Socket::of(stream);
        let greeting = socket.next().await;
        assert_eq!(greeting["event"], "pusher:connection_established");
        socket.established = text_data(&greeting);
        socket.id = socket.established["socket_id"].as_str().unwrap().to_owned();
        socket
    }

    /// Subscribes, as somebody unless that is null; everything until the acknowledgement.
    async fn join(&self, socket: &mut Socket, channel: &str, who: &Value) -> Value {
        let who = (!who.is_null()).then(|| who.to_string());
        let auth = channel_auth(&self.key, &self.secret, &socket.id, channel, who.as_deref());
        let data = json!({ "channel": channel, "auth": auth, "channel_data": who });
        socket
            .send(&json!({ "event": "pusher:subscribe", "data": data }))
            .await;
        let answer = socket.next().await;
        assert_eq!(
            answer["event"], "pusher_internal:subscription_succeeded",
            "{answer}"
        );
        assert_eq!(answer["channel"], channel);
        text_data(&answer)
    }

    async fn sign_in(&self, socket: &mut Socket, user: &Value) {
        let user = user.to_string();
        let auth = user_auth(&self.key, &self.secret, &socket.id, &user);
        let data = json!({ "auth": auth, "user_data": user });
        socket
            .send(&json!({ "event": "pusher:signin", "data": data }))
            .await;
        let answer = socket.next().await;
        let success = json!({ "event": "pusher:signin_success", "data": { "user_data": user } });
        assert_eq!(answer, success);
    }
}

impl Socket {
    /// One that was told nothing yet.
    fn of(stream: WebSocketStream<MaybeTlsStream<TcpStream>>) -> Self {
        Self {
            stream,
            id: String::new(),
            established: Value::Null,
            pings: 0,
        }
    }

    async fn send(&mut self, frame: &Value) {
        self.stream
            .send(Message::text(frame.to_string()))
            .await
            .unwrap();
    }

    /// The next frame.
    async fn next(&mut self) -> Value {
        self.message()
            .await
            .unwrap_or_else(|code| panic!("closed with {code}"))
    }

    /// The code with which the server closes, and the frames before.
    async fn closed(&mut self) -> (Vec<Value>, u16) {
        let mut before = Vec::new();
        loop {
            match self.message().await {
                Ok(frame) => before.push(frame),
                Err(code) => return (before, code),
            }
        }
    }

    /// Everything that was told by now: whatever was published before this call is among it.
    async fn told(&mut self) -> Vec<Value> {
        self.pings += 1;
        self.send(&json!({ "event": "pusher:ping", "data": {} }))
            .await;
        let mut told = Vec::new();
        loop {
            let frame = self.next().await;
            if frame["event"] == "pusher:pong" {
                return told;
            }
            told.push(frame);
        }
    }

    async fn message(&mut self) -> Result<Value, u16> {
        match timeout(PATIENCE, self.stream.next())
            .await
            .expect("nothing comes")
        {
            Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(Some(frame)))) => Err(frame.code.into()),
            other => panic!("{other:?}"),
        }
    }
}

/// A frame's data, where it is JSON in a string.
fn text_data(frame: &Value) -> Value {
    serde_json::from_str(frame["data"].as_str().unwrap()).unwrap()
}
