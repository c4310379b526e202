//! The extended protocol `actioncable-v1-ext-json` (AnyCable): places in streams, history, restored sessions,
//! whispers, and pings from the client.
//!
//! A subscription is one stream, however many topics it follows, and the stream's offsets are the topics' numbers. What
//! a client missed is told before anything new of the same subscription, so it needs to drop nothing. A session that is
//! restored keeps silent about each subscription until the client has said what it missed there, or at the next ping.
//!
//! Who is in a channel is what clients say: the desk keeps it, and everybody in the channel is told who comes and goes.

use super::{
    command::{Command, Someone, Wanted},
    desk::{Desk, Params, Seated},
    frames::{self, Quoted},
    limits::{PRESENCE_ID_BYTES_MAX, PRESENCE_INFO_BYTES_MAX},
    session::{Cable, Live},
};
use crate::session::{Effect, Millis, Since, Verdicts};

/// What a live subscription of the extended protocol remembers.
#[derive(Debug)]
pub(super) struct LiveExtended {
    identifier: String,
    topics: Vec<String>,
    stream: String,
    whispers: Option<String>,
    gathering: Option<String>,
    /// Restored and not followed yet: the number of the newest publication when it was restored.
    dormant: Option<u64>,
}

impl<D: Desk> Cable<D> {
    /// Welcomes the client, and gives it back what it had if it had something.
    pub(super) fn open_extended(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let Some(given) = &mut self.settings.extended else {
            return;
        };
        let (sid, wanted) = (given.sid.clone(), std::mem::take(&mut given.restored));
        if wanted.is_empty() {
            return out.push(Effect::Send(frames::welcome_with(&sid)));
        }
        let (mut names, mut told) = (Vec::new(), Vec::new());
        for identifier in wanted {
            let position = self.desk.position();
            let seated =
                Params::parse(&identifier).and_then(|params| self.desk.subscribe(&params, now));
            let Some(seated) = seated else { continue };
            let quoted = Quoted::new(&identifier);
            let number = self.next_number;
            self.next_number = number.wrapping_add(1);
            let transmit = seated.transmit.clone();
            self.sit((&identifier, &quoted), number, seated, Some(position));
            if let Some(live) = self.live.last() {
                told.extend(transmit.iter().map(|it| frames::data(&live.envelope, it)));
            }
            names.push(quoted);
        }
        out.push(Effect::Send(frames::welcome_back(&sid, names.iter())));
        out.extend(told.into_iter().map(Effect::Send));
    }

    /// Follows a new subscription, from where the client asks.
    pub(super) fn seat_extended(
        &mut self,
        (identifier, quoted): (&str, &Quoted),
        number: u32,
        seated: Seated<D::Seat>,
        history: Option<Wanted>,
        out: &mut Vec<Effect>,
    ) {
        let transmit = seated.transmit.clone();
        self.sit((identifier, quoted), number, seated, None);
        let Some(live) = self.live.last() else { return };
        out.extend(
            transmit
                .iter()
                .map(|it| Effect::Send(frames::data(&live.envelope, it))),
        );
        match history {
            Some(wanted) => self.tell_missed(self.live.len() - 1, (quoted, true), &wanted, out),
            None => follow(live, out),
        }
    }

    fn sit(
        &mut self,
        (identifier, quoted): (&str, &Quoted),
        number: u32,
        seated: Seated<D::Seat>,
        dormant: Option<u64>,
    ) {
        let epoch = self.settings.extended.as_ref().map(|it| it.epoch.as_str());
        let envelope =
            frames::positioned_envelope(quoted, &seated.stream, epoch.unwrap_or_default());
        self.live.reserve_exact(1);
        self.live.push(Live {
            envelope,
            number,
            seat: seated.seat,
            repeated_at: None,
            extended: Some(Box::new(LiveExtended {
                identifier: identifier.to_owned(),
                topics: seated.topics,
                stream: seated.stream,
                whispers: seated.whispers,
                gathering: seated.gathering,
                dormant,
            })),
        });
    }

