//! The body of our own webhooks (Standard Webhooks 1.0.0, "Payload structure").

use bytes::Bytes;
use serde::Serialize;

use crate::onechat::time::Iso;

/// `{"type":…,"timestamp":…,"data":…}`. Should stay under 20 kB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Envelope<'a, T> {
    /// What happened, in words with dots between: `message.created`.
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// When it happened, which is earlier than any attempt to tell.
    pub timestamp: Iso,
    /// To what.
    pub data: &'a T,
}

impl<T: Serialize> Envelope<'_, T> {
    /// The bytes to sign and to send. Fails only if the data's own serialization does.
    pub fn to_bytes(&self) -> Result<Bytes, serde_json::Error> {
        serde_json::to_vec(self).map(Bytes::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_to_the_letter() {
        #[derive(Serialize)]
        struct Data {
            id: i64,
            title: &'static str,
        }
        let envelope = Envelope {
            kind: "label.created",
            timestamp: Iso::from_micros(1_790_000_000_250_000),
            data: &Data {
                id: 5,
                title: "vip",
            },
        };
        assert_eq!(
            envelope.to_bytes().unwrap(),
            concat!(
                r#"{"type":"label.created","timestamp":"2026-09-21T14:13:20.250Z","#,
                r#""data":{"id":5,"title":"vip"}}"#
            )
        );
    }
}
