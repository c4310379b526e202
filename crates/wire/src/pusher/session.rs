//! One Pusher connection as a value: frames and ticks in, effects out.
//!
//! The driver has read the path and the query, found the application and made up the socket id; everything
//! after that is here. The acknowledgement of a subscription is always pushed before its `Follow`, so that no
//! event of a channel can overtake it. Frames that make no sense are answered and counted, never punished with
//! a close. Presence and cache channels and sign-in are not served.

use std::sync::Arc;

use bytes::Bytes;

use super::channel::{Invalid, Name};
use super::client_event;
use super::command::{self, ClientEvent, Command, Subscribe, Unreadable};
use super::followed::Followed;
use super::frames::{self, SubscriptionError};
use super::liveness::{Liveness, Verdict};
use super::rate::Rate;
use super::settings::{CHANNEL_NAME_CHARS_MAX, PROTOCOL_MAX, PROTOCOL_MIN, Settings};
use super::{App, Code, SocketId, signature, topic};
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

/// One connection.
#[derive(Debug)]
pub struct Pusher {
    app: Result<Arc<App>, Code>,
    settings: Arc<Settings>,
    socket_id: SocketId,
    followed: Followed,
    liveness: Liveness,
    rate: Rate,
    counters: Counters,
    closed: bool,
}

impl Pusher {
    /// A connection that was just upgraded. Nothing is sent before `open`.
    pub fn new(handshake: Handshake<'_>, settings: Arc<Settings>) -> Self {
        let app = handshake
            .app
            .and_then(|app| check_protocol(handshake.protocol).map(|()| app));
        Self {
            app,
            settings,
            socket_id: handshake.socket_id,
            followed: Followed::default(),
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
        self.followed = Followed::default();
        out.push(send(frames::error(code)));
        out.push(Effect::Close {
            code: code.number(),
            reason: code.text().to_owned(),
        });
    }

    fn subscribe(&mut self, app: &App, asked: &Subscribe, out: &mut Vec<Effect>) {
        let channel = asked.channel.as_str();
        if self.followed.contains(channel) {
            // Hosted Pusher calls this an error; clients that lost track are better served by the answer
            // that they wait for.
            out.push(Effect::Send(frames::subscription_succeeded(channel)));
            return;
        }
        if let Err((error, text)) = self.may_subscribe(app, asked) {
            self.counters.refused = self.counters.refused.saturating_add(1);
            out.push(Effect::Send(match error {
                Some(error) => frames::subscription_error(channel, error, &text),
                None => frames::error_text(None, &text, None),
            }));
            return;
        }
        let Some(subscription) = self.followed.add(channel) else {
            return;
        };
        out.push(Effect::Send(frames::subscription_succeeded(channel)));
        out.push(Effect::Follow {
            topic: topic(&app.id, channel),
            subscription,
            envelope: None,
        });
    }

    /// Whether a subscription may be made; if not, how to call the failure and what to say. A failure without
    /// a kind is told on the connection, because no channel of that name can exist.
    fn may_subscribe(
        &self,
        app: &App,
        asked: &Subscribe,
    ) -> Result<(), (Option<SubscriptionError>, String)> {
        let name = Name::parse(&asked.channel).map_err(|invalid| match invalid {
            Invalid::TooLong => (
                Some(SubscriptionError::NameLimit),
                format!("The channel name is longer than {CHANNEL_NAME_CHARS_MAX} characters"),
            ),
            Invalid::Empty | Invalid::Character => {
                (None, format!("Invalid subscription: {invalid}"))
            }
        })?;
        let kind = name.kind();
        if kind.presence || kind.cache || name.is_server_to_user() {
            let text = "This kind of channel is not supported by this server";
            return Err((Some(SubscriptionError::Unsupported), text.to_owned()));
        }
        let channels_max = self.settings.channels_per_connection_max;
        if self.followed.len() >= channels_max {
            let text = format!("This connection already follows {channels_max} channels");
            return Err((Some(SubscriptionError::ChannelLimit), text));
        }
        if kind.signed {
            signature::verify_channel_auth(
                &app.key,
                &app.secret,
                &self.socket_id.to_string(),
                name.as_str(),
                asked.channel_data.as_deref(),
                asked.auth.as_deref(),
            )
            .map_err(|refused| (Some(SubscriptionError::Auth), refused.to_string()))?;
        }
        Ok(())
    }

    fn client_event(
        &mut self,
        app: &App,
        event: &ClientEvent<'_>,
        now: Millis,
        out: &mut Vec<Effect>,
    ) {
        let data = event.data.map(serde_json::value::RawValue::get);
        let mut checked = client_event::check(
            app,
            &self.settings,
            &self.followed,
            &event.name,
            &event.channel,
            data.unwrap_or_default(),
        );
        if checked.is_ok()
            && !self
                .rate
                .admit(now, self.settings.client_events_per_second_max)
        {
            checked = Err(client_event::Refused::TooMany);
        }
        match checked {
            Ok(()) => out.push(Effect::Relay {
                topic: topic(&app.id, &event.channel),
                text: frames::client_event(&event.name, &event.channel, data, None),
            }),
            Err(refused) => {
                let channel = Some(event.channel.as_str());
                self.refuse(refused.code(), &refused.to_string(), channel, out);
            }
        }
    }

    /// Answers a frame with an error and stays open.
    fn refuse(
        &mut self,
        code: Option<Code>,
        text: &str,
        channel: Option<&str>,
        out: &mut Vec<Effect>,
    ) {
        self.counters.refused = self.counters.refused.saturating_add(1);
        // Only a name that can be a channel's is repeated: anything else would be told to no one.
        let channel = channel.filter(|channel| Name::parse(channel).is_ok());
        out.push(Effect::Send(frames::error_text(code, text, channel)));
    }
}

impl Session for Pusher {
    fn open(&mut self, now: Millis, out: &mut Vec<Effect>) {
        self.liveness.heard(now);
        match &self.app {
            Ok(_) => {
                let timeout_s = self.settings.activity_timeout_s;
                out.push(Effect::Send(frames::connection_established(
                    self.socket_id,
                    timeout_s,
                )));
                let again_at = now.saturating_add(self.settings.activity_timeout_ms());
                out.push(Effect::WakeAt(again_at));
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
            Ok(Command::Unsubscribe { channel }) => {
                if let Some(subscription) = self.followed.remove(&channel) {
                    out.push(Effect::Unfollow { subscription });
                }
            }
            Ok(Command::ClientEvent(event)) => self.client_event(&app, &event, now, out),
            Err(Unreadable::NotAClientEvent { channel }) => {
                let text = Unreadable::NotAClientEvent { channel: None }.to_string();
                self.refuse(None, &text, channel.as_deref(), out);
            }
            Err(
                unreadable @ (Unreadable::NotAnEvent
                | Unreadable::UnknownEvent
                | Unreadable::BadData),
            ) => self.refuse(None, &unreadable.to_string(), None, out),
        }
    }

    fn tick(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if self.closed {
            return;
        }
        match self.liveness.look(now, &self.settings) {
            Verdict::Alive { again_at } => out.push(Effect::WakeAt(again_at)),
            Verdict::Ask { again_at } => {
                out.push(Effect::SendFirst(frames::ping()));
                out.push(Effect::WakeAt(again_at));
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
