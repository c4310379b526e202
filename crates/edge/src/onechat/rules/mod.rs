//! What an account's people write down to be done: macros, and automation rules that run by themselves
//! (onechat.md, 4.3).

mod actions;
pub(super) mod automation;
mod book;
mod dialect;
pub(super) mod macros;

pub(crate) use book::Book;
pub(crate) use dialect::OneChatRules;

use domain::Document;
use serde_json::Value;
use wire::onechat::Params;

fn parsed(document: &Document) -> Value {
    serde_json::from_str(&document.body).unwrap_or_default()
}

/// A list as it was sent, also as the text of one.
fn list(params: &Params, key: &str) -> Option<Value> {
    match params.value(key)? {
        Value::String(text) => {
            Some(serde_json::from_str(text).unwrap_or_else(|_| text.clone().into()))
        }
        value => Some(value.clone()),
    }
}
