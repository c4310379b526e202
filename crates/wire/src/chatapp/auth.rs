//! The body of `POST /broadcasting/auth`: which socket asks for which private channel.
//!
//! pusher-js posts it as a form, other clients as JSON; the fields are the same and the caller picks the decoder.
//! The signature in the answer is Pusher's and is made elsewhere.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The fields of the request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Request<'a> {
    /// The socket, as `1234.5678`.
    #[serde(borrow)]
    pub socket_id: Cow<'a, str>,
    /// The channel it asks for; see [`super::Channel::parse`].
    #[serde(borrow)]
    pub channel_name: Cow<'a, str>,
}

/// The answer when it may listen: no envelope, because pusher-js reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Granted<'a> {
    /// The application's key, a colon, and the signature.
    pub auth: Cow<'a, str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_is_read_and_the_answer_written() {
        let request: Request<'_> = serde_json::from_str(
            r#"{"socket_id":"12.34","channel_name":"private-v1.companies.7"}"#,
        )
        .unwrap();
        assert_eq!(request.socket_id, "12.34");
        assert!(super::super::Channel::parse(&request.channel_name).is_some());
        assert_eq!(
            serde_json::to_string(&Granted {
                auth: "key:0a".into()
            })
            .unwrap(),
            r#"{"auth":"key:0a"}"#,
        );
    }
}
