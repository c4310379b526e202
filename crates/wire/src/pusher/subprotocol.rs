//! The WebSocket subprotocol that some libraries offer.
//!
//! Swift's library offers one and gives up if the answer does not repeat it; the others offer none and need
//! none. The version that counts is still the query's `protocol`.

use super::settings::{PROTOCOL_MAX, PROTOCOL_MIN};

const PREFIX: &str = "pusher-channels-protocol-";

/// Picks the value of the answer's `Sec-WebSocket-Protocol` from the request's, a comma-separated list; `None`
/// leaves the header out.
pub fn choose(offered: &str) -> Option<&str> {
    offered.split(',').map(str::trim).find(|name| {
        name.strip_prefix(PREFIX)
            .and_then(|version| version.parse().ok())
            .is_some_and(|version| (PROTOCOL_MIN..=PROTOCOL_MAX).contains(&version))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spoken_is_repeated_and_nothing_else() {
        assert_eq!(
            choose("pusher-channels-protocol-7"),
            Some("pusher-channels-protocol-7")
        );
        assert_eq!(
            choose("x, pusher-channels-protocol-5"),
            Some("pusher-channels-protocol-5")
        );
        assert_eq!(
            choose("pusher-channels-protocol-8, actioncable-v1-json"),
            None
        );
        assert_eq!(choose(""), None);
    }
}
