//! One Pusher connection as a value: frames and ticks in, effects out.
//!
//! The driver has read the path and the query, found the application and made up the socket id; everything
//! after that is here, in `subscribe` and in `sign_in`. Frames that make no sense are answered and counted, never
//! punished with a close. Whatever ends the connection, its places are given back to the desk.

use std::sync::Arc;

use bytes::Bytes;

use super::channel::Name;
use super::client_event;
use super::command::{self, ClientEvent, Command, Unreadable};
use super::desk::{Desk, Said};
use super::followed::Followed;
use super::frames;
use super::liveness::{Liveness, Verdict};
use super::member::Member;
use super::rate::Rate;
use super::settings::{PROTOCOL_MAX, PROTOCOL_MIN, Settings};
use super::{App, Code, SocketId, topic};
use crate::session::{Effect, Millis, Session};

/// What the driver learnt from the upgrade request (Websocket protocol, "Connection").
///
/// The upgrade is accepted even for a connection that will be refused: browsers do not tell scripts about a
/// failed upgrade, only about a close code.
#[derive(Debug)]
pub struct Handshake<'a> {
    /// The application with the key in the path, or the code to refuse with.
    pub app: Result<Arc<App>, Code>,
    /// The query's `protocol`, as text.
    pub protocol: Option<&'a str>,
    /// The new connection's id.
    pub socket_id: SocketId,
}

/// How many frames a connection sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Text frames received while open.
    pub received: u32,
    /// Those of them that were answered with an error.
    pub refused: u32,
}

/// One connection. Dropping it gives all its places back to the desk.
#[derive(Debug)]
pub struct Pusher<D: Desk> {
    pub(super) desk: D,
    app: Result<Arc<App>, Code>,
    pub(super) settings: Arc<Settings>,
    socket_id: SocketId,
    pub(super) followed: Followed,
    /// Who is signed in.
    pub(super) user: Option<Arc<Member>>,
    /// When the connection is closed unless it has shown before that it may be here.
    pub(super) authorize_by: Option<Millis>,
    liveness: Liveness,
    rate: Rate,
    counters: Counters,
    closed: bool,
}

impl<D: Desk> Pusher<D> {
    /// A connection that was just upgraded. Nothing is sent before `open`.
    pub fn new(handshake: Handshake<'_>, settings: Arc<Settings>, desk: D) -> Self {
        let app = handshake
            .app
            .and_then(|app| check_protocol(handshake.protocol).map(|()| app));
        Self {
            desk,
            app,
            settings,
            socket_id: handshake.socket_id,
            followed: Followed::default(),
            user: None,
            authorize_by: None,
            liveness: Liveness::default(),
            rate: Rate::default(),
            counters: Counters::default(),
            closed: false,
        }
    }

    /// The connection's id, by which a publisher leaves it out.
    pub fn socket_id(&self) -> SocketId {
        self.socket_id
    }

    /// The connection's frame counts so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Tells the client why and closes, with the same code: clients before protocol 6 read the frame, later
    /// ones the close code. `send` says whether the frame waits for what is queued.
    fn close(&mut self, code: Code, send: fn(Bytes) -> Effect, out: &mut Vec<Effect>) {
        if self.closed {
            return;
        }
        self.closed = true;
        // Everybody is told the same at once when the server goes away: nobody need be told who leaves.
        if code != Code::Reconnect {
            self.release();
        }
        out.push(send(frames::error(code)));
        out.push(Effect::Close {
            code: code.number(),
            reason: code.text().to_owned(),
        });
    }

    /// Gives everything back to the desk.
    fn release(&mut self) {
        let Ok(app) = self.app.clone() else { return };
        for entry in self.followed.take_all() {
            self.leave(&app, &entry);
        }
        if let Some(user) = self.user.take() {
            self.desk.sign_out(&app.id, user.id());
        }
    }

    fn client_event(
        &mut self,
        app: &App,
        event: &ClientEvent<'_>,
        now: Millis,
        out: &mut Vec<Effect>,
    ) {
        let data = event.data.map(serde_json::value::RawValue::get);
        let checked = client_event::check(
            app,
            &self.settings,
            &self.followed,
            &event.name,
            &event.channel,
            data.unwrap_or_default(),
        )
        .and_then(|member| {
            let per_second_max = self.settings.client_events_per_second_max;
            if self.rate.admit(now, per_second_max) {
                Ok(member)
            } else {
                Err(client_event::Refused::TooMany)
            }
        });
        match checked {
            Ok(member) => {
                let user_id = member.map(Member::id);
                self.desk.says(&Said {
                    app,
                    channel: &event.channel,
                    event: &event.name,
                    data,
                    socket_id: self.socket_id,
                    user_id,
                });
                out.push(Effect::Relay {
                    topic: topic(&app.id, &event.channel),
                    text: frames::client_event(&event.name, &event.channel, data, user_id),
                });
            }
            Err(refused) => {
                let channel = Some(event.channel.as_str());
                self.refuse(refused.code(), &refused.to_string(), channel, out);
            }
        }
    }

