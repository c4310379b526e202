//! `RoomChannel`, the only channel that OneChat's clients subscribe to.
//!
//! Reads what an identifier claims. Whether the token is real, and belongs to that user and account, is decided
//! elsewhere.

use serde_json::{Map, Value};

/// The `channel` that every identifier must name.
pub const CHANNEL: &str = "RoomChannel";

/// The one action of the channel (Websocket Events, "Publishing Presence to the websocket server").
pub const UPDATE_PRESENCE: &str = "update_presence";

/// Who a subscription claims to be (Websocket Events, "Authenticating your WebSocket connection").
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Room {
    /// A user in one account.
    Agent {
        /// The user's own token.
        pubsub_token: String,
        /// The account to follow; the user must belong to it.
        account_id: i64,
        /// Must be the owner of the token.
        user_id: i64,
    },
    /// A contact in one inbox.
    Contact {
        /// The token of the contact in that inbox.
        pubsub_token: String,
    },
}

/// Why an identifier names no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotARoom {
    /// `channel` is something else.
    #[error("unknown channel")]
    UnknownChannel,
    /// `pubsub_token` is missing, blank or not a string.
    #[error("no pubsub_token")]
    NoToken,
    /// `user_id` is there but is no whole number.
    #[error("user_id is not a number")]
    BadUser,
    /// There is a `user_id`, and `account_id` is missing or no whole number.
    #[error("account_id is not a number")]
    BadAccount,
}

impl Room {
    /// Reads the parameters of an identifier.
    ///
    /// A `user_id` makes it an agent's room; null and blank count as absent. Numbers may be written as strings.
    /// Without a `user_id` any `account_id` is ignored.
    pub fn parse(params: &Map<String, Value>) -> Result<Self, NotARoom> {
        if params.get("channel").and_then(Value::as_str) != Some(CHANNEL) {
            return Err(NotARoom::UnknownChannel);
        }
        let token = params.get("pubsub_token").and_then(Value::as_str);
        let pubsub_token = token
            .filter(|t| !t.trim().is_empty())
            .ok_or(NotARoom::NoToken)?
            .to_owned();
        let number = |key| number(params.get(key));
        match number("user_id").ok_or(NotARoom::BadUser)? {
            None => Ok(Self::Contact { pubsub_token }),
            Some(user_id) => {
                let account_id = number("account_id").flatten().ok_or(NotARoom::BadAccount)?;
                Ok(Self::Agent {
                    pubsub_token,
                    account_id,
                    user_id,
                })
            }
        }
    }
}

/// `Some(None)` for an absent value, `None` for one that is no whole number.
fn number(value: Option<&Value>) -> Option<Option<i64>> {
    match value {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(text)) if text.trim().is_empty() => Some(None),
        Some(Value::String(text)) => text.trim().parse().ok().map(Some),
        Some(other) => other.as_i64().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_name_agents_and_contacts() {
        let agent = |account_id, user_id| {
            Ok(Room::Agent {
                pubsub_token: "tk".into(),
                account_id,
                user_id,
            })
        };
        let contact = Ok(Room::Contact {
            pubsub_token: "tk".into(),
        });
        let table = [
            (
                r#"{"channel":"RoomChannel","pubsub_token":"tk"}"#,
                contact.clone(),
            ),
            (
                r#"{"channel":"RoomChannel","pubsub_token":"tk","account_id":4,"user_id":9}"#,
                agent(4, 9),
            ),
            (
                r#"{"user_id":"9","pubsub_token":"tk","account_id":" 4 ","channel":"RoomChannel"}"#,
                agent(4, 9),
            ),
            (
                r#"{"channel":"RoomChannel","pubsub_token":"tk","account_id":4,"user_id":0}"#,
                agent(4, 0),
            ),
            (
                r#"{"channel":"RoomChannel","pubsub_token":"tk","account_id":4}"#,
                contact.clone(),
            ),
            (
                r#"{"channel":"RoomChannel","pubsub_token":"tk","account_id":null,"user_id":null}"#,
                contact.clone(),
            ),
            (
                r#"{"channel":"RoomChannel","pubsub_token":"tk","account_id":"","user_id":" "}"#,
                contact.clone(),
            ),
            (
                r#"{"channel":"RoomChannel","pubsub_token":"tk","account_id":true}"#,
                contact,
            ),
        ];
        check(&table);
    }

    #[test]
    fn what_names_no_room_has_a_reason() {
        check(&[
            (
                r#"{"channel":"RoomChannel","pubsub_token":"tk","user_id":9}"#,
                Err(NotARoom::BadAccount),
            ),
            (
                r#"{"channel":"RoomChannel","pubsub_token":"tk","user_id":9,"account_id":"4b"}"#,
                Err(NotARoom::BadAccount),
            ),
            (
                r#"{"channel":"RoomChannel","pubsub_token":"tk","user_id":9.5,"account_id":4}"#,
                Err(NotARoom::BadUser),
            ),
            (
                r#"{"channel":"RoomChannel","pubsub_token":"tk","user_id":false,"account_id":4}"#,
                Err(NotARoom::BadUser),
            ),
            (
                r#"{"channel":"RoomChannel","pubsub_token":"tk","user_id":"nine","account_id":4}"#,
                Err(NotARoom::BadUser),
            ),
            (r#"{"channel":"RoomChannel"}"#, Err(NotARoom::NoToken)),
            (
                r#"{"channel":"RoomChannel","pubsub_token":" "}"#,
                Err(NotARoom::NoToken),
            ),
            (
                r#"{"channel":"RoomChannel","pubsub_token":5}"#,
                Err(NotARoom::NoToken),
            ),
            (
                r#"{"channel":"roomchannel","pubsub_token":"tk"}"#,
                Err(NotARoom::UnknownChannel),
            ),
            (r#"{"pubsub_token":"tk"}"#, Err(NotARoom::UnknownChannel)),
        ]);
    }

    fn check(table: &[(&str, Result<Room, NotARoom>)]) {
        for (identifier, expected) in table {
            let params = serde_json::from_str(identifier).unwrap();
            assert_eq!(Room::parse(&params), *expected, "{identifier}");
        }
    }
}
