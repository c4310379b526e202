//! One Pusher application: whose key a client names and whose secret signs.
//!
//! An application is the namespace of its channels. It is made once and shared by all its connections.

use super::signature::Secret;

/// An application as the wire needs it.
#[derive(Debug, Clone)]
pub struct App {
    /// The id in the HTTP API's paths. Holds no `/`.
    pub id: String,
    /// The public key in the socket's path and in front of every signature.
    pub key: String,
    /// The secret, prepared for signing.
    pub secret: Secret,
    /// Whether clients may send events to one another.
    pub client_events: bool,
    /// Whether its signed channels have a history to resume from; see [`super::resume`].
    pub resumes: bool,
    /// Whether followers are told how many they are ("Subscription counting").
    pub subscription_counts: bool,
    /// Whether a connection must sign in or follow a signed channel before long ("Authorized connections").
    pub authorized_only: bool,
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
