//! Seals what is kept: ChaCha20-Poly1305 under a key of the inbox's own, made from the server's key.
//!
//! A sealed value opens only in the place it was sealed for, so that rows cannot be swapped. The nonce is random and
//! stands before the value.

use app::{Error, Result, StoreError};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use domain::InboxId;
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};

/// Seals and opens the values of one inbox.
pub(crate) struct Seal {
    key: LessSafeKey,
}

impl Seal {
    /// A seal for an inbox of the server with this key.
    pub(crate) fn new(server_key: &[u8; 32], inbox: InboxId) -> Result<Self> {
        let purpose = hmac::Key::new(hmac::HMAC_SHA256, server_key);
        let own = hmac::sign(&purpose, format!("whatsapp_web session {inbox}").as_bytes());
        let key = UnboundKey::new(&CHACHA20_POLY1305, own.as_ref()).map_err(|_| broken())?;
        Ok(Self {
            key: LessSafeKey::new(key),
        })
    }

    /// Seals a value for a place.
    pub(crate) fn seal(&self, place: &str, value: &[u8]) -> Result<String> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| broken())?;
        let mut bytes = value.to_vec();
        let made = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(made, Aad::from(place), &mut bytes)
            .map_err(|_| broken())?;
        let mut sealed = nonce.to_vec();
        sealed.extend_from_slice(&bytes);
        Ok(STANDARD_NO_PAD.encode(sealed))
    }

    /// Opens the value of a place. Refuses as corrupt what was not sealed for it with this key.
    pub(crate) fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>> {
        let foreign = || corrupt(place);
        let mut bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| foreign())?;
        let (nonce, value) = bytes.split_at_mut_checked(NONCE_LEN).ok_or_else(foreign)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| foreign())?;
        let opened = self.key.open_in_place(nonce, Aad::from(place), value);
        Ok(opened.map_err(|_| foreign())?.to_vec())
    }
}

fn corrupt(place: &str) -> Error {
    StoreError::Corrupt(format!(
        "{place} was not sealed with this server's key: is it the right server.key?"
    ))
    .into()
}

fn broken() -> Error {
    StoreError::Unavailable("nothing can be sealed".to_owned()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_in_its_own_place_only() {
        let seal = Seal::new(&[7; 32], InboxId(1)).unwrap();
        let sealed = seal.seal("session a@x", b"secret").unwrap();
        assert!(!sealed.contains("secret"));
        assert_ne!(sealed, seal.seal("session a@x", b"secret").unwrap());
        assert_eq!(seal.open("session a@x", &sealed).unwrap(), b"secret");
        assert!(seal.open("session b@x", &sealed).is_err());
        for other in [
            Seal::new(&[7; 32], InboxId(2)).unwrap(),
            Seal::new(&[8; 32], InboxId(1)).unwrap(),
        ] {
            assert!(other.open("session a@x", &sealed).is_err());
        }
        let mut bytes = sealed.into_bytes();
        bytes[20] = if bytes[20] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(bytes).unwrap();
        assert!(seal.open("session a@x", &forged).is_err());
        assert!(seal.open("session a@x", "AAAA").is_err());
    }
}
