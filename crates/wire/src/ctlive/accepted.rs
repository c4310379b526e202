//! Our answer to a post we took.
//!
//! The source document shows none, only that a post may be repeated, so this one is ours: which messages were new. Status 200.

use serde::Serialize;

/// The body of our answer: one entry per item, in the order of `results`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Accepted<'a> {
    /// What became of each item.
    pub messages: Vec<AcceptedItem<'a>>,
}

/// What became of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AcceptedItem<'a> {
    /// As it was posted.
    pub message_id: &'a str,
    /// What we did with it.
    pub status: Taken,
}

/// What we did with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Taken {
    /// It is stored.
    Accepted,
    /// It was stored before; nothing happened.
    Duplicate,
    /// A report on a message we do not know, or one that tells nothing new.
    Ignored,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_entry_per_item() {
        let messages = vec![
            AcceptedItem {
                message_id: "a",
                status: Taken::Accepted,
            },
            AcceptedItem {
                message_id: "b",
                status: Taken::Duplicate,
            },
            AcceptedItem {
                message_id: "c",
                status: Taken::Ignored,
            },
        ];
        assert_eq!(
            serde_json::to_string(&Accepted { messages }).unwrap(),
            r#"{"messages":[{"messageId":"a","status":"accepted"},{"messageId":"b","status":"duplicate"},{"messageId":"c","status":"ignored"}]}"#,
        );
    }
}
