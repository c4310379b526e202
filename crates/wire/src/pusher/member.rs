//! Who somebody is: a member of a presence channel, and a user who signs in ("Presence channels", "User
//! authentication").
//!
//! Both are read from the text that the back end signed. What it says of a person is kept as the JSON it was and
//! repeated byte for byte; nothing here checks a signature.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::channel::is_allowed;
use super::command::object;
use super::json::push_string;

/// The longest id of a member or a user in characters ("Presence channels", limits).
pub const USER_ID_CHARS_MAX: usize = 128;

/// A member of a presence channel, however many connections it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    id: Box<str>,
    id_json: Box<str>,
    info_json: Box<str>,
}

/// Who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The user as a member of presence channels that are joined without data of their own.
    pub member: Member,
    /// Whom they want to know online, each once, in the order given.
    pub watchlist: Vec<String>,
}

/// Why a text does not say who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// The data of a presence subscription.
    #[error(
        "Invalid channel_data: expected an object with a user_id, a text or a number of 1 to {USER_ID_CHARS_MAX} characters"
    )]
    ChannelData,
    /// The data of a sign-in.
    #[error(
        "Invalid user_data: expected an object with an id, a text of 1 to {USER_ID_CHARS_MAX} letters, digits and _-=@,.; and perhaps a watchlist of such ids"
    )]
    UserData,
}

#[derive(Deserialize)]
struct ChannelData<'a> {
    #[serde(borrow)]
    user_id: &'a RawValue,
    #[serde(borrow, default)]
    user_info: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct UserData<'a> {
    id: String,
    #[serde(borrow, default)]
    user_info: Option<&'a RawValue>,
    #[serde(default)]
    watchlist: Option<Vec<String>>,
}

impl Member {
    /// Reads the `channel_data` of a subscription. A numeric id stays a number wherever JSON lets it.
    pub fn parse(channel_data: &str) -> Result<Self, Unknown> {
        let data: ChannelData<'_> = object(channel_data).ok_or(Unknown::ChannelData)?;
        let id_json = data.user_id.get();
        let id = match id_json.bytes().next() {
            Some(b'"') => serde_json::from_str(id_json).map_err(|_| Unknown::ChannelData)?,
            Some(b'-' | b'0'..=b'9') => id_json.to_owned(),
            _ => return Err(Unknown::ChannelData),
        };
        if id.is_empty() || id.chars().count() > USER_ID_CHARS_MAX {
            return Err(Unknown::ChannelData);
        }
        Ok(Self {
            id: id.into(),
            id_json: id_json.into(),
            info_json: json_or_null(data.user_info),
        })
    }

    /// The id as text: `10` and `"10"` are the same member.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The id as the back end wrote it.
    pub fn id_json(&self) -> &str {
        &self.id_json
    }

    /// What the back end says of the member, any JSON value; `null` if it says nothing.
    pub fn info_json(&self) -> &str {
        &self.info_json
    }
}

impl User {
    /// Reads the `user_data` of a sign-in.
    pub fn parse(user_data: &str) -> Result<Self, Unknown> {
        let data: UserData<'_> = object(user_data).ok_or(Unknown::UserData)?;
        let mut watchlist = data.watchlist.unwrap_or_default();
        if !is_user_id(&data.id) || !watchlist.iter().all(|id| is_user_id(id)) {
            return Err(Unknown::UserData);
        }
        let mut seen = HashSet::new();
        watchlist.retain(|id| seen.insert(id.clone()));
        let mut id_json = Vec::with_capacity(data.id.len() + 2);
        push_string(&mut id_json, &data.id);
        let member = Member {
            id_json: String::from_utf8_lossy(&id_json).into(),
            id: data.id.into(),
            info_json: json_or_null(data.user_info),
        };
        Ok(Self { member, watchlist })
    }
}

/// Whether a text can be the id of a user who signs in.
pub fn is_user_id(text: &str) -> bool {
    (1..=USER_ID_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_allowed)
}

fn json_or_null(value: Option<&RawValue>) -> Box<str> {
    value.map_or("null", RawValue::get).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_members_id_is_a_text_or_a_number_and_stays_what_it_was() {
        let number =
            Member::parse(r#"{"user_id":10,"user_info":{"name": "Mr. Channels"}}"#).unwrap();
        assert_eq!((number.id(), number.id_json()), ("10", "10"));
        assert_eq!(number.info_json(), r#"{"name": "Mr. Channels"}"#);
        let text = Member::parse(r#"{"user_info":null,"user_id":"\u0061\"","x":1}"#).unwrap();
        assert_eq!((text.id(), text.id_json()), ("a\"", r#""\u0061\"""#));
        assert_eq!(text.info_json(), "null");
        let long = format!(r#"{{"user_id":"{}"}}"#, "é".repeat(129));
        for bad in [
            "",
            "{}",
            "[10]",
            r#"{"user_id":""}"#,
            r#"{"user_id":null}"#,
            r#"{"user_id":[1]}"#,
            r#"{"user_id":true}"#,
            &long,
        ] {
            assert_eq!(Member::parse(bad), Err(Unknown::ChannelData), "{bad}");
        }
    }

    #[test]
    fn a_users_watchlist_names_everybody_once() {
        let user =
            User::parse(r#"{"id":"12345","user_info":{"a":1},"watchlist":["b","a","b"]}"#).unwrap();
        assert_eq!(
            (user.member.id(), user.member.id_json()),
            ("12345", r#""12345""#)
        );
        assert_eq!(user.member.info_json(), r#"{"a":1}"#);
        assert_eq!(user.watchlist, ["b", "a"]);
        let bare = User::parse(r#"{"id":"aZ09_-=@,.;","watchlist":null}"#).unwrap();
        assert!(bare.watchlist.is_empty());
        for bad in [
            "",
            "{}",
            r#"{"id":1}"#,
            r#"{"id":""}"#,
            r#"{"id":"a b"}"#,
            r#"{"id":"a","watchlist":[1]}"#,
            r#"{"id":"a","watchlist":["a/b"]}"#,
        ] {
            assert_eq!(User::parse(bad), Err(Unknown::UserData), "{bad}");
        }
    }
}
