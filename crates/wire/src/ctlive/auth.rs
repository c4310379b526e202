//! Taking credentials out of headers.
//!
//! The source document asks for Basic on sends and says nothing of posts; CTLive's own REST page adds Bearer and a header of its own
//! (`ctlivetoken`). Its fourth way, a query parameter, is left out on purpose: query strings end up in access logs.
//! Nothing here knows the right credentials.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The user and password of `Authorization: Basic …`; none when it is anything else.
///
/// The password may hold colons; the user may not.
#[must_use]
pub fn basic(authorization: &str) -> Option<(String, String)> {
    let decoded = STANDARD.decode(scheme(authorization, "Basic")?).ok()?;
    let pair = String::from_utf8(decoded).ok()?;
    let (user, password) = pair.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// The value of `Authorization: Basic …` for a user and a password.
#[must_use]
pub fn to_basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// The token of `Authorization: Bearer …`; none when it is anything else.
#[must_use]
pub fn bearer(authorization: &str) -> Option<&str> {
    scheme(authorization, "Bearer")
}

/// The credentials after a scheme's word, as in `App 0123`; the word is matched in any case.
#[must_use]
pub fn scheme<'h>(authorization: &'h str, word: &str) -> Option<&'h str> {
    let (said, rest) = authorization.trim().split_once(' ')?;
    let rest = rest.trim();
    (said.eq_ignore_ascii_case(word) && !rest.is_empty()).then_some(rest)
}

/// The value of the header an account has chosen, its name in any case; none when it is absent, blank or given twice.
pub fn custom<'h>(
    headers: impl IntoIterator<Item = (&'h str, &'h str)>,
    name: &str,
) -> Option<&'h str> {
    let mut found = headers
        .into_iter()
        .filter(|(said, _)| said.eq_ignore_ascii_case(name));
    let value = found.next()?.1.trim();
    (found.next().is_none() && !value.is_empty()).then_some(value)
}

/// Whether two secrets are the same, in a time that tells nothing of where or whether their lengths differ.
#[must_use]
pub fn same(given: &str, expected: &str) -> bool {
    Sha256::digest(given)
        .ct_eq(&Sha256::digest(expected))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_come_out_as_they_went_in() {
        let header = to_basic("ann", "p:ä ss");
        assert_eq!(
            basic(&header),
            Some(("ann".to_owned(), "p:ä ss".to_owned()))
        );
        assert_eq!(
            basic("bAsIc   YTpi "),
            Some(("a".to_owned(), "b".to_owned()))
        );
        assert_eq!(basic("Basic Og=="), Some((String::new(), String::new())));
        for not_basic in [
            "",
            "Basic",
            "Basic ",
            "Basic !!",
            "Basic YWI=",
            "Basic /w==",
            "Bearer YTpi",
        ] {
            assert_eq!(basic(not_basic), None, "{not_basic}");
        }
    }

    #[test]
    fn tokens_follow_their_word() {
        assert_eq!(bearer("Bearer a.b-c"), Some("a.b-c"));
        assert_eq!(bearer("bearer  x "), Some("x"));
        assert_eq!(bearer("Basic x"), None);
        assert_eq!(bearer("x"), None);
        assert_eq!(scheme("App 01", "App"), Some("01"));
    }

    #[test]
    fn a_chosen_header_counts_once() {
        let headers = [
            ("Host", "h"),
            ("CTLiveToken", " t "),
            ("x", ""),
            ("y", "1"),
            ("Y", "2"),
        ];
        assert_eq!(custom(headers, "ctlivetoken"), Some("t"));
        assert_eq!(custom(headers, "x"), None);
        assert_eq!(custom(headers, "y"), None);
        assert_eq!(custom(headers, "z"), None);
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same("s", "s") && same("", ""));
        assert!(!same("s", "S") && !same("s", "ss"));
    }
}
