//! The bodies of the REST calls under `/v1`, beside tokens and callbacks.
//!
//! The source document shows none of them. Calls and answers that clients are known to read have the names those
//! clients read; where the public material leaves a body unseen, it is the obvious one in the same style, and its
//! struct says so. Answers go into [`super::errors::Success`].

pub mod changes;
pub mod chat;
pub mod check;
pub mod company;
pub mod cursor;
pub mod group;
pub mod history;
pub mod license;
pub mod me;
pub mod query;
pub mod send;
pub mod tags;
pub mod template;

use serde::Serialize;

/// A list that is always whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Items<T> {
    /// All of it.
    pub items: Vec<T>,
}

/// A part of a list.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// At most as many as were asked for.
    pub items: Vec<T>,
    /// What to pass as `nextPage` for what follows; null when nothing does.
    pub next_page: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_their_keys() {
        let items = Items { items: vec![1, 2] };
        assert_eq!(serde_json::to_string(&items).unwrap(), r#"{"items":[1,2]}"#);
        let page = Page {
            items: vec![1],
            next_page: Some("x".to_owned()),
        };
        assert_eq!(
            serde_json::to_string(&page).unwrap(),
            r#"{"items":[1],"nextPage":"x"}"#
        );
        let last: Page<i64> = Page {
            items: Vec::new(),
            next_page: None,
        };
        assert_eq!(
            serde_json::to_string(&last).unwrap(),
            r#"{"items":[],"nextPage":null}"#
        );
    }
}
