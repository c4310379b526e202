//! HMAC-SHA256 signatures and the one that opens a channel ("Generating the authentication string").
//!
//! The secret's key schedule is worked out once per application and copied for each signature. Signatures are
//! compared in constant time; keys are public and are not. How an HTTP request is signed is in
//! [`super::request`].

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Bytes of an HMAC-SHA256.
const DIGEST_BYTES: usize = 32;
/// Bytes of SHA-256's block, to which a secret is padded.
const BLOCK_BYTES: usize = 64;

/// An application's secret, ready to sign. Its text cannot be got back.
#[derive(Clone)]
pub struct Secret {
    prepared: Hmac<Sha256>,
}

/// Why a subscription's or a sign-in's `auth` is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is none, or it is not `key:signature`.
    #[error("Auth value for {purpose} is missing or not key:signature")]
    Missing {
        /// What was asked for.
        purpose: String,
    },
    /// The key is another application's.
    #[error("Invalid key in subscription auth data: '{key}'")]
    Key {
        /// The key that was sent.
        key: String,
    },
    /// The signature is not that of this socket and what it asks for. Says what should have been signed, which the
    /// client knows, and never what the signature should have been.
    #[error("Invalid signature: Expected HMAC SHA256 hex digest of {signed}, but got {sent}")]
    Signature {
        /// The text that should have been signed.
        signed: String,
        /// The signature that was sent.
        sent: String,
    },
}

impl Secret {
    /// Prepares a secret.
    pub fn new(secret: &str) -> Self {
        // HMAC's own first step (RFC 2104, section 2): long keys are hashed, then padded with zeros.
        let hashed = Sha256::digest(secret.as_bytes());
        let key: &[u8] = if secret.len() > BLOCK_BYTES {
            &hashed
        } else {
            secret.as_bytes()
        };
        let mut block = [0_u8; BLOCK_BYTES];
        for (to, from) in block.iter_mut().zip(key) {
            *to = *from;
        }
        Self {
            prepared: Hmac::new(&block.into()),
        }
    }

    /// The signature of `text` in lower-case hexadecimal.
    pub fn sign(&self, text: &[u8]) -> String {
        hex(&self.digest(text))
    }

    /// Whether `signature`, in hexadecimal of either case, is that of `text`.
    pub fn verify(&self, text: &[u8], signature: &str) -> bool {
        // How long a malformed signature takes says nothing about the right one.
        unhex(signature).is_some_and(|sent| self.digest(text).ct_eq(&sent).into())
    }

    fn digest(&self, text: &[u8]) -> [u8; DIGEST_BYTES] {
        self.prepared
            .clone()
            .chain_update(text)
            .finalize()
            .into_bytes()
            .into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The text that is signed to let a socket into a channel. `channel_data` is signed whenever it is sent, which
/// is how the server libraries do it for every kind of channel.
pub fn channel_text(socket_id: &str, channel: &str, channel_data: Option<&str>) -> String {
    match channel_data {
        Some(data) => [socket_id, ":", channel, ":", data].concat(),
        None => [socket_id, ":", channel].concat(),
    }
}

/// The `auth` value that lets a socket into a channel: `key:signature`.
pub fn channel_auth(
    key: &str,
    secret: &Secret,
    socket_id: &str,
    channel: &str,
    channel_data: Option<&str>,
) -> String {
    let text = channel_text(socket_id, channel, channel_data);
    [key, ":", &secret.sign(text.as_bytes())].concat()
}

/// The text that is signed to sign a user in ("User authentication").
pub fn user_text(socket_id: &str, user_data: &str) -> String {
    [socket_id, "::user::", user_data].concat()
}

/// The `auth` value that signs a user in: `key:signature`.
pub fn user_auth(key: &str, secret: &Secret, socket_id: &str, user_data: &str) -> String {
    let text = user_text(socket_id, user_data);
    [key, ":", &secret.sign(text.as_bytes())].concat()
}

/// Checks the `auth` value of a subscription. The key is compared in any case: Swift's inline authorizer
/// writes the whole value in lower case.
pub fn verify_channel_auth(
    key: &str,
    secret: &Secret,
    socket_id: &str,
    channel: &str,
    channel_data: Option<&str>,
    auth: Option<&str>,
) -> Result<(), Refused> {
    let signed = channel_text(socket_id, channel, channel_data);
    verify_auth(key, secret, signed, auth, || {
        ["subscription to ", channel].concat()
    })
}

/// Checks the `auth` value of a sign-in ("User authentication").
pub fn verify_user_auth(
    key: &str,
    secret: &Secret,
    socket_id: &str,
    user_data: &str,
    auth: Option<&str>,
) -> Result<(), Refused> {
    let signed = user_text(socket_id, user_data);
    verify_auth(key, secret, signed, auth, || "the sign-in".to_owned())
}

fn verify_auth(
    key: &str,
    secret: &Secret,
    signed: String,
    auth: Option<&str>,
    purpose: impl FnOnce() -> String,
) -> Result<(), Refused> {
    let Some((sent_key, sent)) = auth.and_then(|auth| auth.split_once(':')) else {
        return Err(Refused::Missing { purpose: purpose() });
    };
    if !sent_key.eq_ignore_ascii_case(key) {
        return Err(Refused::Key {
            key: sent_key.to_owned(),
        });
    }
    if secret.verify(signed.as_bytes(), sent) {
        Ok(())
    } else {
        Err(Refused::Signature {
            signed,
            sent: sent.to_owned(),
        })
    }
}

/// Bytes in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)])
        .collect()
}

fn unhex(text: &str) -> Option<[u8; DIGEST_BYTES]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    if pairs.len() != DIGEST_BYTES {
        return None;
    }
    let mut bytes = [0; DIGEST_BYTES];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let value = char::from(*high).to_digit(16)? << 4 | char::from(*low).to_digit(16)?;
        *byte = u8::try_from(value).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "278d425bdf160c739803";
    const SECRET: &str = "7ad3773142a6692b25b8";
    const SOCKET: &str = "1234.1234";
    const MR_CHANNELS: &str = r#"{"user_id":10,"user_info":{"name":"Mr. Channels"}}"#;

