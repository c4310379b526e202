//! The headers of a OneChat webhook and its signature.
//!
//! Signed is `timestamp.body`, not the body alone. The names are Chatwoot's, which receivers look for.

use crate::pusher::signature::Secret;

/// Header with the delivery's id, the same for every attempt; present with and without a secret.
pub const DELIVERY: &str = "x-chatwoot-delivery";
/// Header with the time of this attempt, in seconds since the Unix epoch.
pub const TIMESTAMP: &str = "x-chatwoot-timestamp";
/// Header with the signature.
pub const SIGNATURE: &str = "x-chatwoot-signature";
/// Value of `Content-Type` and of `Accept`.
pub const CONTENT_TYPE: &str = "application/json";

/// The value of [`SIGNATURE`]: `sha256=` and lower-case hexadecimal.
pub fn sign(secret: &Secret, timestamp_s: i64, body: &[u8]) -> String {
    let timestamp = timestamp_s.to_string();
    let signed = [timestamp.as_bytes(), b".", body].concat();
    ["sha256=", &secret.sign(&signed)].concat()
}

/// The headers of one attempt besides [`CONTENT_TYPE`], names in lower case. Without a secret there is no
/// time either.
pub fn headers(
    delivery: &str,
    timestamp_s: i64,
    body: &[u8],
    secret: Option<&Secret>,
) -> Vec<(&'static str, String)> {
    let mut headers = vec![(DELIVERY, delivery.to_owned())];
    if let Some(secret) = secret {
        headers.push((TIMESTAMP, timestamp_s.to_string()));
        headers.push((SIGNATURE, sign(secret, timestamp_s, body)));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_body_are_signed_together() {
        let secret = Secret::new("q7Hc2Vd9");
        let body = br#"{"event":"message_created","id":9001}"#;
        let delivery = "0b9f2c7e-6d0e-4a51-9a39-1f1d5f1f5b20";
        assert_eq!(
            headers(delivery, 1_790_000_000, body, Some(&secret)),
            [
                ("x-chatwoot-delivery", delivery.to_owned()),
                ("x-chatwoot-timestamp", "1790000000".to_owned()),
                (
                    "x-chatwoot-signature",
                    "sha256=32c5ddc3d0fd615f30369b8867d4fe500088cb3c805ccb406606ffc6ee4a46cc"
                        .to_owned()
                ),
            ]
        );
        assert_eq!(
            headers(delivery, 1_790_000_000, body, None),
            [("x-chatwoot-delivery", delivery.to_owned())]
        );
        assert_ne!(
            sign(&secret, 1_790_000_001, body),
            sign(&secret, 1_790_000_000, body)
        );
    }
}
