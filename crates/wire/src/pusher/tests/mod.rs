//! The dialect as a whole: golden frames, dialogues with a session, and the HTTP API's bodies.

mod api_bodies;
mod client_events;
mod dialogues;
mod fake_desk;
mod golden;
mod remembered;
mod resumed;
mod users;

use std::sync::Arc;

use serde_json::Value;

use self::fake_desk::FakeDesk;
use super::signature::{Secret, channel_auth, user_auth};
use super::{App, Handshake, Pusher, Settings, SocketId};
use crate::session::{Effect, Millis, Session as _};

const KEY: &str = "278d425bdf160c739803";
const OPENED_AT: Millis = 1_000_000;

fn app(client_events: bool) -> Arc<App> {
    let secret = Secret::new("7ad3773142a6692b25b8");
    Arc::new(App {
        client_events,
        resumes: true,
        ..App::new("3", KEY, secret)
    })
}

/// A session and what it was last asked.
struct Client {
    session: Pusher<FakeDesk>,
    now: Millis,
}

impl Client {
    /// Opens a connection that is accepted and drops the greeting.
    fn open(client_events: bool, settings: Settings) -> Self {
        Self::open_at(1234, FakeDesk::default(), client_events, settings)
    }

    /// The same for the socket with this id on a node.
    fn open_at(id: u64, desk: FakeDesk, client_events: bool, settings: Settings) -> Self {
        Self::open_in(app(client_events), id, desk, settings)
    }

    /// The same in this application.
    fn open_in(app: Arc<App>, id: u64, desk: FakeDesk, settings: Settings) -> Self {
        let handshake = Handshake {
            app: Ok(app),
            protocol: Some("7"),
            socket_id: SocketId::from_random(id, id),
        };
        let session = Pusher::new(handshake, Arc::new(settings), desk);
        let mut client = Self {
            session,
            now: OPENED_AT,
        };
        let mut out = Vec::new();
        client.session.open(OPENED_AT, &mut out);
        assert_eq!(out.len(), 2, "{out:?}");
        client
    }

    fn says(&mut self, text: &str) -> Vec<Effect> {
        let mut out = Vec::new();
        self.session.text(text, self.now, &mut out);
        out
    }

    fn ticks(&mut self, at: Millis) -> Vec<Effect> {
        let mut out = Vec::new();
        self.now = at;
        self.session.tick(at, &mut out);
        out
    }

    fn subscribes(&mut self, channel: &str, auth: Option<&str>) -> Vec<Effect> {
        let data = serde_json::json!({ "channel": channel, "auth": auth });
        self.says(&serde_json::json!({ "event": "pusher:subscribe", "data": data }).to_string())
    }

    /// Subscribes with the right signature for what was asked.
    fn subscribes_signed(&mut self, channel: &str) -> Vec<Effect> {
        self.joins(channel, None)
    }

    /// The same, as somebody.
    fn joins(&mut self, channel: &str, data: Option<&str>) -> Vec<Effect> {
        let id = self.session.socket_id().to_string();
        let auth = channel_auth(KEY, &app(false).secret, &id, channel, data);
        let data = serde_json::json!({ "channel": channel, "auth": auth, "channel_data": data });
        self.says(&serde_json::json!({ "event": "pusher:subscribe", "data": data }).to_string())
    }

    /// Signs in with the right signature.
    fn signs_in(&mut self, data: &str) -> Vec<Effect> {
        let id = self.session.socket_id().to_string();
        let auth = user_auth(KEY, &app(false).secret, &id, data);
        let data = serde_json::json!({ "auth": auth, "user_data": data });
        self.says(&serde_json::json!({ "event": "pusher:signin", "data": data }).to_string())
    }
}

/// The frame of the only effect, which must be a `Send`.
#[track_caller]
fn sent(effects: &[Effect]) -> Value {
    match effects {
        [Effect::Send(text)] => serde_json::from_slice(text).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// The code of an error frame followed by a close with the same code.
#[track_caller]
fn closed(effects: &[Effect]) -> u16 {
    let [
        Effect::Send(frame) | Effect::SendFirst(frame),
        Effect::Close { code, reason },
    ] = effects
    else {
        panic!("{effects:?}")
    };
    let frame: Value = serde_json::from_slice(frame).unwrap();
    assert_eq!(frame["event"], "pusher:error");
    assert_eq!(frame["data"]["code"], *code);
    assert_eq!(frame["data"]["message"], reason.as_str());
    *code
}
