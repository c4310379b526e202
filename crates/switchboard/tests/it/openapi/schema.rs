//! What an answer has to do with a schema: every field that the schema names, of its type.
//!
//! Unlike a validator, which lets a field be absent that is not required, this one tells of it: clients read what the
//! description shows.

use std::collections::BTreeSet;

use serde_json::Value;

/// The part of a description that a reference names, or the part itself.
fn resolved<'a>(all: &'a Value, mut schema: &'a Value) -> &'a Value {
    while let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.strip_prefix('#').unwrap();
        schema = all
            .pointer(pointer)
            .unwrap_or_else(|| panic!("no {reference}"));
    }
    schema
}

/// How a value differs from a schema: each place, and what is wrong there.
pub(super) fn differences(
    all: &Value,
    schema: &Value,
    value: &Value,
    at: &str,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    compare(all, schema, value, at, &mut found);
    found
}

fn compare(all: &Value, schema: &Value, value: &Value, at: &str, found: &mut BTreeSet<String>) {
    let schema = resolved(all, schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        compare(all, part, value, at, found);
    }
    for choice in ["oneOf", "anyOf"] {
        let choices = schema[choice].as_array().into_iter().flatten();
        let tried = choices.map(|it| differences(all, it, value, at));
        found.extend(tried.min_by_key(BTreeSet::len).unwrap_or_default());
    }
    let types = types(schema);
    if !types.is_empty() && !types.iter().any(|it| is_of(value, it)) {
        found.insert(format!(
            "{at}: {} instead of {}",
            kind(value),
            types.join(" or ")
        ));
        return;
    }
    if let Some(words) = schema["enum"].as_array()
        && !value.is_null()
        && !words.contains(value)
    {
        found.insert(format!("{at}: {value} is none of its words"));
    }
    if let Some(fields) = value.as_object() {
        for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
            let place = format!("{at}.{key}").trim_start_matches('.').to_owned();
            match fields.get(key) {
                Some(value) => compare(all, schema, value, &place, found),
                None => drop(found.insert(format!("{place}: absent"))),
            }
        }
        let more = &schema["additionalProperties"];
        if more.is_object() {
            let place = format!("{at}.*").trim_start_matches('.').to_owned();
            for value in fields.values() {
                compare(all, more, value, &place, found);
            }
        }
    }
    if let (Some(items), schema) = (value.as_array(), &schema["items"])
        && schema.is_object()
    {
        for item in items {
            compare(all, schema, item, &format!("{at}[]"), found);
        }
    }
}

fn types(schema: &Value) -> Vec<&str> {
    let mut types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if schema["nullable"] == true && !types.is_empty() {
        types.push("null");
    }
    types
}

fn is_of(value: &Value, name: &str) -> bool {
    match name {
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        other => panic!("no type {other}"),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[test]
fn what_differs_is_told_with_its_place() {
    let all = serde_json::json!({ "cat": { "type": "object", "properties": {
        "name": { "type": "string" }, "age": { "type": ["integer", "null"] },
        "toys": { "type": "array", "items": { "enum": ["ball", "mouse"] } },
    } } });
    let schema = serde_json::json!({ "allOf": [{ "$ref": "#/cat" }] });
    let tom = serde_json::json!({ "name": 5, "toys": ["ball", "string"] });
    let found = differences(&all, &schema, &tom, "");
    let expected = [
        "age: absent",
        "name: number instead of string",
        "toys[]: \"string\" is none of its words",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
}
