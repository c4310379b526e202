//! What REST clients send, read with the leniency they rely on.
//!
//! Unknown parameters are skipped. JSON bodies are read with serde; forms and query strings, which repeat keys
//! as `labels[]=a&labels[]=b`, are read from decoded pairs. No rule beyond the types is checked here: whether an
//! incoming message may be created, or a page exists, is decided elsewhere.

pub mod conversations;
pub mod labels;
pub mod messages;

use serde::Deserialize;

use super::loose::{self, WrongType};

pub use conversations::{
    Assign, AssigneeType, ConversationType, ListConversations, SortBy, StatusFilter, ToggleStatus,
};
pub use labels::{LabelParams, SetLabels, is_title};
pub use messages::{CreateMessage, MessageWindow};

/// A parameter that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {why}")]
pub struct BadParameter {
    /// The parameter's name, as in the document.
    pub key: &'static str,
    /// What is wrong with its value.
    pub why: WrongType,
}

impl BadParameter {
    fn new(key: &'static str) -> impl Fn(WrongType) -> Self {
        move |why| Self { key, why }
    }
}

/// Body of `POST /auth/sign_in`.
#[derive(Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct SignIn {
    /// Compared without regard to case.
    #[serde(deserialize_with = "loose::text")]
    pub email: Option<String>,
    /// As typed.
    #[serde(deserialize_with = "loose::text")]
    pub password: Option<String>,
    /// From an address that signs in once, in place of the password.
    #[serde(deserialize_with = "loose::text")]
    pub sso_auth_token: Option<String>,
}

impl std::fmt::Debug for SignIn {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_never_shows_its_password() {
        let body: SignIn =
            serde_json::from_str(r#"{"email":"iva@example.org","password":"s3"}"#).unwrap();
        assert_eq!(body.password.as_deref(), Some("s3"));
        assert!(!format!("{body:?}").contains("s3"));
        assert_eq!(
            serde_json::from_str::<SignIn>("{}").unwrap(),
            SignIn::default()
        );
    }
}
