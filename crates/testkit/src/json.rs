//! Looking at JSON.

use serde_json::Value;

/// The keys of an object, sorted.
pub fn keys(object: &Value) -> Vec<&str> {
    let all = object.as_object().unwrap().keys();
    let mut keys: Vec<&str> = all.map(String::as_str).collect();
    keys.sort_unstable();
    keys
}
