//! When to ping a silent client and when to give it up (Websocket protocol, "Ping and pong messages").
//!
//! Any frame counts as a sign of life. Hearing one costs nothing: the time of the next look is only worked out
//! when the last one is due, so a busy connection wakes as rarely as an idle one.

use super::settings::Settings;
use crate::session::Millis;

/// What is known of the client's life.
#[derive(Debug, Default)]
pub(super) struct Liveness {
    last_seen: Millis,
    /// When the unanswered ping was sent.
    pinged_at: Option<Millis>,
}

/// What to do at a tick.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing; look again then.
    Alive {
        /// When to look again.
        again_at: Millis,
    },
    /// Ping it, and look again then.
    Ask {
        /// When to look again.
        again_at: Millis,
    },
    /// It did not answer in time.
    Dead,
}

impl Liveness {
    /// Notes a frame from the client.
    pub(super) fn heard(&mut self, now: Millis) {
        self.last_seen = now;
        self.pinged_at = None;
    }

    /// Looks at the clock.
    pub(super) fn look(&mut self, now: Millis, settings: &Settings) -> Verdict {
        if let Some(pinged_at) = self.pinged_at {
            let again_at = pinged_at.saturating_add(settings.pong_timeout_ms());
            return if now < again_at {
                Verdict::Alive { again_at }
            } else {
                Verdict::Dead
            };
        }
        let again_at = self
            .last_seen
            .saturating_add(settings.activity_timeout_ms());
        if now < again_at {
            return Verdict::Alive { again_at };
        }
        self.pinged_at = Some(now);
        Verdict::Ask {
            again_at: now.saturating_add(settings.pong_timeout_ms()),
        }
    }
}
