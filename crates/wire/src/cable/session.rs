//! One Action Cable connection as a value: frames and ticks in, effects out.
//!
//! It relies on a [`Desk`] for every decision and on the driver for order: effects take place in the order they
//! were pushed, and those of one call take place before the connection's queue is written out further. Thus a
//! confirmation precedes all data of its subscription, and what is published after the client could have seen
//! the confirmation is delivered.
//!
//! A client that sends nonsense is ignored and counted, as in Rails, and the connection stays open. Unlike
//! Rails, a refused subscribe is always answered with a rejection, since clients repeat an unanswered one for ever.

use serde_json::Value;

use super::command::{BadInput, Call, Command, Wanted};
use super::desk::{Desk, Params};
use super::extended::LiveExtended;
use super::frames::{self, Quoted, Reason};
use super::limits;
use super::settings::Settings;
use crate::session::{Effect, Envelope, Millis, Session};

/// The client may or should come back (RFC 6455, 7.4.1).
///
/// Rails closes with 1000 always and its clients look at the `disconnect` frame alone; hand-written clients
/// know only the code, and many take 1000 as a wish not to be called again.
const CLOSE_COME_BACK: u16 = 1001;
/// The connection has served its purpose.
const CLOSE_DONE: u16 = 1000;
/// A frame was over [`limits::MESSAGE_BYTES_MAX`].
const CLOSE_TOO_BIG: u16 = 1009;

/// One connection that speaks `actioncable-v1-json`.
///
/// Dropping it, or [`Cable::close`], gives every seat back to the desk.
#[derive(Debug)]
pub struct Cable<D: Desk> {
    pub(super) desk: D,
    pub(super) live: Vec<Live<D::Seat>>,
    next_ping: Millis,
    pub(super) next_number: u32,
    ignored: u32,
    pub(super) settings: Settings,
    over: bool,
    /// When the client last said anything, once it has answered a ping; before that 0.
    heard_at: Millis,
}

/// A live subscription. The identifier is kept once, escaped, in bytes shared with the driver's table.
#[derive(Debug)]
pub(super) struct Live<S> {
    pub(super) envelope: Envelope,
    pub(super) number: u32,
    pub(super) seat: S,
    /// When the client last asked for this subscription although it was live.
    pub(super) repeated_at: Option<Millis>,
    /// For a client of the extended protocol.
    pub(super) extended: Option<Box<LiveExtended>>,
}

// === impl Cable ===

impl<D: Desk> Cable<D> {
    /// A connection whose socket is not open yet.
    pub fn new(desk: D, settings: Settings) -> Self {
        Self {
            desk,
            live: Vec::new(),
            next_ping: Millis::MAX,
            next_number: 0,
            ignored: 0,
            settings,
            over: false,
            heard_at: 0,
        }
    }

    /// The desk given at the start.
    pub fn desk(&self) -> &D {
        &self.desk
    }

    /// Frames ignored so far because they made no sense.
    pub fn ignored(&self) -> u32 {
        self.ignored
    }

    /// Number of live subscriptions.
    pub fn subscriptions(&self) -> usize {
        self.live.len()
    }

    /// Ends the connection from our side: a `disconnect` frame, then a close.
    ///
    /// `reconnect` is what the client is told to do. Nothing happens when the connection is already over.
    pub fn disconnect(&mut self, reason: Reason, reconnect: bool, out: &mut Vec<Effect>) {
        if self.over {
            return;
        }
        self.close();
        let code = if reconnect {
            CLOSE_COME_BACK
        } else {
            CLOSE_DONE
        };
        out.push(Effect::Send(frames::disconnect(reason, reconnect)));
        out.push(Effect::Close {
            code,
            reason: String::new(),
        });
    }

    /// The socket is gone or going: gives every seat back to the desk. Later frames and ticks do nothing.
    pub fn close(&mut self) {
        self.over = true;
        for live in std::mem::take(&mut self.live) {
            self.desk.unsubscribe(live.seat);
        }
    }

    pub(super) fn find(&self, identifier: &Quoted) -> Option<usize> {
        self.live
            .iter()
            .position(|live| identifier.names(&live.envelope))
    }

    /// Ends what would not be given any more. Returns whether the connection lives on.
    fn end_void(&mut self, out: &mut Vec<Effect>) -> bool {
        while let Some(number) = self.void() {
            self.dismiss(Some(number), out);
        }
        !self.over
    }

    pub(super) fn ignore(&mut self) {
        self.ignored = self.ignored.saturating_add(1);
    }

    fn command(&mut self, text: &str, now: Millis, out: &mut Vec<Effect>) -> Result<(), BadInput> {
        match Command::parse(text)? {
            Command::Subscribe {
                identifier,
                history,
                presence,
            } => {
                self.subscribe(&identifier, history, now, out);
                if let Some(someone) = presence.filter(|_| self.settings.extended.is_some()) {
                    self.join(&Quoted::new(&identifier), &someone, out);
                }
            }
            Command::Unsubscribe { identifier } => self.unsubscribe(&identifier, out),
            Command::Message { identifier, data } => {
                self.perform(&identifier, Call::parse(&data)?, now, out);
            }
            // Newer clients of the base protocol answer pings too.
            Command::Pong => self.heard_at = now,
            extended if self.settings.extended.is_some() => self.extended(extended, out),
            Command::History { .. }
            | Command::Whisper { .. }
            | Command::Join { .. }
            | Command::Leave { .. }
            | Command::Presence { .. }
            | Command::Ping => return Err(BadInput::UnknownCommand),
        }
        Ok(())
    }

