//! `GET …/phones/{phone}/check`: whether somebody has a number on a network. The public material names the call and
//! shows no answer.

use std::borrow::Cow;

use serde::Serialize;

use crate::chatapp::id::Id;

/// What is known of a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked<'a> {
    /// Digits.
    pub phone: Cow<'a, str>,
    /// Whether somebody there has it.
    pub exists: bool,
    /// The chat to write to them in; null if nobody has it.
    pub chat_id: Option<Id<'a>>,
    /// What they call themselves.
    pub name: Option<Cow<'a, str>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_these() {
        let nobody = Checked {
            phone: "12025550101".into(),
            exists: false,
            chat_id: None,
            name: None,
        };
        assert_eq!(
            serde_json::to_string(&nobody).unwrap(),
            r#"{"phone":"12025550101","exists":false,"chatId":null,"name":null}"#
        );
    }
}
