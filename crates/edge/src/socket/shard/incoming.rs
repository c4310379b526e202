//! What comes in: bytes become frames, frames the session's effects, and effects take place.

use super::*;

impl Shard {
    /// Reads once and lets the session answer.
    pub(super) fn read(&mut self, at: usize) {
        let mut scratch = std::mem::take(&mut self.scratch);
        let read = match self.connections.get(at) {
            Some(connection) => connection.stream.try_read(&mut scratch),
            None => Ok(0),
        };
        match read {
            Ok(0) => self.remove(at),
            Ok(count) => {
                if let Some(input) = scratch.get_mut(..count) {
                    self.take_in(at, input);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => self.remove(at),
        }
        self.scratch = scratch;
    }

    pub(super) fn take_in(&mut self, at: usize, input: &mut [u8]) {
        let now = self.now();
        let mut out = std::mem::take(&mut self.effects);
        let mut replies = Vec::new();
        let Some(connection) = self.connections.get_mut(at) else {
            return;
        };
        if connection.phase != Phase::Open {
            return;
        }
        let Connection {
            decoder, session, ..
        } = connection;
        let decoded = decoder.feed(input, &LIMITS, &mut |incoming| match incoming {
            Incoming::Text(text) => session.text(text, now, &mut out),
            Incoming::Binary(_) => out.push(Effect::Close {
                code: close_code::UNSUPPORTED_DATA,
                reason: "text frames only".to_owned(),
            }),
            Incoming::Ping(payload) => replies.push(encode::pong_frame(payload)),
            Incoming::Pong(_) => {}
            Incoming::Close { code, .. } => out.push(Effect::Close {
                code: code.unwrap_or(encode::NO_CLOSE_CODE),
                reason: String::new(),
            }),
        });
        if let Err(violation) = decoded {
            let (code, reason) = (violation.code, violation.reason.to_owned());
            out.push(Effect::Close { code, reason });
        }
        for reply in replies {
            self.queue(at, Rc::new(reply));
        }
        self.apply(at, &mut out);
        self.effects = out;
    }

    pub(super) fn with_session(
        &mut self,
        at: usize,
        ask: impl FnOnce(&mut (dyn wire::session::Session + Send), Millis, &mut Vec<Effect>),
    ) {
        let now = self.now();
        let mut out = std::mem::take(&mut self.effects);
        if let Some(connection) = self.connections.get_mut(at)
            && connection.phase == Phase::Open
        {
            ask(&mut *connection.session, now, &mut out);
        }
        self.apply(at, &mut out);
        self.effects = out;
    }

    pub(super) fn apply(&mut self, at: usize, effects: &mut Vec<Effect>) {
        for effect in effects.drain(..) {
            match effect {
                Effect::Send(text) => self.queue(at, Rc::new(encode::text_frame(&text))),
                Effect::SendFirst(text) => {
                    let block = Rc::new(encode::text_frame(&text));
                    if let Some(connection) = self.open_connection(at) {
                        connection.push_first(block);
                        self.list(at);
                    }
                }
                Effect::Follow {
                    topic,
                    subscription,
                    envelope,
                } => {
                    let terms = Terms {
                        subscription,
                        envelope,
                        ..Terms::default()
                    };
                    self.follow(at, &topic, terms);
                }
                Effect::FollowAfter {
                    topic,
                    subscription,
                    after,
                } => {
                    let terms = Terms {
                        subscription,
                        after,
                        ..Terms::default()
                    };
                    self.follow(at, &topic, terms);
                }
                Effect::CatchUp {
                    topic,
                    subscription,
                    after,
                } => self.catch_up(at, topic, subscription, after),
                Effect::CatchUpAll {
                    topics,
                    subscription,
                    since,
                    envelope,
                    verdicts,
                } => {
                    let several = Several {
                        topics,
                        since,
                        verdicts,
                    };
                    self.catch_up_all(at, subscription, &envelope, several);
                }
                Effect::Unfollow { subscription } => {
                    let place = u32::try_from(at).unwrap_or(u32::MAX);
                    self.topics
                        .unfollow(&mut self.connections, place, subscription);
                }
                Effect::Relay { topic, text } => self.relay(at, &topic, text),
                Effect::Close { code, reason } => self.begin_close(at, code, &reason),
                Effect::WakeAt(time) => {
                    if self.open_connection(at).is_some() {
                        self.wake_at(at, time);
                    }
                }
            }
        }
    }

    pub(super) fn follow(&mut self, at: usize, topic: &str, terms: Terms) {
        let place = u32::try_from(at).unwrap_or(u32::MAX);
        self.topics
            .follow(&mut self.connections, place, topic, terms);
    }

    pub(super) fn tick_due(&mut self) {
        let now = self.now();
        while let Some(Reverse((time, at, generation))) = self.wakes.peek().copied() {
            if time > now {
                return;
            }
            self.wakes.pop();
            let Some(connection) = self.find(at, generation) else {
                continue;
            };
            if connection.wake_at != Some(time) {
                continue;
            }
            connection.wake_at = None;
            match connection.phase {
                Phase::Open => self.with_session(at, |session, now, out| session.tick(now, out)),
                Phase::Closing | Phase::Shut => self.remove(at),
            }
        }
    }
}
