//! Subscribing to a channel and leaving it (Websocket protocol, "Subscription").
//!
//! The acknowledgement is pushed before the `Follow`, so that no event of a channel can overtake it; a cache
//! channel's last event stands between the two. What the desk tells of a channel has a number, and the connection
//! follows from that number on: it misses nothing and is told nothing twice.

use std::sync::Arc;

use super::channel::{Invalid, Name};
use super::command::Subscribe;
use super::desk::{Desk, Full, Joined, Seat};
use super::followed::Entry;
use super::frames::{self, SubscriptionError};
use super::member::Member;
use super::people_frames;
use super::session::Pusher;
use super::settings::CHANNEL_NAME_CHARS_MAX;
use super::{App, resume, signature, topic};
use crate::session::{Effect, NONE_NUMBERED};

/// How to call a failure and what to say. A failure without a kind is told on the connection, because no channel
/// of that name can exist.
type Refusal = (Option<SubscriptionError>, String);

impl<D: Desk> Pusher<D> {
    pub(super) fn subscribe(&mut self, app: &App, asked: &Subscribe, out: &mut Vec<Effect>) {
        let channel = asked.channel.as_str();
        if let Some(entry) = self.followed.find(channel) {
            // Hosted Pusher calls this an error; clients that lost track are better served by the answer
            // that they wait for.
            out.push(Effect::Send(match entry.member {
                Some(_) => {
                    let members = self.desk.members(&topic(&app.id, channel));
                    people_frames::presence_succeeded(channel, &members)
                }
                None => frames::subscription_succeeded(channel),
            }));
            return;
        }
        if let Err((error, text)) = self.try_subscribe(app, asked, out) {
            self.count_refused();
            out.push(Effect::Send(match error {
                Some(error) => frames::subscription_error(channel, error, &text),
                None => frames::error_text(None, &text, None),
            }));
        }
    }

    fn try_subscribe(
        &mut self,
        app: &App,
        asked: &Subscribe,
        out: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let name = self.may_subscribe(app, asked)?;
        let member = if name.kind().presence {
            Some(self.member(asked)?)
        } else {
            None
        };
        let topic = topic(&app.id, name.as_str());
        let seat = Seat {
            app,
            channel: name,
            topic: &topic,
            member: member.as_ref(),
        };
        let joined = self.desk.join(&seat).map_err(|full| match full {
            Full::Members => (
                Some(SubscriptionError::MemberLimit),
                "The channel has all the members it may have".to_owned(),
            ),
            Full::Node => (
                Some(SubscriptionError::Busy),
                "Over capacity: try again later".to_owned(),
            ),
        })?;
        if name.kind().signed {
            self.authorize_by = None;
        }
        // It is not there yet: a duplicate was answered before.
        let subscription = self.followed.add(name.as_str(), member).unwrap_or_default();
        let resumed = if app.resumes {
            resume::after(name.kind(), asked.channel_data.as_deref())
        } else {
            None
        };
        match resumed {
            Some(after) => push_resumed(app, name, topic, subscription, after, out),
            None => push_joined(name, topic, subscription, joined, out),
        }
        Ok(())
    }

    /// Everything that can be said of a subscription without asking who else is there.
    fn may_subscribe<'a>(&self, app: &App, asked: &'a Subscribe) -> Result<Name<'a>, Refusal> {
        let name = Name::parse(&asked.channel).map_err(|invalid| match invalid {
            Invalid::TooLong => (
                Some(SubscriptionError::NameLimit),
                format!("The channel name is longer than {CHANNEL_NAME_CHARS_MAX} characters"),
            ),
            Invalid::Empty | Invalid::Character => {
                (None, format!("Invalid subscription: {invalid}"))
            }
        })?;
        let channels_max = self.settings.channels_per_connection_max;
        if self.followed.len() >= channels_max {
            let text = format!("This connection already follows {channels_max} channels");
            return Err((Some(SubscriptionError::ChannelLimit), text));
        }
        if name.is_reserved() && (name.user().is_none() || name.user() != self.user_id()) {
            let text = "This channel is for the user who is signed in with its id";
            return Err((Some(SubscriptionError::Auth), text.to_owned()));
        }
        if name.kind().signed {
            let (key, secret) = app.pair_of(asked.auth.as_deref());
            signature::verify_channel_auth(
                key,
                secret,
                &self.socket_id().to_string(),
                name.as_str(),
                asked.channel_data.as_deref(),
                asked.auth.as_deref(),
            )
            .map_err(|refused| (Some(SubscriptionError::Auth), refused.to_string()))?;
        }
        Ok(name)
    }

    /// Who joins a presence channel: as the signed data say, or else as who is signed in.
    fn member(&self, asked: &Subscribe) -> Result<Arc<Member>, Refusal> {
        let member = match (&asked.channel_data, &self.user) {
            (Some(data), _) => Member::parse(data)
                .map(Arc::new)
                .map_err(|unknown| (Some(SubscriptionError::Auth), unknown.to_string()))?,
            (None, Some(user)) => user.clone(),
            (None, None) => {
                let text = "A presence channel needs channel_data, or a user who is signed in";
                return Err((Some(SubscriptionError::Auth), text.to_owned()));
            }
        };
        let bytes_max = self.settings.member_info_bytes_max;
        if member.info_json().len() > bytes_max {
            let text = format!("The user_info is larger than {bytes_max} bytes");
            return Err((Some(SubscriptionError::MemberSize), text));
        }
        Ok(member)
    }

    pub(super) fn unsubscribe(&mut self, app: &App, channel: &str, out: &mut Vec<Effect>) {
        // Silent if unknown: Laravel Echo leaves four variants of a name at once.
        if let Some(entry) = self.followed.remove(channel) {
            out.push(Effect::Unfollow {
                subscription: entry.subscription,
            });
            self.leave(app, &entry);
        }
    }

    /// Gives a place in a channel back.
    pub(super) fn leave(&mut self, app: &App, entry: &Entry) {
        // What was followed has a name.
        if let Ok(channel) = Name::parse(&entry.channel) {
            self.desk.leave(&Seat {
                app,
                channel,
                topic: &topic(&app.id, &entry.channel),
                member: entry.member.as_ref(),
            });
        }
    }
}

fn push_joined(
    name: Name<'_>,
    topic: String,
    subscription: u32,
    joined: Joined,
    out: &mut Vec<Effect>,
) {
    let (channel, kind) = (name.as_str(), name.kind());
    out.push(Effect::Send(if kind.presence {
        people_frames::presence_succeeded(channel, &joined.members)
    } else {
        frames::subscription_succeeded(channel)
    }));
    if kind.cache {
        let cached = joined.cached;
        out.push(Effect::Send(
            cached.unwrap_or_else(|| people_frames::cache_miss(channel)),
        ));
    }
    out.push(if kind.is_remembered() {
        Effect::FollowAfter {
            topic,
            subscription,
            after: joined.after,
        }
    } else {
        Effect::Follow {
            topic,
            subscription,
            envelope: None,
        }
    });
}

/// The channel's events come with their positions, those after `after` first. On the channel's own topic, where they
/// have none, there is only what has no place in the history.
fn push_resumed(
    app: &App,
    name: Name<'_>,
    topic: String,
    subscription: u32,
    after: u64,
    out: &mut Vec<Effect>,
) {
    let channel = name.as_str();
    out.push(Effect::Send(resume::succeeded(channel, after)));
    out.push(Effect::FollowAfter {
        topic,
        subscription,
        after: NONE_NUMBERED,
    });
    out.push(Effect::CatchUp {
        topic: resume::topic(&app.id, channel),
        subscription,
        after,
    });
}
