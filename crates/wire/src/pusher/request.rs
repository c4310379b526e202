//! Who sent an HTTP API request (HTTP API reference, "Authentication").
//!
//! The caller has parsed the query, found the application by the id in the path and answered 404 if there is
//! none. `path` is the path as requested: behind a proxy that rewrites paths it must be the original one.

use md5::{Digest as _, Md5};

use super::App;
use super::signature::hex;

/// The parameter that is not itself signed.
const SIGNATURE: &str = "auth_signature";

/// What of a request is signed.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// In any case.
    pub method: &'a str,
    /// From the first `/`, without the query.
    pub path: &'a str,
    /// The query's parameters, percent-decoded, in any order.
    pub query: &'a [(String, String)],
    /// The body's bytes as received; empty if there is none.
    pub body: &'a [u8],
}

/// Why a request is refused. Always answered with status 401.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A parameter of the signature is absent.
    #[error("Missing parameter: {0}")]
    Missing(&'static str),
    /// The key is not this application's.
    #[error("Unknown auth_key: it does not belong to this application")]
    Key,
    /// Another way to sign.
    #[error("Invalid auth_version: only 1.0 is supported")]
    Version,
    /// Not a number of seconds.
    #[error("Invalid auth_timestamp: expected seconds since 1970")]
    NotATimestamp,
    /// Too old, or from a clock that is ahead.
    #[error(
        "Timestamp expired: Given timestamp ({given}) not within {window}s of server time ({now})"
    )]
    Expired {
        /// What was sent, in seconds since 1970.
        given: u64,
        /// The server's clock, in seconds since 1970.
        now: u64,
        /// How far apart they may be, in seconds.
        window: u32,
    },
    /// The body is not the one that was signed.
    #[error("Invalid body_md5: it is not the MD5 of the body")]
    Body,
    /// The signature is wrong. Says what should have been signed, which the sender knows, and never what the
    /// signature should have been.
    #[error(
        "Invalid signature: you should have sent HmacSHA256Hex({signed:?}, your_secret_key), but you sent {sent:?}"
    )]
    Signature {
        /// The text that should have been signed.
        signed: String,
        /// The signature that was sent.
        sent: String,
    },
}

impl Refused {
    /// The HTTP status of the refusal.
    pub const STATUS: u16 = 401;
}

/// Checks a request in the documented order: key, version, time, body, signature.
///
/// `now_s` is the wall clock in seconds since 1970, and `window_s` how far the request's time may be from it, either
/// way. A request without a body may leave `body_md5` out.
pub fn verify(request: &Request<'_>, app: &App, now_s: u64, window_s: u32) -> Result<(), Refused> {
    let named = request.parameter("auth_key")?;
    let (_, secret) = app
        .pairs()
        .find(|(key, _)| *key == named)
        .ok_or(Refused::Key)?;
    if request.parameter("auth_version")? != "1.0" {
        return Err(Refused::Version);
    }
    let given = request.parameter("auth_timestamp")?;
    let given: u64 = given.parse().map_err(|_| Refused::NotATimestamp)?;
    if given.abs_diff(now_s) > u64::from(window_s) {
        return Err(Refused::Expired {
            given,
            now: now_s,
            window: window_s,
        });
    }
    match request.parameter("body_md5") {
        Ok(sent) if !sent.eq_ignore_ascii_case(&body_md5(request.body)) => {
            return Err(Refused::Body);
        }
        Err(missing) if !request.body.is_empty() => return Err(missing),
        Ok(_) | Err(_) => {}
    }
    let sent = request.parameter(SIGNATURE)?;
    let signed = string_to_sign(request);
    if secret.verify(signed.as_bytes(), sent) {
        Ok(())
    } else {
        Err(Refused::Signature {
            signed,
            sent: sent.to_owned(),
        })
    }
}

/// The text whose signature is `auth_signature`: method, path and sorted parameters on a line each.
///
/// Keys are in lower case, values as they are, not escaped. An array, written `k[]=a&k[]=b` in the query, is
/// signed as `k=a,b` by the PHP and Node libraries.
pub fn string_to_sign(request: &Request<'_>) -> String {
    let mut sorted: Vec<(String, &str)> = request
        .query
        .iter()
        .map(|(key, value)| (signed_key(key), value.as_str()))
        .filter(|(key, _)| key != SIGNATURE)
        .collect();
    // Stable, so that an array's values keep their order.
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));

    let mut text = format!(
        "{}\n{}\n",
        request.method.to_ascii_uppercase(),
        request.path
    );
    let mut previous: Option<&str> = None;
    for (key, value) in &sorted {
        if previous == Some(key) {
            text.push(',');
        } else {
            if previous.is_some() {
                text.push('&');
            }
            text.push_str(key);
            text.push('=');
        }
        text.push_str(value);
        previous = Some(key);
    }
    text
}

