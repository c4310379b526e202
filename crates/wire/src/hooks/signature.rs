//! Signing a webhook and checking one (Standard Webhooks 1.0.0, "Signature scheme").
//!
//! Signed is `id.timestamp.body`, the body byte for byte as it is sent. While a secret is being exchanged, old and new
//! sign together and either is enough. Of the schemes only `v1` (HMAC-SHA256) is made; others are passed over.

use subtle::{Choice, ConstantTimeEq as _};

use super::id::BadId;
use super::{Id, Secret};

/// Header with the id, the same for every attempt.
pub const ID: &str = "webhook-id";
/// Header with the time of this attempt, in seconds since the Unix epoch.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// Header with the signatures, separated by spaces.
pub const SIGNATURE: &str = "webhook-signature";

/// How far a timestamp may be off, as the official libraries have it.
pub const TOLERANCE_S: u32 = 5 * 60;

/// What begins a signature of the scheme made here.
const VERSION: &str = "v1,";

/// The headers of a webhook as they came, to be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received<'a> {
    /// Value of [`ID`].
    pub id: &'a str,
    /// Value of [`TIMESTAMP`].
    pub timestamp: &'a str,
    /// Value of [`SIGNATURE`].
    pub signature: &'a str,
}

/// Why a webhook is not believed. Never says what the signature should have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its id cannot be one.
    #[error(transparent)]
    Id(BadId),
    /// Its timestamp is not a whole number of seconds.
    #[error("the webhook's timestamp is not a number")]
    Timestamp,
    /// It was sent too long ago.
    #[error("the webhook's timestamp is too old")]
    TooOld,
    /// It claims to come from the future.
    #[error("the webhook's timestamp is too new")]
    TooNew,
    /// No signature is that of any of the secrets.
    #[error("the webhook's signature is not ours")]
    Signature,
}

/// The value of [`SIGNATURE`]: one `v1,…` for each secret, in their order; empty without any.
pub fn sign(id: Id<'_>, timestamp_s: i64, body: &[u8], secrets: &[Secret]) -> String {
    let timestamp = timestamp_s.to_string();
    let signatures: Vec<String> = secrets
        .iter()
        .map(|secret| one(secret, id, &timestamp, body))
        .collect();
    signatures.join(" ")
}

/// The three headers of one attempt, names in lower case.
pub fn headers(
    id: Id<'_>,
    timestamp_s: i64,
    body: &[u8],
    secrets: &[Secret],
) -> [(&'static str, String); 3] {
    [
        (ID, id.as_str().to_owned()),
        (TIMESTAMP, timestamp_s.to_string()),
        (SIGNATURE, sign(id, timestamp_s, body, secrets)),
    ]
}

/// Checks that a webhook was signed with one of `secrets` at most `tolerance_s` before or after `now_s`.
///
/// How long it takes does not depend on how much of a signature is right, or on which secret it was made with.
pub fn verify(
    received: Received<'_>,
    body: &[u8],
    secrets: &[Secret],
    now_s: i64,
    tolerance_s: u32,
) -> Result<(), Refused> {
    let id = Id::parse(received.id).map_err(Refused::Id)?;
    let sent_s = seconds(received.timestamp).ok_or(Refused::Timestamp)?;
    if now_s.abs_diff(sent_s) > u64::from(tolerance_s) {
        return Err(if sent_s < now_s {
            Refused::TooOld
        } else {
            Refused::TooNew
        });
    }
    let mut found = Choice::from(0);
    for secret in secrets {
        let expected = one(secret, id, received.timestamp, body);
        for sent in received.signature.split(' ') {
            found |= expected.as_bytes().ct_eq(sent.as_bytes());
        }
    }
    if found.into() {
        Ok(())
    } else {
        Err(Refused::Signature)
    }
}

/// One signature with its version.
fn one(secret: &Secret, id: Id<'_>, timestamp: &str, body: &[u8]) -> String {
    let id = id.as_str().as_bytes();
    let signature = secret.sign(&[id, b".", timestamp.as_bytes(), b".", body]);
    [VERSION, &signature].concat()
}

/// Digits only: a sign or a space is not what a sender writes.
fn seconds(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
