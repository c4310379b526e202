//! The key that an endpoint shares with us, as Standard Webhooks writes it: `whsec_` and base64.
//!
//! The key schedule is worked out once and copied for each signature. Where the bytes come from is not decided here.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What a secret's text begins with.
pub const PREFIX: &str = "whsec_";
/// The fewest bytes of a secret.
pub const SECRET_BYTES_MIN: usize = 24;
/// The most bytes of a secret.
pub const SECRET_BYTES_MAX: usize = 64;

/// Bytes of SHA-256's block, to which a key is padded.
const BLOCK_BYTES: usize = 64;
const _: () = assert!(SECRET_BYTES_MAX <= BLOCK_BYTES);

/// A secret, ready to sign. Printed with `{:?}` it says nothing.
#[derive(Clone)]
pub struct Secret {
    bytes: Vec<u8>,
    prepared: Hmac<Sha256>,
}

/// Something that cannot be a secret. Does not repeat what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSecret {
    /// The text begins with something else.
    #[error("a webhook's secret begins with {PREFIX}")]
    Prefix,
    /// What follows is not padded standard base64.
    #[error("a webhook's secret is not base64")]
    Base64,
    /// Empty, or with too few bytes to be safe.
    #[error("a webhook's secret has at least {SECRET_BYTES_MIN} bytes")]
    Short,
    /// More bytes than receivers are told to expect.
    #[error("a webhook's secret has at most {SECRET_BYTES_MAX} bytes")]
    Long,
}

impl Secret {
    /// A secret of 24 to 64 bytes, which should be random.
    pub fn new(bytes: &[u8]) -> Result<Self, BadSecret> {
        if bytes.len() < SECRET_BYTES_MIN {
            return Err(BadSecret::Short);
        }
        if bytes.len() > SECRET_BYTES_MAX {
            return Err(BadSecret::Long);
        }
        // A key that fits the block is padded with zeros (RFC 2104, section 2).
        let mut block = [0_u8; BLOCK_BYTES];
        for (to, from) in block.iter_mut().zip(bytes) {
            *to = *from;
        }
        Ok(Self {
            bytes: bytes.to_vec(),
            prepared: Hmac::new(&block.into()),
        })
    }

    /// Reads `whsec_` and base64.
    pub fn parse(text: &str) -> Result<Self, BadSecret> {
        let base64 = text.strip_prefix(PREFIX).ok_or(BadSecret::Prefix)?;
        // Before the bytes are allocated: four characters for every three of them.
        if base64.len() > SECRET_BYTES_MAX.div_ceil(3) * 4 {
            return Err(BadSecret::Long);
        }
        let bytes = STANDARD.decode(base64).map_err(|_| BadSecret::Base64)?;
        Self::new(&bytes)
    }

    /// The text that [`Self::parse`] reads: for the endpoint's owner, and for nobody else.
    pub fn to_text(&self) -> String {
        [PREFIX, &STANDARD.encode(&self.bytes)].concat()
    }

    /// The bytes, as [`Self::new`] takes them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The base64 of the signature of `parts`, one after the other.
    pub(super) fn sign(&self, parts: &[&[u8]]) -> String {
        let mut mac = self.prepared.clone();
        for part in parts {
            mac.update(part);
        }
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_whsec_and_base64_of_the_right_length_is_a_secret() {
        let with = |bytes: usize| [PREFIX, &STANDARD.encode(vec![7; bytes])].concat();
        for (text, why) in [
            ("", BadSecret::Prefix),
            ("C2FVsBQIhrscChlQIMV+b5sSYspob7oD", BadSecret::Prefix),
            ("whsk_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", BadSecret::Prefix),
            ("whsec_", BadSecret::Short),
            (&with(23), BadSecret::Short),
            (&with(65), BadSecret::Long),
            (&with(10_000), BadSecret::Long),
            ("whsec_C2FVsBQIhrscChlQIMV-b5sSYspob7oD", BadSecret::Base64),
            ("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD=", BadSecret::Base64),
            (" whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", BadSecret::Prefix),
        ] {
            assert_eq!(Secret::parse(text).err(), Some(why), "{text}");
        }
        for bytes in [24, 25, 26, 32, 63, 64] {
            let text = with(bytes);
            assert_eq!(Secret::parse(&text).unwrap().to_text(), text);
        }
        assert_eq!(Secret::new(&[]).err(), Some(BadSecret::Short));
    }

    #[test]
    fn printing_a_secret_says_nothing() {
        let secret = Secret::new(&[b'x'; 24]).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret");
    }

    proptest! {
        #[test]
        fn text_and_bytes_are_the_same_secret(bytes in prop::collection::vec(any::<u8>(), 24..=64)) {
            let secret = Secret::new(&bytes).unwrap();
            let read = Secret::parse(&secret.to_text()).unwrap();
            prop_assert_eq!(read.as_bytes(), &bytes[..]);
            let mut plain = Hmac::<Sha256>::new_from_slice(&bytes).unwrap();
            plain.update(b"text");
            prop_assert_eq!(read.sign(&[b"te", b"", b"xt"]), STANDARD.encode(plain.finalize().into_bytes()));
        }
    }
}