/// The `body_md5` of a body, in lower-case hexadecimal.
pub fn body_md5(body: &[u8]) -> String {
    hex(&Md5::digest(body))
}

impl<'a> Request<'a> {
    fn parameter(&self, name: &'static str) -> Result<&'a str, Refused> {
        self.query
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .ok_or(Refused::Missing(name))
    }
}

fn signed_key(key: &str) -> String {
    let name = key.split_once('[').map_or(key, |(name, _)| name);
    name.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pusher::signature::Secret;

    /// The moment of the worked example.
    const THEN_S: u64 = 1_353_088_179;
    const BODY: &str = r#"{"name":"foo","channels":["project-3"],"data":"{\"some\":\"data\"}"}"#;

    fn app() -> App {
        let secret = Secret::new("7ad3773142a6692b25b8");
        App::new("3", "278d425bdf160c739803", secret)
    }

    fn query(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect()
    }

    /// The worked example of the HTTP API reference, in another order, with one value changed.
    fn post(name: &str, value: &str, body: &str, now_s: u64) -> Result<(), Refused> {
        let mut pairs = query(&[
            ("body_md5", "ec365a775a4cd0599faeb73354201b6f"),
            ("auth_version", "1.0"),
            ("auth_key", "278d425bdf160c739803"),
            ("auth_timestamp", "1353088179"),
            (
                "auth_signature",
                "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c",
            ),
        ]);
        for pair in &mut pairs {
            if pair.0 == name {
                pair.1 = value.into();
            }
        }
        pairs.retain(|(_, value)| value != "absent");
        let request = Request {
            method: "post",
            path: "/apps/3/events",
            query: &pairs,
            body: body.as_bytes(),
        };
        verify(&request, &app(), now_s, 600)
    }

    #[test]
    fn the_worked_example_verifies_within_ten_minutes() {
        for now_s in [THEN_S - 600, THEN_S, THEN_S + 600] {
            assert_eq!(post("", "", BODY, now_s), Ok(()));
        }
        for now in [THEN_S - 601, THEN_S + 601] {
            let expired = Refused::Expired {
                given: THEN_S,
                now,
                window: 600,
            };
            assert_eq!(post("", "", BODY, now), Err(expired));
        }
        assert_eq!(
            Refused::Expired {
                given: 1,
                now: 700,
                window: 600
            }
            .to_string(),
            "Timestamp expired: Given timestamp (1) not within 600s of server time (700)"
        );
    }

    #[test]
    fn each_broken_part_is_named() {
        let missing = |name| Err(Refused::Missing(name));
        for name in [
            "auth_key",
            "auth_version",
            "auth_timestamp",
            "body_md5",
            "auth_signature",
        ] {
            assert_eq!(post(name, "absent", BODY, THEN_S), missing(name));
        }
        assert_eq!(post("auth_key", "other", BODY, THEN_S), Err(Refused::Key));
        assert_eq!(
            post("auth_version", "2.0", BODY, THEN_S),
            Err(Refused::Version)
        );
        assert_eq!(
            post("auth_timestamp", "now", BODY, THEN_S),
            Err(Refused::NotATimestamp)
        );
        assert_eq!(post("", "", "{}", THEN_S), Err(Refused::Body));
        let Err(wrong) = post("auth_signature", "da45", BODY, THEN_S) else {
            panic!()
        };
        let text = wrong.to_string();
        assert!(
            text.starts_with("Invalid signature: you should have sent HmacSHA256Hex(\"POST\\n")
        );
        assert!(
            !text.contains("da454824"),
            "the right signature is not told"
        );
    }

    #[test]
    fn values_are_signed_unescaped_and_arrays_joined() {
        let pairs = query(&[
            ("info", "user_count,subscription_count"),
            ("filter_by_prefix", "presence-"),
            ("Auth_Version", "1.0"),
            ("auth_timestamp", "1353088179"),
            ("auth_key", "278d425bdf160c739803"),
            (
                "auth_signature",
                "FF97D40AB3FBBD15394386A29C12998C33635305357B2E2ABD18DC67EFE3F87D",
            ),
        ]);
        let request = Request {
            method: "GET",
            path: "/apps/3/channels",
            query: &pairs,
            body: b"",
        };
        assert_eq!(verify(&request, &app(), THEN_S, 600), Ok(()));

        let pairs = query(&[("b[]", "2"), ("a", "x y"), ("b[]", "1")]);
        let request = Request {
            method: "GET",
            path: "/p",
            query: &pairs,
            body: b"",
        };
        assert_eq!(string_to_sign(&request), "GET\n/p\na=x y&b=2,1");
    }
}