    /// Answers a frame with an error and stays open.
    pub(super) fn refuse(
        &mut self,
        code: Option<Code>,
        text: &str,
        channel: Option<&str>,
        out: &mut Vec<Effect>,
    ) {
        self.count_refused();
        // Only a name that can be a channel's is repeated: anything else would be told to no one.
        let channel = channel.filter(|channel| Name::parse(channel).is_ok());
        out.push(Effect::Send(frames::error_text(code, text, channel)));
    }

    pub(super) fn count_refused(&mut self) {
        self.counters.refused = self.counters.refused.saturating_add(1);
    }

    /// Asks to be woken then, or earlier if the connection must have shown by then that it may be here.
    fn wake_at(&self, time: Millis, out: &mut Vec<Effect>) {
        let time = self.authorize_by.map_or(time, |by| by.min(time));
        out.push(Effect::WakeAt(time));
    }
}

impl<D: Desk> Session for Pusher<D> {
    fn is_to(&self, app: &str) -> bool {
        self.app.as_ref().is_ok_and(|it| it.id == app)
    }

    fn open(&mut self, now: Millis, out: &mut Vec<Effect>) {
        self.liveness.heard(now);
        match &self.app {
            Ok(app) => {
                let timeout_s = self.settings.activity_timeout_s;
                out.push(Effect::Send(frames::connection_established(
                    self.socket_id,
                    timeout_s,
                )));
                let within_ms = u64::from(self.settings.authorize_within_s) * 1_000;
                self.authorize_by = app.authorized_only.then(|| now.saturating_add(within_ms));
                self.wake_at(now.saturating_add(self.settings.activity_timeout_ms()), out);
            }
            Err(code) => self.close(*code, Effect::Send, out),
        }
    }

    fn text(&mut self, text: &str, now: Millis, out: &mut Vec<Effect>) {
        if self.closed {
            return;
        }
        let Ok(app) = self.app.clone() else { return };
        self.liveness.heard(now);
        self.counters.received = self.counters.received.saturating_add(1);
        match command::parse(text) {
            Ok(Command::Ping) => out.push(Effect::Send(frames::pong())),
            Ok(Command::Pong) => {}
            Ok(Command::Subscribe(asked)) => self.subscribe(&app, &asked, out),
            Ok(Command::Unsubscribe { channel }) => self.unsubscribe(&app, &channel, out),
            Ok(Command::SignIn(asked)) => self.sign_in(&app, &asked, out),
            Ok(Command::ClientEvent(event)) => self.client_event(&app, &event, now, out),
            Err(Unreadable::NotAClientEvent { channel }) => {
                let text = Unreadable::NotAClientEvent { channel: None }.to_string();
                self.refuse(None, &text, channel.as_deref(), out);
            }
            Err(
                unreadable @ (Unreadable::NotAnEvent
                | Unreadable::UnknownEvent
                | Unreadable::BadData
                | Unreadable::BadSignIn),
            ) => self.refuse(None, &unreadable.to_string(), None, out),
        }
    }

    fn tick(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if self.closed {
            return;
        }
        if self.authorize_by.is_some_and(|by| now >= by) {
            return self.close(Code::Unauthorized, Effect::Send, out);
        }
        match self.liveness.look(now, &self.settings) {
            Verdict::Alive { again_at } => self.wake_at(again_at, out),
            Verdict::Ask { again_at } => {
                out.push(Effect::SendFirst(frames::ping()));
                self.wake_at(again_at, out);
            }
            Verdict::Dead => self.close(Code::PongTimeout, Effect::SendFirst, out),
        }
    }

    fn too_slow(&mut self, out: &mut Vec<Effect>) {
        self.close(Code::OverCapacity, Effect::SendFirst, out);
    }

    fn going_away(&mut self, out: &mut Vec<Effect>) {
        self.close(Code::Reconnect, Effect::Send, out);
    }

    fn dismiss(&mut self, _: Option<u32>, out: &mut Vec<Effect>) {
        self.close(Code::Unauthorized, Effect::Send, out);
    }
}

impl<D: Desk> Drop for Pusher<D> {
    fn drop(&mut self) {
        self.release();
    }
}

/// Checks the query's `protocol`; none at all means the newest.
fn check_protocol(protocol: Option<&str>) -> Result<(), Code> {
    let Some(text) = protocol else { return Ok(()) };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Code::InvalidVersion);
    }
    // A number too large to read is a number that is not spoken here.
    match text.parse::<u32>() {
        Ok(PROTOCOL_MIN..=PROTOCOL_MAX) => Ok(()),
        Ok(_) | Err(_) => Err(Code::UnsupportedProtocol),
    }
}
