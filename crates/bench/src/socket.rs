//! The client's half of a Pusher socket, as bytes: what to send, and how many events have come.
//!
//! Once subscribed, frames are counted by their headers and their payloads skipped, so that thousands of
//! receivers cost the machine little. Events are told from pings by their size, see [`Frames`].

use crate::http::find;

/// Any 16 bytes in base64 do: the server's answer to them is not checked.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
/// Any key does: it only has to be taken off again.
const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];
/// The longest header of a server frame.
const HEADER_BYTES_MAX: usize = 10;

/// The upgrade request of a client of an application.
pub(crate) fn upgrade(app_key: &str) -> Vec<u8> {
    format!(
        "GET /app/{app_key}?protocol=7&client=bench&version=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\
         Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: {KEY}\r\n\r\n"
    )
    .into_bytes()
}

/// The frame that subscribes to a private channel.
pub(crate) fn subscribe(channel: &str, auth: &str) -> Vec<u8> {
    let text = format!(
        r#"{{"event":"pusher:subscribe","data":{{"auth":"{auth}","channel":"{channel}"}}}}"#
    );
    masked(text.as_bytes())
}

/// The frame that answers the server's `pusher:ping`.
pub(crate) fn pong() -> Vec<u8> {
    masked(br#"{"event":"pusher:pong","data":{}}"#)
}

fn masked(payload: &[u8]) -> Vec<u8> {
    let mut out = vec![0x81];
    match u8::try_from(payload.len()) {
        Ok(short) if short < 126 => out.push(0x80 | short),
        // Nothing sent here is near 64 KB.
        _ => {
            out.push(0x80 | 126);
            let length = u16::try_from(payload.len()).unwrap_or(u16::MAX);
            out.extend_from_slice(&length.to_be_bytes());
        }
    }
    out.extend_from_slice(&MASK);
    out.extend(
        payload
            .iter()
            .zip(MASK.iter().cycle())
            .map(|(byte, mask)| byte ^ mask),
    );
    out
}

/// What the server says while a connection is being opened.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Said<'a> {
    /// The upgrade is granted.
    Upgraded,
    /// The connection is established under this id.
    Established { socket_id: &'a str },
    /// The subscription stands.
    Subscribed,
    /// Anything that is not the way to a subscription.
    Refused(String),
}

/// The next thing in `bytes` and where it ends; nothing while it is incomplete.
pub(crate) fn hear(bytes: &[u8], upgraded: bool) -> Option<(Said<'_>, usize)> {
    if upgraded {
        let header = Header::parse(bytes)?;
        let end = header.bytes + usize::try_from(header.payload_bytes).ok()?;
        let text = std::str::from_utf8(bytes.get(header.bytes..end)?).unwrap_or("not UTF-8");
        return Some((said(header.opcode, text), end));
    }
    let end = find(bytes, b"\r\n\r\n")? + 4;
    let said = if bytes.starts_with(b"HTTP/1.1 101") {
        Said::Upgraded
    } else {
        Said::Refused(String::from_utf8_lossy(bytes.split(|b| *b == b'\r').next()?).into_owned())
    };
    Some((said, end))
}

fn said(opcode: u8, text: &str) -> Said<'_> {
    let socket_id = || Some(text.split_once(r#"socket_id\":\""#)?.1.split_once('\\')?.0);
    if opcode != 1 {
        Said::Refused(format!("opcode {opcode}"))
    } else if text.contains("pusher_internal:subscription_succeeded") {
        Said::Subscribed
    } else if let Some(socket_id) = socket_id() {
        Said::Established { socket_id }
    } else {
        Said::Refused(text.to_owned())
    }
}

/// A server frame's header.
#[derive(Debug, Clone, Copy)]
struct Header {
    opcode: u8,
    bytes: usize,
    payload_bytes: u64,
}

impl Header {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (&[first, second], rest) = bytes.split_first_chunk::<2>()?;
        let (bytes, payload_bytes) = match second & 0x7F {
            126 => (4, u64::from(u16::from_be_bytes(*rest.first_chunk::<2>()?))),
            127 => (10, u64::from_be_bytes(*rest.first_chunk::<8>()?)),
            short => (2, u64::from(short)),
        };
        Some(Self {
            opcode: first & 0x0F,
            bytes,
            payload_bytes,
        })
    }
}

/// Counts the frames of a subscribed connection.
///
/// A text frame of 126 bytes or more is an event: those that are measured are. A shorter one is taken for the
/// server's ping, which costs a pong nobody asked for when it is not.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    /// The start of a header that was cut in two.
    held: [u8; HEADER_BYTES_MAX],
    held_bytes: usize,
    /// What is still to come of the frame's payload.
    left: u64,
    kind: Kind,
}

#[derive(Debug, Default, Clone, Copy)]
enum Kind {
    #[default]
    Other,
    Event,
    Ping,
    Close,
}

