//! Making, checking and refreshing tokens.
//!
//! The source document only names the call ("personal token obtained by the method tokens.make"); the bodies are read off the vendor's
//! public clients. `POST /v1/tokens` makes a pair, `GET /v1/tokens/check` looks at one, `POST /v1/tokens/refresh` trades a refresh
//! token, sent in the header [`REFRESH_HEADER`], for a new pair. Tokens are opaque here, and nothing here knows the time.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// How long an access token lasts, in seconds: 24 hours.
pub const ACCESS_SECONDS: i64 = 24 * 60 * 60;

/// How long a refresh token lasts, in seconds: 14 days.
pub const REFRESH_SECONDS: i64 = 14 * 24 * 60 * 60;

/// How many pairs the vendor lets one e-mail and application make in a day.
pub const MAKES_PER_DAY: u32 = 100;

/// The header that carries the refresh token.
pub const REFRESH_HEADER: &str = "Refresh";

/// The longest field of a request that we read, in bytes.
pub const FIELD_BYTES_MAX: usize = 255;

/// The body of `POST /v1/tokens`.
#[derive(Clone, PartialEq, Eq)]
pub struct Make<'a> {
    /// Who asks.
    pub email: Cow<'a, str>,
    /// Their password, in the clear.
    pub password: Cow<'a, str>,
    /// The application that asks, as `app_123_1`.
    pub app_id: Cow<'a, str>,
}

/// A pair of tokens: the data of the answers to make and refresh.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pair<'a> {
    /// Whose they are.
    pub cabinet_user_id: i64,
    /// Goes into `Authorization` as it is, without a scheme's word.
    pub access_token: Cow<'a, str>,
    /// Seconds since 1970.
    pub access_token_end_time: i64,
    /// Good for one refresh.
    pub refresh_token: Cow<'a, str>,
    /// Seconds since 1970.
    pub refresh_token_end_time: i64,
}

/// The data of the answer to a check; that it is the pair's first half is a guess, the call itself is documented.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked<'a> {
    /// Whose it is.
    pub cabinet_user_id: i64,
    /// The token that was checked.
    pub access_token: Cow<'a, str>,
    /// Seconds since 1970.
    pub access_token_end_time: i64,
}

/// A request for tokens that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMake {
    /// Not a JSON object, or a field of another type.
    #[error("the body is not a JSON object with email, password and appId as strings")]
    Shape,
    /// Absent, blank or longer than [`FIELD_BYTES_MAX`].
    #[error("{0} is required, up to {FIELD_BYTES_MAX} bytes")]
    Field(&'static str),
}

impl<'a> Make<'a> {
    /// Reads the body of `POST /v1/tokens`; fields nobody documents are ignored.
    ///
    /// # Errors
    ///
    /// [`BadMake`], naming the first field at fault.
    pub fn parse(body: &'a [u8]) -> Result<Self, BadMake> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Loose<'a> {
            #[serde(borrow)]
            email: Option<Cow<'a, str>>,
            #[serde(borrow)]
            password: Option<Cow<'a, str>>,
            #[serde(borrow)]
            app_id: Option<Cow<'a, str>>,
        }
        // An array would be read too, by position.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(BadMake::Shape);
        }
        let loose: Loose<'_> = serde_json::from_slice(body).map_err(|_| BadMake::Shape)?;
        let checked = |name, value: Option<Cow<'a, str>>| {
            value
                .filter(|value| !value.trim().is_empty() && value.len() <= FIELD_BYTES_MAX)
                .ok_or(BadMake::Field(name))
        };
        Ok(Self {
            email: checked("email", loose.email)?,
            password: checked("password", loose.password)?,
            app_id: checked("appId", loose.app_id)?,
        })
    }
}

// Secrets stay out of logs, so these three say only whose they are.

impl fmt::Debug for Make<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Make")
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Pair<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pair")
            .field("cabinet_user_id", &self.cabinet_user_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Checked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked")
            .field("cabinet_user_id", &self.cabinet_user_id)
            .finish_non_exhaustive()
    }
}

/// The token of an `Authorization` header: the whole of it, or what follows `Bearer`, which some clients write regardless.
///
/// None when nothing is left.
#[must_use]
pub fn access_token(authorization: &str) -> Option<&str> {
    let token = authorization.trim();
    let token = match token.split_once(' ') {
        Some((word, rest)) if word.eq_ignore_ascii_case("bearer") => rest.trim(),
        _ => token,
    };
    (!token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::super::errors::Success;
    use super::*;

    #[test]
    fn a_request_is_read() {
        let made =
            Make::parse(br#" {"email":"a@m.test","password":"p\"w","appId":"app_1_1","x":1}"#)
                .unwrap();
        assert_eq!(
            (&*made.email, &*made.password, &*made.app_id),
            ("a@m.test", "p\"w", "app_1_1")
        );
        assert_eq!(format!("{made:?}"), r#"Make { app_id: "app_1_1", .. }"#);
        let long = format!(
            r#"{{"email":"a","password":"{}","appId":"x"}}"#,
            "p".repeat(256)
        );
        for (body, expected) in [
            ("", BadMake::Shape),
            ("[]", BadMake::Shape),
            (r#"["a","b","c"]"#, BadMake::Shape),
            (r#"{"email":7}"#, BadMake::Shape),
            ("{}", BadMake::Field("email")),
            (
                r#"{"email":"a","password":" "}"#,
                BadMake::Field("password"),
            ),
            (
                r#"{"email":"a","password":"b","app_id":"c"}"#,
                BadMake::Field("appId"),
            ),
            (&long, BadMake::Field("password")),
        ] {
            assert_eq!(Make::parse(body.as_bytes()), Err(expected), "{body}");
        }
    }

    #[test]
    fn answers_have_the_documented_keys() {
        let pair = Pair {
            cabinet_user_id: 5,
            access_token: "$2y$10$a".into(),
            access_token_end_time: 1_767_355_200,
            refresh_token: "$2y$10$r".into(),
            refresh_token_end_time: 1_768_478_400,
        };
        assert_eq!(format!("{pair:?}"), "Pair { cabinet_user_id: 5, .. }");
        assert_eq!(
            serde_json::to_string(&Success::new(pair)).unwrap(),
            concat!(
                r#"{"success":true,"data":{"cabinetUserId":5,"accessToken":"$2y$10$a","accessTokenEndTime":1767355200,"#,
                r#""refreshToken":"$2y$10$r","refreshTokenEndTime":1768478400}}"#,
            ),
        );
        let checked = Checked {
            cabinet_user_id: 5,
            access_token: "a".into(),
            access_token_end_time: 9,
        };
        assert_eq!(
            serde_json::to_string(&checked).unwrap(),
            r#"{"cabinetUserId":5,"accessToken":"a","accessTokenEndTime":9}"#,
        );
    }

    #[test]
    fn a_token_comes_with_or_without_a_word() {
        assert_eq!(access_token(" $2y$10$a/b. "), Some("$2y$10$a/b."));
        assert_eq!(access_token("bearer $2y"), Some("$2y"));
        assert_eq!(access_token("  "), None);
        assert_eq!(access_token("Bearer  "), Some("Bearer"));
    }
}
