//! `X-Hub-Signature-256`: HMAC-SHA256 of the exact body under the app's secret.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// The header's name.
pub const HEADER: &str = "x-hub-signature-256";

/// The header's value over a body.
pub fn sign(secret: &str, body: &[u8]) -> String {
    // Any length of key will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    let bytes = mac.finalize().into_bytes();
    let hex: String = bytes.iter().map(|it| format!("{it:02x}")).collect();
    format!("sha256={hex}")
}

/// Whether a header signs a body. An empty secret signs nothing.
pub fn fits(secret: &str, body: &[u8], shown: &str) -> bool {
    let same = sign(secret, body).as_bytes().ct_eq(shown.as_bytes());
    !secret.is_empty() && bool::from(same)
}