/// What arrived.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(crate) events: u64,
    pub(crate) pings: u64,
    pub(crate) closed: bool,
}

impl Frames {
    /// Takes the next bytes of the stream and says which frames they completed.
    pub(crate) fn feed(&mut self, mut bytes: &[u8]) -> Arrived {
        let mut arrived = Arrived::default();
        loop {
            let taken = usize::try_from(self.left)
                .unwrap_or(usize::MAX)
                .min(bytes.len());
            self.left -= crate::number::count(taken);
            bytes = bytes.get(taken..).unwrap_or_default();
            if self.left > 0 {
                return arrived;
            }
            match std::mem::take(&mut self.kind) {
                Kind::Other => {}
                Kind::Event => arrived.events += 1,
                Kind::Ping => arrived.pings += 1,
                Kind::Close => arrived.closed = true,
            }
            let Some((header, taken)) = self.header(bytes) else {
                return arrived;
            };
            bytes = bytes.get(taken..).unwrap_or_default();
            self.left = header.payload_bytes;
            self.kind = match header.opcode {
                1 if header.payload_bytes >= 126 => Kind::Event,
                1 => Kind::Ping,
                8 => Kind::Close,
                _ => Kind::Other,
            };
        }
    }

    /// The header that `bytes` begin or complete, and how many of them it takes. Keeps what is not enough.
    fn header(&mut self, bytes: &[u8]) -> Option<(Header, usize)> {
        if self.held_bytes == 0
            && let Some(header) = Header::parse(bytes)
        {
            return Some((header, header.bytes));
        }
        for (taken, byte) in bytes.iter().enumerate() {
            *self.held.get_mut(self.held_bytes)? = *byte;
            self.held_bytes += 1;
            if let Some(header) = self.held.get(..self.held_bytes).and_then(Header::parse) {
                self.held_bytes = 0;
                return Some((header, taken + 1));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use wire::pusher::{SocketId, frames};
    use wire::websocket::encode::{close_frame, text_frame};
    use wire::websocket::{Decoder, Incoming, Limits};

    use super::*;

    #[test]
    fn frames_are_counted_wherever_the_stream_is_cut() {
        let mut stream = Vec::new();
        for length in [126, 512, 70_000, 200] {
            stream.extend_from_slice(&text_frame(&vec![b'x'; length]));
            stream.extend_from_slice(&text_frame(&frames::ping()));
        }
        stream.extend_from_slice(&close_frame(1000, "bye"));
        for size in [1, 2, 3, 7, 100, 65_536, stream.len()] {
            let mut frames = Frames::default();
            let mut total = Arrived::default();
            for part in stream.chunks(size) {
                let arrived = frames.feed(part);
                total.events += arrived.events;
                total.pings += arrived.pings;
                total.closed |= arrived.closed;
            }
            let expected = Arrived {
                events: 4,
                pings: 4,
                closed: true,
            };
            assert_eq!(total, expected, "{size}");
        }
    }

    #[test]
    fn the_server_understands_what_is_sent() {
        let limits = Limits {
            message_bytes_max: 10_000,
        };
        let mut heard = Vec::new();
        for mut frame in [subscribe("private-a", "key:signature"), pong()] {
            Decoder::new()
                .feed(&mut frame, &limits, &mut |incoming| {
                    if let Incoming::Text(text) = incoming {
                        heard.push(text.to_owned());
                    }
                })
                .unwrap();
        }
        assert_eq!(
            heard,
            [
                r#"{"event":"pusher:subscribe","data":{"auth":"key:signature","channel":"private-a"}}"#,
                r#"{"event":"pusher:pong","data":{}}"#
            ]
        );
    }

    #[test]
    fn opening_is_heard_step_by_step() {
        let upgraded = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nrest";
        assert_eq!(hear(&upgraded[..20], false), None);
        let end = upgraded.len() - 4;
        assert_eq!(hear(upgraded, false), Some((Said::Upgraded, end)));
        let no = b"HTTP/1.1 503 Service Unavailable\r\n\r\n";
        let refused = Said::Refused("HTTP/1.1 503 Service Unavailable".to_owned());
        assert_eq!(hear(no, false), Some((refused, no.len())));

        let id = SocketId::from_random(12, 34);
        let frame = text_frame(&frames::connection_established(id, 30));
        let established = Said::Established { socket_id: "12.34" };
        assert_eq!(hear(&frame, true), Some((established, frame.len())));
        let frame = text_frame(&frames::subscription_succeeded("private-a"));
        assert_eq!(hear(&frame, true), Some((Said::Subscribed, frame.len())));
        let frame = text_frame(&frames::error_text(None, "no", None));
        assert!(matches!(hear(&frame, true), Some((Said::Refused(_), _))));
    }
}
