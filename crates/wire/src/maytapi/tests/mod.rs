//! Golden tests: the documents' own shapes and field names, with values of our own.

mod answers;
mod requests;
mod webhooks;

use serde_json::Value;

/// What a body says, whatever the order of its fields.
fn value(it: &impl serde::Serialize) -> Value {
    serde_json::to_value(it).unwrap()
}
