//! Free attributes as rows, to be found by. What shows them reads the objects that their owners keep.

use app::Result;
use serde_json::{Map, Value as Json};

use super::Writing;
use crate::engine::Engine;

/// What attributes are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noun {
    /// Conversations, which statements call `f`.
    Conversation,
    /// Contacts, which statements call `t`.
    Contact,
}

/// The business's own.
pub(super) const CUSTOM: i64 = 0;
/// What was learnt besides.
pub(super) const ADDITIONAL: i64 = 1;
/// Characters of a value that can be found.
const VALUE_CHARS: usize = 255;
/// Numbers are kept in millionths, up to here.
const NUMBER_MAX: f64 = 9e12;

impl Noun {
    /// Under which number attributes of these are kept.
    pub(super) fn attributes(self, kind: i64) -> i64 {
        match self {
            Self::Conversation => kind,
            Self::Contact => 2 + kind,
        }
    }

    /// How many of these account `?1` has, as triggers count them.
    pub(super) fn kept(self) -> &'static str {
        match self {
            Self::Conversation => {
                "SELECT CAST(sum(k.n) AS BIGINT) FROM conversation_counts k \
                 WHERE k.account_id = ?1 AND k.label_id = 0"
            }
            Self::Contact => "SELECT k.n FROM contact_counts k WHERE k.account_id = ?1",
        }
    }

    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Conversation => "f.id",
            Self::Contact => "t.id",
        }
    }
}

/// Puts an object's values in place of those that were there.
pub(super) fn rewrite<E: Engine>(
    tx: &mut Writing<'_, E>,
    (account, owner): (i64, i64),
    kind: i64,
    object: Option<&str>,
) -> Result<()> {
    let sql = "DELETE FROM attributes WHERE owner_id = ?1 AND kind = ?2";
    tx.put(sql, &[owner.into(), kind.into()])?;
    add(tx, (account, owner), kind, object)
}

/// Adds an object's values, where none were before.
pub(super) fn add<E: Engine>(
    tx: &mut Writing<'_, E>,
    (account, owner): (i64, i64),
    kind: i64,
    object: Option<&str>,
) -> Result<()> {
    let Some(text) = object.filter(|it| it.len() > "{}".len()) else {
        return Ok(());
    };
    // What is no object has no attributes; whoever wrote it has been told.
    let all: Map<String, Json> = serde_json::from_str(text).unwrap_or_default();
    for (key, value) in &all {
        let Some((text, number)) = kept(value) else {
            continue;
        };
        tx.put(
            "INSERT INTO attributes (owner_id, kind, key, account_id, value, number) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            &[
                owner.into(),
                kind.into(),
                key.into(),
                account.into(),
                (&text).into(),
                number.into(),
            ],
        )?;
    }
    Ok(())
}

/// A value in lower case, and as millionths if it is a number. Lists and objects are not found by.
fn kept(value: &Json) -> Option<(String, Option<i64>)> {
    let text = match value {
        Json::Null | Json::Array(_) | Json::Object(_) => return None,
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.to_lowercase().chars().take(VALUE_CHARS).collect(),
    };
    let number: Option<f64> = text.trim().parse().ok();
    let number = number.filter(|it| it.abs() < NUMBER_MAX);
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    let number = number.map(|it| (it * 1e6).round() as i64);
    Some((text, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_in_lower_case_and_numbers_in_millionths() {
        let kept = |text: &str| kept(&serde_json::from_str(text).unwrap());
        assert_eq!(kept(r#""Gold""#), Some(("gold".into(), None)));
        assert_eq!(kept("3.5"), Some(("3.5".into(), Some(3_500_000))));
        assert_eq!(kept(r#""12""#), Some(("12".into(), Some(12_000_000))));
        assert_eq!(kept("true"), Some(("true".into(), None)));
        assert_eq!(kept("1e300").unwrap().1, None);
        assert_eq!(kept(r#""NaN""#), Some(("nan".into(), None)));
        assert_eq!((kept("null"), kept("[1]"), kept("{}")), (None, None, None));
    }
}
