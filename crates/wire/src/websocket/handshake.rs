//! The server's half of the opening handshake (RFC 6455, section 4.2).
//!
//! Takes header values as plain text and gives the accept key or says what is wrong. It does not look at the
//! path, the origin or the subprotocols: those belong to the protocol above.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

/// The fixed text that is hashed after the client's key (RFC 6455, section 1.3).
const KEY_SUFFIX: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// A client key is the base64 form of this many random bytes (RFC 6455, section 4.1, item 7).
const KEY_BYTES: usize = 16;

/// The only version of the protocol that was ever standardized.
pub const VERSION: &str = "13";

/// The headers of an upgrade request that decide whether it is one; `None` where the header is absent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    /// `Upgrade`, a comma-separated list.
    pub upgrade: Option<&'a str>,
    /// `Connection`, a comma-separated list.
    pub connection: Option<&'a str>,
    /// `Sec-WebSocket-Version`.
    pub version: Option<&'a str>,
    /// `Sec-WebSocket-Key`.
    pub key: Option<&'a str>,
}

/// Why a request is not answered with 101.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// `Upgrade` or `Connection` does not ask for a WebSocket.
    #[error("not a websocket upgrade request")]
    NotAnUpgrade,
    /// A version other than 13; the answer carries `Sec-WebSocket-Version: 13` (section 4.4).
    #[error("websocket version is not 13")]
    Version,
    /// The key is missing or is not the base64 form of 16 bytes.
    #[error("sec-websocket-key is not 16 bytes in base64")]
    Key,
}

impl Refused {
    /// The HTTP status of the refusal.
    pub fn status(self) -> u16 {
        match self {
            Self::NotAnUpgrade | Self::Version => 426,
            Self::Key => 400,
        }
    }
}

/// Checks an upgrade request and returns the value of `Sec-WebSocket-Accept`.
///
/// The method (`GET`) and the HTTP version are the driver's to check.
pub fn accept(request: &Request<'_>) -> Result<String, Refused> {
    if !lists(request.upgrade, "websocket") || !lists(request.connection, "upgrade") {
        return Err(Refused::NotAnUpgrade);
    }
    if request.version.map(str::trim) != Some(VERSION) {
        return Err(Refused::Version);
    }
    let key = request.key.ok_or(Refused::Key)?.trim();
    match STANDARD.decode(key) {
        Ok(bytes) if bytes.len() == KEY_BYTES => Ok(accept_key(key)),
        Ok(_) | Err(_) => Err(Refused::Key),
    }
}

/// The `Sec-WebSocket-Accept` value for a `Sec-WebSocket-Key`, which is not checked.
pub fn accept_key(sec_websocket_key: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(sec_websocket_key.as_bytes());
    hash.update(KEY_SUFFIX);
    STANDARD.encode(hash.finalize())
}

/// Whether a comma-separated header holds `token`, in any case.
fn lists(header: Option<&str>, token: &str) -> bool {
    header.is_some_and(|value| {
        value
            .split(',')
            .any(|item| item.trim().eq_ignore_ascii_case(token))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: Request<'_> = Request {
        upgrade: Some("websocket"),
        connection: Some("keep-alive, Upgrade"),
        version: Some("13"),
        key: Some("dGhlIHNhbXBsZSBub25jZQ=="),
    };

    #[test]
    fn the_sample_of_section_1_3_is_accepted() {
        assert_eq!(
            accept(&SAMPLE).as_deref(),
            Ok("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        );
    }

    #[test]
    fn each_missing_or_wrong_header_is_named() {
        let cases = [
            (
                Request {
                    upgrade: Some("h2c"),
                    ..SAMPLE
                },
                Refused::NotAnUpgrade,
            ),
            (
                Request {
                    connection: None,
                    ..SAMPLE
                },
                Refused::NotAnUpgrade,
            ),
            (
                Request {
                    version: Some("8"),
                    ..SAMPLE
                },
                Refused::Version,
            ),
            (
                Request {
                    version: None,
                    ..SAMPLE
                },
                Refused::Version,
            ),
            (
                Request {
                    key: None,
                    ..SAMPLE
                },
                Refused::Key,
            ),
            (
                Request {
                    key: Some("c2hvcnQ="),
                    ..SAMPLE
                },
                Refused::Key,
            ),
            (
                Request {
                    key: Some("***"),
                    ..SAMPLE
                },
                Refused::Key,
            ),
        ];
        for (request, refused) in cases {
            assert_eq!(accept(&request), Err(refused), "{request:?}");
        }
    }
}
