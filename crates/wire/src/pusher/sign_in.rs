//! Signing a user in, and whom they watch (Websocket protocol, "User authentication"; "Watchlist events").
//!
//! A connection is one user for good: signing in again as the same changes nothing, as another is refused. A
//! signed-in connection follows its user's own topic, under which it can be dismissed, and the watch topic of
//! everybody on its watchlist.

use std::sync::Arc;

use super::command::SignIn;
use super::desk::Desk;
use super::member::{Member, User};
use super::session::Pusher;
use super::{App, Code, frames, people_frames, signature, user_topic, watch_topic};
use crate::session::Effect;

impl<D: Desk> Pusher<D> {
    /// Who is signed in.
    pub(super) fn user_id(&self) -> Option<&str> {
        self.user.as_deref().map(Member::id)
    }

    pub(super) fn sign_in(&mut self, app: &App, asked: &SignIn, out: &mut Vec<Effect>) {
        let data = asked.user_data.as_deref().unwrap_or_default();
        let socket_id = self.socket_id().to_string();
        let auth = asked.auth.as_deref();
        let (key, secret) = app.pair_of(auth);
        let verified = signature::verify_user_auth(key, secret, &socket_id, data, auth);
        if let Err(refused) = verified {
            return self.refuse(Some(Code::Unauthorized), &refused.to_string(), None, out);
        }
        let user = match User::parse(data) {
            Ok(user) => user,
            Err(unknown) => return self.refuse(None, &unknown.to_string(), None, out),
        };
        match self.user_id() {
            Some(id) if id == user.member.id() => {
                out.push(Effect::Send(people_frames::signin_success(data)));
            }
            Some(id) => {
                let text = format!("This connection is signed in already, as user {id}");
                self.refuse(None, &text, None, out);
            }
            None => {
                out.push(Effect::Send(people_frames::signin_success(data)));
                self.signed_in(app, user, out);
            }
        }
    }

    fn signed_in(&mut self, app: &App, user: User, out: &mut Vec<Effect>) {
        self.authorize_by = None;
        self.desk.sign_in(&app.id, user.member.id());
        out.push(Effect::Follow {
            topic: user_topic(&app.id, user.member.id()),
            subscription: self.followed.next_number(),
            envelope: None,
        });
        self.user = Some(Arc::new(user.member));

        let mut watchlist = user.watchlist;
        if watchlist.len() > self.settings.watchlist_users_max {
            watchlist.truncate(self.settings.watchlist_users_max);
            out.push(Effect::Send(frames::error(Code::WatchlistLimit)));
        }
        if !watchlist.is_empty() {
            self.watch(app, &watchlist, out);
        }
    }

    /// Tells who of them is online, and whatever changes from then on.
    fn watch(&mut self, app: &App, watchlist: &[String], out: &mut Vec<Effect>) {
        let subscription = self.followed.next_number();
        let (mut online, mut offline) = (Vec::new(), Vec::new());
        let mut follows = Vec::with_capacity(watchlist.len());
        for id in watchlist {
            let watched = self.desk.watch(&app.id, id);
            if watched.online {
                &mut online
            } else {
                &mut offline
            }
            .push(id.as_str());
            follows.push(Effect::FollowAfter {
                topic: watch_topic(&app.id, id),
                subscription,
                after: watched.after,
            });
        }
        let told = people_frames::watchlist_events(&online, &offline);
        out.push(Effect::Send(told));
        out.append(&mut follows);
    }
}