    /// Channel, channel data, signature. The first two are the documentation's worked examples, of which the
    /// second is printed there beside another name than the one that was signed.
    const CHANNELS: [(&str, Option<&str>, &str); 7] = [
        (
            "private-foobar",
            None,
            "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4",
        ),
        (
            "presence-foobar",
            Some(r#"{"user_id":10,"user_info":{"name":"Mr. Pusher"}}"#),
            "afaed3695da2ffd16931f457e338e6c9f2921fa133ce7dac49f529792be6304c",
        ),
        (
            "presence-foobar",
            Some(MR_CHANNELS),
            "31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80",
        ),
        (
            "private-encrypted-foobar",
            None,
            "e6a18892d037c5d5e76a2265df4f086ffc38631605530dfd214aa5bff495f533",
        ),
        (
            "private-cache-foobar",
            None,
            "395f4a03f06e17b74af8d9c58386cf386e70176f58452420f042b6e1bddefa43",
        ),
        (
            "presence-cache-foobar",
            Some(MR_CHANNELS),
            "a5519f6803351db6ed8ea9346d01c5e28fa37ef36287e3449a4ea103bef53005",
        ),
        (
            "presence-foobar",
            Some(r#"{"user_id":"1","user_info":{"name":"Žofie ☃"}}"#),
            "f079c367b46d45321e6c4699b742efdfc6f030b1f93898377868ce60e4e1d467",
        ),
    ];

    fn check(channel: &str, data: Option<&str>, auth: Option<&str>) -> Result<(), Refused> {
        verify_channel_auth(KEY, &Secret::new(SECRET), SOCKET, channel, data, auth)
    }

    #[test]
    fn every_channel_vector_signs_and_verifies() {
        for (channel, data, signature) in CHANNELS {
            let auth = channel_auth(KEY, &Secret::new(SECRET), SOCKET, channel, data);
            assert_eq!(auth, format!("{KEY}:{signature}"), "{channel}");
            assert_eq!(check(channel, data, Some(&auth)), Ok(()));
            assert_eq!(check(channel, data, Some(&auth.to_uppercase())), Ok(()));
            assert!(check(&format!("{channel}x"), data, Some(&auth)).is_err());
        }
    }

    #[test]
    fn sign_in_and_web_hook_vectors_sign() {
        let secret = Secret::new(SECRET);
        let data = r#"{"id":"12345"}"#;
        let auth = user_auth(KEY, &secret, SOCKET, data);
        assert_eq!(
            auth,
            format!("{KEY}:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba")
        );
        let check = |socket, auth| verify_user_auth(KEY, &secret, socket, data, auth);
        assert_eq!(check(SOCKET, Some(&*auth)), Ok(()));
        assert!(check("1234.1235", Some(&*auth)).is_err());
        assert_eq!(
            check(SOCKET, None).unwrap_err().to_string(),
            "Auth value for the sign-in is missing or not key:signature"
        );
        assert_eq!(
            secret.sign(
                br#"{"time_ms":1353088179000,"events":[{"name":"channel_occupied","channel":"c"}]}"#
            ),
            "3a011c8956e07265fb3ea66b303b2da703ae80cdb44605e75ac38d02c885b7bd"
        );
    }

    #[test]
    fn secrets_of_every_length_are_prepared_as_hmac_says() {
        for length in [0, 1, 63, 64, 65, 131] {
            let secret = "s".repeat(length);
            let mut plain = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
            plain.update(b"text");
            let expected = hex(&plain.finalize().into_bytes());
            assert_eq!(Secret::new(&secret).sign(b"text"), expected, "{length}");
        }
    }

    #[test]
    fn refusals_say_what_was_wrong_and_not_the_signature() {
        let (channel, data, signature) = CHANNELS[0];
        for auth in [None, Some("nonsense")] {
            let refused = check(channel, data, auth).unwrap_err();
            assert!(matches!(refused, Refused::Missing { .. }), "{refused}");
        }
        let refused = check(channel, data, Some(&format!("other:{signature}"))).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "Invalid key in subscription auth data: 'other'"
        );
        let refused = check(channel, data, Some(&format!("{KEY}:00"))).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "Invalid signature: Expected HMAC SHA256 hex digest of 1234.1234:private-foobar, \
             but got 00"
        );
        assert_eq!(format!("{:?}", Secret::new(SECRET)), "Secret");
    }

    proptest! {
        #[test]
        fn a_signature_verifies_and_with_any_digit_changed_does_not(
            secret in ".{0,80}",
            text in ".{0,80}",
            at in 0..2 * DIGEST_BYTES,
            other in "[0-9a-fg]",
        ) {
            let secret = Secret::new(&secret);
            let mut signature = secret.sign(text.as_bytes());
            prop_assert!(secret.verify(text.as_bytes(), &signature));
            prop_assume!(signature[at..=at] != other);
            signature.replace_range(at..=at, &other);
            prop_assert!(!secret.verify(text.as_bytes(), &signature));
            prop_assert!(!secret.verify(text.as_bytes(), &signature[1..]));
        }
    }
}
