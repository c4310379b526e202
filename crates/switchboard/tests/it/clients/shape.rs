//! What a documented object looks like: its keys, and what kind of value each has.

use serde_json::Value;

/// Panics unless `actual` has every key that `shape` has, with a value of that kind.
///
/// A kind is the name of a JSON type; one that ends in `?` may also be null. An array of one shape is an array of
/// at least one such value. Other keys are allowed: documents grow.
#[track_caller]
pub(super) fn check(what: &str, shape: &Value, actual: &Value) {
    let mut wrong = Vec::new();
    compare(what, shape, actual, &mut wrong);
    assert!(wrong.is_empty(), "{}\nin {actual:#}", wrong.join("\n"));
}

fn compare(at: &str, shape: &Value, actual: &Value, wrong: &mut Vec<String>) {
    match (shape, actual) {
        (Value::Object(shape), Value::Object(actual)) => {
            for (key, shape) in shape {
                match actual.get(key) {
                    Some(value) => compare(&format!("{at}.{key}"), shape, value, wrong),
                    None => wrong.push(format!("{at} has no {key}")),
                }
            }
        }
        (Value::Array(shape), Value::Array(actual)) if !actual.is_empty() => {
            for (index, value) in actual.iter().enumerate() {
                compare(&format!("{at}[{index}]"), &shape[0], value, wrong);
            }
        }
        (Value::String(kind), actual) => {
            let fits = match kind.strip_suffix('?') {
                Some(kind) => actual.is_null() || kind == kind_of(actual),
                None => kind == kind_of(actual),
            };
            if !fits {
                wrong.push(format!("{at} is {actual} and not {kind}"));
            }
        }
        (shape, actual) => wrong.push(format!("{at} is {actual} and not {shape}")),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
