//! A Pusher client over a plain TCP connection, and the node it talks to.

use std::{
    net::{TcpListener, TcpStream as StdStream},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use wire::pusher::{
    App, Handshake, Pusher, Settings, SocketId,
    signature::{Secret, channel_auth, user_auth},
};

use crate::{
    pusher::{connect::connection_key, desk::NodeDesk, hooks::Herald, register::Register},
    socket::{Arrival, Hub},
};

pub(super) const APP: &str = "3";
const KEY: &str = "278d425bdf160c739803";
pub(super) const SHARDS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(20);

/// A hub and what its connections share.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) hub: Arc<Hub>,
    pub(super) register: Arc<Register>,
    app: Arc<App>,
}

/// One connection. Keeps what it was told until it was acknowledged.
pub(super) struct Client {
    stream: TcpStream,
    node: Node,
    id: SocketId,
    /// What came with the acknowledgements so far, they included.
    pub(super) told: Vec<Value>,
    /// The last frame.
    pub(super) last: Value,
}

/// The data of a frame, where it is JSON in a string.
pub(super) fn data(frame: &Value) -> Value {
    serde_json::from_str(frame["data"].as_str().unwrap()).unwrap()
}

/// The two ends of a connection: the client's and the server's.
pub(super) fn pair() -> (StdStream, StdStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = StdStream::connect(listener.local_addr().unwrap()).unwrap();
    let (theirs, _) = listener.accept().unwrap();
    ours.set_nonblocking(true).unwrap();
    theirs.set_nonblocking(true).unwrap();
    (ours, theirs)
}

impl Node {
    pub(super) fn start(settings: Settings) -> Self {
        Self::of(settings, false)
    }

    /// A node whose followers are told how many they are.
    pub(super) fn counting(settings: Settings) -> Self {
        Self::of(settings, true)
    }

    fn of(settings: Settings, subscription_counts: bool) -> Self {
        let (hub, _) = Hub::start(SHARDS).unwrap();
        let settings = Arc::new(settings);
        let app = App {
            client_events: true,
            subscription_counts,
            settings: settings.clone(),
            ..App::new(APP, KEY, Secret::new("secret"))
        };
        let herald = Arc::new(Herald::new(Arc::default()));
        let register = Arc::new(Register::new(settings, herald));
        Self {
            hub,
            register,
            app: Arc::new(app),
        }
    }
}

impl Client {
    pub(super) async fn open(node: &Node) -> Self {
        let (ours, theirs) = pair();
        let mut random = [0; 16];
        getrandom::fill(&mut random).unwrap();
        let random = u128::from_le_bytes(random);
        let id = SocketId::from_random((random >> 64) as u64, random as u64);
        let handshake = Handshake {
            app: Ok(node.app.clone()),
            protocol: None,
            socket_id: id,
        };
        let desk = NodeDesk::new(node.register.clone(), node.hub.clone(), None);
        let session = Pusher::new(handshake, node.register.settings().clone(), desk);
        let arrival = Arrival {
            stream: theirs,
            early: Bytes::new(),
            session: Box::new(session),
            key: connection_key(id),
        };
        node.hub.adopt(arrival).await;
        let stream = TcpStream::from_std(ours).unwrap();
        let (node, told) = (node.clone(), Vec::new());
        let mut client = Self {
            stream,
            node,
            id,
            told,
            last: Value::Null,
        };
        client.until("pusher:connection_established").await;
        client
    }

    /// Subscribes with a signature, as somebody unless that is null, and waits for the answer: on a cache channel
    /// for the replayed event as well.
    pub(super) async fn join(&mut self, channel: &str, who: &Value) {
        let who = (!who.is_null()).then(|| who.to_string());
        let (id, secret) = (self.id.to_string(), &self.node.app.secret);
        let auth = channel_auth(KEY, secret, &id, channel, who.as_deref());
        let data = json!({ "channel": channel, "auth": auth, "channel_data": who });
        self.send(&json!({ "event": "pusher:subscribe", "data": data }))
            .await;
        self.next_told().await;
        if channel.contains("cache-") {
            self.next_told().await;
        }
    }

    async fn next_told(&mut self) {
        let frame = self.frame().await.expect("closed instead of an answer");
        self.told.push(frame);
    }

    pub(super) async fn leave(&mut self, channel: &str) {
        let data = json!({ "channel": channel });
        self.send(&json!({ "event": "pusher:unsubscribe", "data": data }))
            .await;
    }

    pub(super) async fn sign_in(&mut self, user: &Value) {
        let (user, id) = (user.to_string(), self.id.to_string());
        let auth = user_auth(KEY, &self.node.app.secret, &id, &user);
        let data = json!({ "auth": auth, "user_data": user });
        self.send(&json!({ "event": "pusher:signin", "data": data }))
            .await;
        self.until("pusher:signin_success").await;
    }

    /// Sends a masked text frame.
    pub(super) async fn send(&mut self, frame: &Value) {
        let text = frame.to_string();
        let length = u16::try_from(text.len()).unwrap();
        let mut out = vec![0x81];
        match u8::try_from(length) {
            Ok(short @ 0..126) => out.push(0x80 | short),
            _ => {
                out.push(0x80 | 126);
                out.extend_from_slice(&length.to_be_bytes());
            }
        }
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(text.as_bytes());
        self.stream.write_all(&out).await.unwrap();
    }

    /// Everything up to an event of this name, without it.
    pub(super) async fn until(&mut self, name: &str) -> Vec<Value> {
        let mut before = Vec::new();
        loop {
            match self.frame().await {
                Ok(frame) if frame["event"] == name => return before,
                Ok(frame) => before.push(frame),
                Err(code) => panic!("closed with {code} before {name}, after {before:?}"),
            }
        }
    }

    /// The code with which the server closes.
    pub(super) async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.frame().await {
                return code;
            }
        }
    }

    pub(super) async fn close(mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// The next text frame, or the code of the close frame.
    async fn frame(&mut self) -> Result<Value, u16> {
        timeout(PATIENCE, self.read()).await.expect("nothing comes")
    }

    async fn read(&mut self) -> Result<Value, u16> {
        let opcode = self.stream.read_u8().await.unwrap();
        let length = match self.stream.read_u8().await.unwrap() {
            126 => self.stream.read_u16().await.unwrap().into(),
            127 => self.stream.read_u64().await.unwrap(),
            short => u64::from(short),
        };
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        self.stream.read_exact(&mut payload).await.unwrap();
        match opcode {
            0x81 => {
                let frame: Value = serde_json::from_slice(&payload).unwrap();
                self.last = frame.clone();
                Ok(frame)
            }
            0x88 => Err(u16::from_be_bytes([payload[0], payload[1]])),
            other => panic!("opcode {other:x}"),
        }
    }
}
