//! One Pusher application: whose key a client names and whose secret signs.
//!
//! An application is the namespace of its channels. It is made once and shared by all its connections.

use std::sync::Arc;

use super::Settings;
use super::signature::Secret;

/// An application as the wire needs it.
#[derive(Debug, Clone)]
pub struct App {
    /// The id in the HTTP API's paths. Holds no `/`.
    pub id: String,
    /// The public key in the socket's path and in front of every signature: the oldest that is good, by which
    /// webhooks are signed.
    pub key: String,
    /// The secret, prepared for signing.
    pub secret: Secret,
    /// Keys that are good as well, with their secrets.
    pub more_keys: Vec<(String, Secret)>,
    /// What its connections and events may be.
    pub settings: Arc<Settings>,
    /// Whether clients may send events to one another.
    pub client_events: bool,
    /// Whether its signed channels have a history to resume from; see [`super::resume`].
    pub resumes: bool,
    /// Whether followers are told how many they are ("Subscription counting").
    pub subscription_counts: bool,
    /// Whether a connection must sign in or follow a signed channel before long ("Authorized connections").
    pub authorized_only: bool,
}

impl App {
    /// An application with one key, the usual limits, and nothing switched on.
    pub fn new(id: &str, key: &str, secret: Secret) -> Self {
        Self {
            id: id.to_owned(),
            key: key.to_owned(),
            secret,
            more_keys: Vec::new(),
            settings: Arc::default(),
            client_events: false,
            resumes: false,
            subscription_counts: false,
            authorized_only: false,
        }
    }

    /// Its keys with their secrets, the oldest first.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &Secret)> {
        let more = self.more_keys.iter().map(|(key, secret)| (&**key, secret));
        std::iter::once((&*self.key, &self.secret)).chain(more)
    }

    /// The key that an `auth` value names, whatever its case, with its secret; the oldest if it names none.
    pub(super) fn pair_of(&self, auth: Option<&str>) -> (&str, &Secret) {
        let named = auth.and_then(|it| it.split_once(':')).map(|(key, _)| key);
        let is_named = |key: &str| named.is_some_and(|it| it.eq_ignore_ascii_case(key));
        let found = self.pairs().find(|(key, _)| is_named(key));
        found.unwrap_or((&self.key, &self.secret))
    }
}

/// The topic of a channel of an application, unique on a node: an id holds no `/`, nor does a channel.
pub fn topic(app_id: &str, channel: &str) -> String {
    ["pusher/", app_id, "/", channel].concat()
}

/// The topic that every connection of a signed-in user follows, so that they can be dismissed together. Not a
/// channel's: a channel's name holds no `/`.
pub fn user_topic(app_id: &str, user_id: &str) -> String {
    ["pusher/", app_id, "/user/", user_id].concat()
}

/// The topic of those who have a user on their watchlist.
pub fn watch_topic(app_id: &str, user_id: &str) -> String {
    ["pusher/", app_id, "/watch/", user_id].concat()
}
