//! What an inbox behind a connector has to know, as JSON in the inbox's settings.
//!
//! Two rooms read it: this one for sending, the door for who may post to us. Each ignores the fields of the other, and both
//! ignore fields they do not know; so every field must keep its meaning once given.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The settings of one inbox.
///
/// ```json
/// {
///   "url": "https://connector.example/send",
///   "scenario_key": "CC9F…",
///   "username": "ann",
///   "password": "secret",
///   "inbound_auth": {"kind": "basic", "username": "bob", "password": "other"}
/// }
/// ```
///
/// Every field may be left out. `url` may be null: messages then wait. `username` and `password` go with every send, unless
/// both are empty. `inbound_auth` is what a post to us must show:
///
/// * `{"kind": "basic"}`, the default, with `username` and `password` of its own, both or neither; without, the inbox's
/// * `{"kind": "bearer", "token": "…"}`
/// * `{"kind": "header", "name": "ctlivetoken", "value": "…"}`
/// * `{"kind": "none"}`
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CtliveSettings {
    /// Where the connector takes sends.
    pub url: Option<String>,
    /// Names the sending account to the connector.
    pub scenario_key: String,
    /// Basic user of a send.
    pub username: String,
    /// Basic password of a send.
    pub password: String,
    /// What a post to us must show.
    pub inbound_auth: InboundAuth,
}

/// What a post to us must show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InboundAuth {
    /// `Authorization: Basic`.
    Basic {
        /// The inbox's own if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        username: Option<String>,
        /// The inbox's own if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        password: Option<String>,
    },
    /// `Authorization: Bearer`.
    Bearer {
        /// The token.
        token: String,
    },
    /// A header of the account's choice.
    Header {
        /// Its name, in any case.
        name: String,
        /// Its value.
        value: String,
    },
    /// Nothing: whoever knows the address may post.
    None,
}

// === impl CtliveSettings ===

impl CtliveSettings {
    /// Reads settings; an empty text is the default.
    ///
    /// # Errors
    ///
    /// When the text is not JSON of this shape. The error does not repeat the text, which holds secrets.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        if json.trim().is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(json).map_err(|error| {
            use serde::de::Error as _;
            let (line, column) = (error.line(), error.column());
            serde_json::Error::custom(format!("wrong at line {line}, column {column}"))
        })
    }

    /// The settings as the inbox keeps them.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Writing plain text to memory does not fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl fmt::Debug for CtliveSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CtliveSettings")
            .field("inbound_auth", &self.inbound_auth)
            .finish_non_exhaustive()
    }
}

// === impl InboundAuth ===

impl Default for InboundAuth {
    fn default() -> Self {
        Self::Basic {
            username: None,
            password: None,
        }
    }
}

impl fmt::Debug for InboundAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Basic",
            Self::Bearer { .. } => "Bearer",
            Self::Header { .. } => "Header",
            Self::None => "None",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_as_they_were_and_forgive_what_they_do_not_know() {
        for inbound_auth in [
            InboundAuth::default(),
            InboundAuth::None,
            InboundAuth::Bearer {
                token: "t".to_owned(),
            },
            InboundAuth::Header {
                name: "n".to_owned(),
                value: "v".to_owned(),
            },
        ] {
            let settings = CtliveSettings {
                url: Some("https://h/".to_owned()),
                password: "p".to_owned(),
                inbound_auth,
                ..CtliveSettings::default()
            };
            assert_eq!(
                CtliveSettings::parse(&settings.to_json()).unwrap(),
                settings
            );
        }
        for (json, url) in [
            ("", None),
            ("{}", None),
            (r#"{"url":null,"later":[1]}"#, None),
            (
                r#"{"url":"u","inbound_auth":{"kind":"basic","later":1}}"#,
                Some("u"),
            ),
        ] {
            let settings = CtliveSettings::parse(json).unwrap();
            assert_eq!(settings.url.as_deref(), url, "{json}");
            assert_eq!(settings.inbound_auth, InboundAuth::default(), "{json}");
        }
    }

    #[test]
    fn neither_an_error_nor_a_debug_print_tells_a_secret() {
        let error = CtliveSettings::parse(r#"{"password":"hush","url":7}"#).unwrap_err();
        assert_eq!(error.to_string(), "wrong at line 1, column 26");
        let error = CtliveSettings::parse(r#"{"inbound_auth":{"kind":"hush"}}"#).unwrap_err();
        assert!(!error.to_string().contains("hush"), "{error}");
        let settings = CtliveSettings {
            password: "hush".to_owned(),
            inbound_auth: InboundAuth::Bearer {
                token: "hush".to_owned(),
            },
            ..CtliveSettings::default()
        };
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