    /// The commands that only this protocol has.
    pub(super) fn extended(&mut self, command: Command<'_>, out: &mut Vec<Effect>) {
        match command {
            Command::History {
                identifier,
                history,
            } => {
                let quoted = Quoted::new(&identifier);
                match self.find(&quoted) {
                    Some(at) => self.tell_missed(at, (&quoted, false), &history, out),
                    None => self.ignore(),
                }
            }
            Command::Whisper { identifier, data } => {
                let at = self.find(&Quoted::new(&identifier));
                let live = at.and_then(|at| self.live.get(at));
                let topic = live.and_then(|it| it.extended.as_ref()?.whispers.clone());
                match topic {
                    Some(topic) => out.push(Effect::Relay {
                        topic,
                        text: data.get().to_owned().into(),
                    }),
                    None => self.ignore(),
                }
            }
            Command::Join {
                identifier,
                presence,
            } => self.join(&Quoted::new(&identifier), &presence, out),
            Command::Leave { identifier } => {
                let at = self.find(&Quoted::new(&identifier));
                match at.and_then(|at| self.live.get_mut(at)) {
                    Some(live) => tell_left(&mut self.desk, live, true, out),
                    None => self.ignore(),
                }
            }
            Command::Presence {
                identifier,
                records,
            } => self.tell_gathered(&Quoted::new(&identifier), records, out),
            Command::Ping => out.push(Effect::Send(frames::pong())),
            Command::Subscribe { .. }
            | Command::Unsubscribe { .. }
            | Command::Message { .. }
            | Command::Pong => self.ignore(),
        }
    }

    /// Somebody is in the channel of a live subscription, says its client.
    pub(super) fn join(&mut self, quoted: &Quoted, someone: &Someone, out: &mut Vec<Effect>) {
        let at = self.find(quoted);
        let Some(live) = at.and_then(|at| self.live.get_mut(at)) else {
            return self.ignore();
        };
        let Someone { id, info } = someone;
        let fits = id.len() <= PRESENCE_ID_BYTES_MAX && info.len() <= PRESENCE_INFO_BYTES_MAX;
        let room = live.extended.as_ref().and_then(|it| it.gathering.clone());
        let told = match room.filter(|_| fits) {
            Some(room) => self
                .desk
                .join(&mut live.seat, id, info)
                .map(|it| (room, it)),
            None => None,
        };
        match told {
            Some((room, true)) => {
                let news = frames::joined(id, info);
                let envelope = frames::presence_envelope(quoted);
                out.push(Effect::Send(frames::data(&envelope, &news)));
                out.push(Effect::Relay {
                    topic: room,
                    text: news,
                });
            }
            Some((_, false)) => {}
            None => out.push(Effect::Send(frames::no_presence(quoted))),
        }
    }

    /// A subscription ends, and with it what its client said of somebody.
    pub(super) fn tell_left(
        &mut self,
        live: &mut Live<D::Seat>,
        to_itself: bool,
        out: &mut Vec<Effect>,
    ) {
        tell_left(&mut self.desk, live, to_itself, out);
    }

    fn tell_gathered(&mut self, quoted: &Quoted, records: bool, out: &mut Vec<Effect>) {
        let at = self.find(quoted);
        let Some(live) = at.and_then(|at| self.live.get(at)) else {
            return self.ignore();
        };
        let keeps = live
            .extended
            .as_ref()
            .is_some_and(|it| it.gathering.is_some());
        out.push(Effect::Send(if keeps {
            let told = frames::gathered(&self.desk.gathered(&live.seat), records);
            frames::data(&frames::presence_envelope(quoted), &told)
        } else {
            frames::no_presence(quoted)
        }));
    }

