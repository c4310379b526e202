//! Which Action Cable subprotocol a handshake ends up with.
//!
//! The client's order decides, as in Rails: the first name of its list that we know is echoed. A client that
//! offers none is served all the same and gets no `Sec-WebSocket-Protocol` header back, which is what the
//! JavaScript example of the OneChat page "Websocket Events" needs. Names we do not know are never echoed.
//!
//! A further subprotocol is one more variant and one more row of `KNOWN`.

/// A name of `Sec-WebSocket-Protocol` that this server answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subprotocol {
    /// The base protocol, in JSON text frames.
    V1Json,
    /// The extended protocol, in JSON text frames (AnyCable).
    V1ExtJson,
    /// Rails' sentinel. A client of a future protocol offers it last and learns from the echo that the server
    /// is too old for it, instead of failing without a reason.
    Unsupported,
}

/// All names we know. Their order here means nothing: the client's order decides.
const KNOWN: [Subprotocol; 3] = [
    Subprotocol::V1Json,
    Subprotocol::V1ExtJson,
    Subprotocol::Unsupported,
];

impl Subprotocol {
    /// The name on the wire, to be echoed byte for byte.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1Json => "actioncable-v1-json",
            Self::V1ExtJson => "actioncable-v1-ext-json",
            Self::Unsupported => "actioncable-unsupported",
        }
    }

    fn find(name: &str) -> Option<Self> {
        KNOWN.into_iter().find(|known| known.name() == name)
    }
}

/// Chooses from the values of all `Sec-WebSocket-Protocol` headers, in the order they came.
///
/// `None` means: accept, send no such header, speak the base protocol. The base protocol is also what follows
/// [`Subprotocol::Unsupported`]; such a client hangs up by itself.
pub fn negotiate<'a>(headers: impl IntoIterator<Item = &'a str>) -> Option<Subprotocol> {
    headers
        .into_iter()
        .flat_map(|value| value.split(','))
        .find_map(|name| Subprotocol::find(name.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_name_of_the_clients_list_is_chosen() {
        let base = Some(Subprotocol::V1Json);
        let sentinel = Some(Subprotocol::Unsupported);
        let extended = Some(Subprotocol::V1ExtJson);
        let table: [(&[&str], Option<Subprotocol>); 12] = [
            (&["actioncable-v1-ext-json"], extended),
            (&["actioncable-v1-json, actioncable-v1-ext-json"], base),
            (&[], None),
            (&[""], None),
            (&["actioncable-v1-json"], base),
            (&["actioncable-v1-json, actioncable-unsupported"], base),
            (&["actioncable-v1-json", "actioncable-unsupported"], base),
            (&["actioncable-v2-json,actioncable-unsupported"], sentinel),
            (&["actioncable-unsupported, actioncable-v1-json"], sentinel),
            (&["anycable-token.abc , actioncable-v1-json"], base),
            (&["graphql-ws"], None),
            (&["ACTIONCABLE-V1-JSON"], None),
        ];
        for (headers, expected) in table {
            assert_eq!(negotiate(headers.iter().copied()), expected, "{headers:?}");
        }
    }
}
