//! Every frame that the server sends, as JSON text.
//!
//! Which `data` is a string and which an object is decided here and nowhere else: client libraries differ in
//! what they forgive, and this is the choice that all of them read (Websocket protocol, "Events"). The key
//! order is event, data, channel, as hosted Pusher writes it. Names are escaped, not checked.

use bytes::Bytes;

use super::json::{push_escaped, push_string};
use super::{Code, SocketId};

/// Room for the fixed text of any frame here.
const FRAME_BYTES: usize = 96;

/// `pusher:ping`. `data` is given because older libraries hand a missing one to listeners.
pub fn ping() -> Bytes {
    Bytes::from_static(br#"{"event":"pusher:ping","data":"{}"}"#)
}

/// `pusher:pong`, the answer to a client's ping.
pub fn pong() -> Bytes {
    Bytes::from_static(br#"{"event":"pusher:pong","data":"{}"}"#)
}

/// `pusher:connection_established`; `data` is a string, which Pysher and the Java library insist on.
///
/// `activity_timeout_s` must not be zero.
pub fn connection_established(socket_id: SocketId, activity_timeout_s: u32) -> Bytes {
    // The id and the number need no escaping: only the quotes of the inner text do.
    let text = format!(
        r#"{{"event":"pusher:connection_established","data":"{{\"socket_id\":\"{socket_id}\",\"activity_timeout\":{activity_timeout_s}}}"}}"#
    );
    Bytes::from(text)
}

/// `pusher_internal:subscription_succeeded` for a channel without members; `data` is the string `{}`, which
/// the Swift library wants present.
pub fn subscription_succeeded(channel: &str) -> Bytes {
    event("pusher_internal:subscription_succeeded", channel, "{}")
}

/// `pusher:error` with one of the documented codes.
pub fn error(code: Code) -> Bytes {
    error_text(Some(code), code.text(), None)
}

/// `pusher:error` in words of one's own; `data` is an object, because the Swift library drops a string.
///
/// `channel` makes pusher-js tell that channel too: give it for refused client events only, since on a refused
/// subscription hosted Pusher leaves it out.
pub fn error_text(code: Option<Code>, message: &str, channel: Option<&str>) -> Bytes {
    let mut out = Vec::with_capacity(FRAME_BYTES + message.len() + channel.map_or(0, str::len));
    out.extend_from_slice(br#"{"event":"pusher:error","data":{"code":"#);
    match code {
        Some(code) => out.extend_from_slice(code.number().to_string().as_bytes()),
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(br#","message":"#);
    push_string(&mut out, message);
    out.push(b'}');
    if let Some(channel) = channel {
        out.extend_from_slice(br#","channel":"#);
        push_string(&mut out, channel);
    }
    out.push(b'}');
    Bytes::from(out)
}

/// Why a subscription failed, in the words that self-hosted servers taught applications to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionError {
    /// The signature is missing or wrong.
    Auth,
    /// The channel's name is too long.
    NameLimit,
    /// The connection follows as many channels as it may.
    ChannelLimit,
    /// The presence channel has all the members it may have.
    MemberLimit,
    /// The back end says too much of a member.
    MemberSize,
    /// The node has too much to do.
    Busy,
}

impl SubscriptionError {
    fn kind(self) -> &'static str {
        match self {
            Self::Auth => "AuthError",
            Self::NameLimit
            | Self::ChannelLimit
            | Self::MemberLimit
            | Self::MemberSize
            | Self::Busy => "LimitReached",
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::Auth => 401,
            Self::NameLimit => 4009,
            Self::ChannelLimit | Self::MemberLimit => 4004,
            Self::MemberSize => 4301,
            Self::Busy => 4100,
        }
    }
}

/// `pusher:subscription_error`, on the channel that could not be subscribed. Hosted Pusher leaves this frame
/// to the client library; sending it is what lets an application see the failure on the channel.
pub fn subscription_error(channel: &str, error: SubscriptionError, text: &str) -> Bytes {
    let mut out = Vec::with_capacity(2 * FRAME_BYTES + channel.len() + text.len());
    out.extend_from_slice(br#"{"event":"pusher:subscription_error","data":{"type":"#);
    push_string(&mut out, error.kind());
    out.extend_from_slice(br#","error":"#);
    push_string(&mut out, text);
    out.extend_from_slice(br#","status":"#);
    out.extend_from_slice(error.status().to_string().as_bytes());
    out.extend_from_slice(br#"},"channel":"#);
    push_string(&mut out, channel);
    out.push(b'}');
    Bytes::from(out)
}

/// A published event; `data` becomes a JSON string that holds exactly the publisher's text.
pub fn event(name: &str, channel: &str, data: &str) -> Bytes {
    // An eighth more for the escapes of JSON in a string: wrong guesses cost one more allocation.
    let capacity = FRAME_BYTES + name.len() + channel.len() + data.len() + data.len() / 8;
    let mut out = Vec::with_capacity(capacity);
    out.extend_from_slice(br#"{"event":""#);
    push_escaped(&mut out, name);
    out.extend_from_slice(br#"","data":""#);
    push_escaped(&mut out, data);
    out.extend_from_slice(br#"","channel":""#);
    push_escaped(&mut out, channel);
    out.extend_from_slice(br#""}"#);
    Bytes::from(out)
}

/// The `data` of a frame made by [`event`].
pub fn data_of(frame: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Event {
        data: String,
    }
    serde_json::from_slice(frame).ok().map(|it: Event| it.data)
}

/// A client's event on its way to the others; `data` is the JSON value that the sender sent, byte for byte,
/// and is left out if the sender left it out. `user_id` is given on presence channels only.
pub fn client_event(name: &str, channel: &str, data: Option<&str>, user_id: Option<&str>) -> Bytes {
    let data_bytes = data.map_or(0, str::len);
    let mut out = Vec::with_capacity(FRAME_BYTES + name.len() + channel.len() + data_bytes);
    out.extend_from_slice(br#"{"event":"#);
    push_string(&mut out, name);
    if let Some(data) = data {
        out.extend_from_slice(br#","data":"#);
        out.extend_from_slice(data.as_bytes());
    }
    out.extend_from_slice(br#","channel":"#);
    push_string(&mut out, channel);
    if let Some(user_id) = user_id {
        out.extend_from_slice(br#","user_id":"#);
        push_string(&mut out, user_id);
    }
    out.push(b'}');
    Bytes::from(out)
}