    /// Tells what was missed on a subscription, and then what comes. A fresh one is not followed yet.
    fn tell_missed(
        &mut self,
        at: usize,
        (quoted, fresh): (&Quoted, bool),
        wanted: &Wanted,
        out: &mut Vec<Effect>,
    ) {
        let epoch = self.settings.extended.as_ref().map(|it| it.epoch.clone());
        let Some(live) = self.live.get_mut(at) else {
            return;
        };
        let Some(extended) = &mut live.extended else {
            return;
        };
        let dormant = extended.dormant.take();
        let verdicts = Verdicts {
            confirmed: frames::confirm_history(quoted),
            rejected: frames::reject_history(quoted),
        };
        let since = match wanted.streams.get(&extended.stream) {
            Some(place) if Some(&place.epoch) == epoch.as_ref() => {
                Some(Since::Number(place.offset))
            }
            Some(_) => {
                // Another server's numbers: nobody can say what was missed.
                out.push(Effect::Send(verdicts.rejected));
                if fresh || dormant.is_some() {
                    follow(live, out);
                }
                return;
            }
            None => match wanted.since.filter(|since| *since > 0) {
                Some(since) => Some(Since::Time(since)),
                None => dormant.map(Since::Number),
            },
        };
        let Some(since) = since else {
            out.push(Effect::Send(verdicts.confirmed));
            if fresh {
                follow(live, out);
            }
            return;
        };
        let catch_up = Effect::CatchUpAll {
            topics: extended.topics.clone(),
            subscription: live.number,
            since,
            envelope: live.envelope.clone(),
            verdicts: Some(verdicts),
        };
        out.push(Effect::Unfollow {
            subscription: live.number,
        });
        out.push(catch_up);
        follow_whispers(live, out);
    }

    /// The first subscription that was restored, follows nothing yet, and would not be given any more.
    pub(super) fn void(&self) -> Option<u32> {
        let is_void = |it: &&Live<D::Seat>| {
            let dormant = it.extended.as_ref().filter(|it| it.dormant.is_some());
            dormant.is_some_and(|it| {
                let params = Params::parse(&it.identifier);
                !params.is_some_and(|params| self.desk.holds(&params))
            })
        };
        self.live.iter().find(is_void).map(|it| it.number)
    }

    /// Follows restored subscriptions whose client asks for nothing.
    pub(super) fn wake_dormant(&mut self, out: &mut Vec<Effect>) {
        for live in &mut self.live {
            let Some(extended) = &mut live.extended else {
                continue;
            };
            let Some(position) = extended.dormant.take() else {
                continue;
            };
            out.push(Effect::CatchUpAll {
                topics: extended.topics.clone(),
                subscription: live.number,
                since: Since::Number(position),
                envelope: live.envelope.clone(),
                verdicts: None,
            });
            follow_whispers(live, out);
        }
    }

    /// Leaves word of what this session had, for when the client comes back.
    pub(super) fn park(&mut self) {
        let Some(given) = &self.settings.extended else {
            return;
        };
        let identifiers: Vec<String> = self
            .live
            .iter()
            .filter_map(|it| Some(it.extended.as_ref()?.identifier.clone()))
            .collect();
        if !identifiers.is_empty() {
            self.desk.park(&given.sid, identifiers);
        }
    }
}

/// Tells the channel who is gone, if somebody is; the client itself if it has not left the channel too.
fn tell_left<D: Desk>(
    desk: &mut D,
    live: &mut Live<D::Seat>,
    to_itself: bool,
    out: &mut Vec<Effect>,
) {
    let Some(extended) = &live.extended else {
        return;
    };
    let Some((room, id)) = extended.gathering.clone().zip(desk.leave(&mut live.seat)) else {
        return;
    };
    let news = frames::left(&id);
    if to_itself {
        let envelope = frames::presence_envelope(&Quoted::new(&extended.identifier));
        out.push(Effect::Send(frames::data(&envelope, &news)));
    }
    out.push(Effect::Relay {
        topic: room,
        text: news,
    });
}

fn follow<S>(live: &Live<S>, out: &mut Vec<Effect>) {
    let Some(extended) = &live.extended else {
        return;
    };
    out.extend(extended.topics.iter().map(|topic| Effect::Follow {
        topic: topic.clone(),
        subscription: live.number,
        envelope: Some(live.envelope.clone()),
    }));
    follow_whispers(live, out);
}

/// What has no history: whispers, and who is here.
fn follow_whispers<S>(live: &Live<S>, out: &mut Vec<Effect>) {
    let Some(extended) = &live.extended else {
        return;
    };
    let follow = |topic: &String, envelope| Effect::Follow {
        topic: topic.clone(),
        subscription: live.number,
        envelope: Some(envelope),
    };
    let whispers = extended.whispers.iter();
    out.extend(whispers.map(|topic| follow(topic, live.envelope.clone())));
    let quoted = Quoted::new(&extended.identifier);
    let gathering = extended.gathering.iter();
    out.extend(gathering.map(|topic| follow(topic, frames::presence_envelope(&quoted))));
}

#[cfg(test)]
#[path = "extended_tests.rs"]
mod tests;