    fn subscribe(
        &mut self,
        identifier: &str,
        history: Option<Wanted>,
        now: Millis,
        out: &mut Vec<Effect>,
    ) {
        let quoted = Quoted::new(identifier);
        if let Some(at) = self.find(&quoted) {
            if self.wants_confirming_again(at, now) {
                out.push(Effect::Send(frames::confirm(&quoted)));
            }
            return;
        }
        let fits = identifier.len() <= limits::IDENTIFIER_BYTES_MAX
            && self.live.len() < limits::SUBSCRIPTIONS_MAX;
        let params = if fits {
            Params::parse(identifier)
        } else {
            None
        };
        let Some(seated) = params.and_then(|params| self.desk.subscribe(&params, now)) else {
            out.push(Effect::Send(frames::reject(&quoted)));
            return;
        };
        let number = self.next_number;
        self.next_number = number.wrapping_add(1);
        out.push(Effect::Send(frames::confirm(&quoted)));
        if self.settings.extended.is_some() {
            return self.seat_extended((identifier, &quoted), number, seated, history, out);
        }
        let envelope = frames::envelope(&quoted);
        out.extend(seated.topics.into_iter().map(|topic| Effect::Follow {
            topic,
            subscription: number,
            envelope: Some(envelope.clone()),
        }));
        out.extend(
            seated
                .transmit
                .iter()
                .map(|payload| Effect::Send(frames::data(&envelope, payload))),
        );
        // Most connections have one subscription; a growing vector would reserve room for four.
        self.live.reserve_exact(1);
        self.live.push(Live {
            envelope,
            number,
            seat: seated.seat,
            repeated_at: None,
            extended: None,
        });
    }

    fn wants_confirming_again(&mut self, at: usize, now: Millis) -> bool {
        let Some(live) = self.live.get_mut(at).filter(|_| self.settings.reconfirm) else {
            return false;
        };
        let before = live.repeated_at.replace(now);
        let keeps_asking =
            before.is_some_and(|t| limits::REPEAT_MS.contains(&now.saturating_sub(t)));
        if keeps_asking {
            live.repeated_at = None;
        }
        keeps_asking
    }

    fn unsubscribe(&mut self, identifier: &str, out: &mut Vec<Effect>) {
        match self.find(&Quoted::new(identifier)) {
            Some(at) => self.end(at, out),
            None => self.ignore(),
        }
    }

    fn end(&mut self, at: usize, out: &mut Vec<Effect>) {
        let mut live = self.live.remove(at);
        self.tell_left(&mut live, false, out);
        out.push(Effect::Unfollow {
            subscription: live.number,
        });
        self.desk.unsubscribe(live.seat);
    }

    fn perform(&mut self, identifier: &str, call: Call, now: Millis, out: &mut Vec<Effect>) {
        let at = self.find(&Quoted::new(identifier));
        let Some(live) = at.and_then(|at| self.live.get_mut(at)) else {
            return self.ignore();
        };
        let data: &Value = &call.data;
        let payloads = self.desk.perform(&mut live.seat, &call.action, data, now);
        out.extend(
            payloads
                .iter()
                .map(|p| Effect::Send(frames::data(&live.envelope, p))),
        );
    }
}

impl<D: Desk> Session for Cable<D> {
    fn open(&mut self, now: Millis, out: &mut Vec<Effect>) {
        self.next_ping = now.saturating_add(self.settings.ping_phase_ms % limits::PING_PERIOD_MS);
        if self.settings.extended.is_some() {
            self.open_extended(now, out);
        } else {
            out.push(Effect::Send(frames::welcome()));
        }
        out.push(Effect::WakeAt(self.next_ping));
    }

    fn text(&mut self, text: &str, now: Millis, out: &mut Vec<Effect>) {
        if self.over {
            return;
        }
        if text.len() > limits::MESSAGE_BYTES_MAX {
            self.close();
            let reason = "message too big".to_owned();
            out.push(Effect::Close {
                code: CLOSE_TOO_BIG,
                reason,
            });
        } else if self.end_void(out) {
            if self.heard_at > 0 {
                self.heard_at = now;
            }
            if self.command(text, now, out).is_err() {
                self.ignore();
            }
        }
    }

    fn tick(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if self.over {
            return;
        }
        let promised = self.heard_at > 0;
        if promised && now.saturating_sub(self.heard_at) > limits::SILENCE_MS {
            return self.disconnect(Reason::NoPong, true, out);
        }
        if !self.end_void(out) {
            return;
        }
        self.wake_dormant(out);
        if now >= self.next_ping {
            out.push(Effect::SendFirst(frames::ping(now / 1_000)));
            // A driver that slept through several pings owes only one.
            let next = self.next_ping.saturating_add(limits::PING_PERIOD_MS);
            self.next_ping = if next > now {
                next
            } else {
                now.saturating_add(limits::PING_PERIOD_MS)
            };
        }
        out.push(Effect::WakeAt(self.next_ping));
    }

    fn too_slow(&mut self, out: &mut Vec<Effect>) {
        self.disconnect(Reason::TooSlow, true, out);
    }

    fn going_away(&mut self, out: &mut Vec<Effect>) {
        self.disconnect(Reason::ServerRestart, true, out);
    }

    /// A subscription beside others is rejected, and the others live on.
    fn dismiss(&mut self, subscription: Option<u32>, out: &mut Vec<Effect>) {
        let number = subscription.filter(|_| self.live.len() > 1);
        let at = number.and_then(|it| self.live.iter().position(|live| live.number == it));
        let Some(at) = at else {
            return self.disconnect(Reason::Remote, false, out);
        };
        out.extend(
            self.live
                .get(at)
                .map(|live| Effect::Send(frames::reject_of(&live.envelope))),
        );
        self.end(at, out);
    }
}

impl<D: Desk> Drop for Cable<D> {
    fn drop(&mut self) {
        if !self.over {
            self.park();
        }
        self.close();
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
