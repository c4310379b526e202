//! JSON with a stray comma before a closing bracket.
//!
//! Three of the source document's own samples carry one (both send samples without a file, and the document message), so a
//! sender who copied them is taken at its word. Nothing else is forgiven: no comments, no single quotes.

use std::borrow::Cow;

use super::bad::BadPost;

/// Blanks each comma that stands between a value and a closing bracket.
///
/// Borrowed when there was none. Commas become spaces, so lines and columns stay where they were, and text inside
/// strings is never touched; text that was JSON already therefore comes back as it went in.
#[must_use]
pub fn forgive(text: &str) -> Cow<'_, str> {
    let stray = stray_commas(text);
    if stray.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut forgiven = String::with_capacity(text.len());
    let mut from = 0;
    for comma in stray {
        forgiven.push_str(text.get(from..comma).unwrap_or_default());
        forgiven.push(' ');
        from = comma + 1;
    }
    forgiven.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(forgiven)
}

/// Reads a body strictly, and once more forgivingly if it is not JSON; true says that the second reading was the one.
pub(super) fn read<T>(
    body: &[u8],
    reader: impl Fn(&str) -> Result<T, BadPost>,
) -> Result<(T, bool), BadPost> {
    let text = std::str::from_utf8(body).map_err(|error| not_unicode(body, error.valid_up_to()))?;
    // Some Windows clients put a byte order mark first.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match reader(text) {
        Ok(read) => Ok((read, false)),
        Err(strict @ BadPost::NotJson { .. }) => match forgive(text) {
            Cow::Borrowed(_) => Err(strict),
            Cow::Owned(forgiven) => reader(&forgiven).map(|read| (read, true)),
        },
        Err(shape) => Err(shape),
    }
}

fn not_unicode(body: &[u8], valid_bytes: usize) -> BadPost {
    let valid = body.get(..valid_bytes).unwrap_or_default();
    let line_start = valid
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    BadPost::NotJson {
        line: valid.iter().filter(|byte| **byte == b'\n').count() + 1,
        column: valid_bytes - line_start + 1,
        what: "text that is not UTF-8".to_owned(),
    }
}

fn stray_commas(text: &str) -> Vec<usize> {
    let mut stray = Vec::new();
    let mut pending = None;
    let mut in_string = false;
    let mut escaped = false;
    let mut before = b' ';
    for (at, byte) in text.bytes().enumerate() {
        if in_string {
            (in_string, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\');
            continue;
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            b'"' => in_string = true,
            b'}' | b']' => stray.extend(pending),
            _ => {}
        }
        // A comma that follows no value was never a slip of the pen.
        let after_value = !matches!(before, b'{' | b'[' | b',' | b':' | b' ');
        pending = (byte == b',' && after_value).then_some(at);
        before = byte;
    }
    stray
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_comma_between_a_value_and_a_closing_bracket_is_blanked() {
        for (given, expected) in [
            (r#"{"a":1,}"#, r#"{"a":1 }"#),
            ("[1, \n ]", "[1  \n ]"),
            (r#"[{"a":[2,],},]"#, r#"[{"a":[2 ] } ]"#),
            (r#"{"a":"x,}","b":"\",]",}"#, r#"{"a":"x,}","b":"\",]" }"#),
            (r#"{"a":"\\",}"#, r#"{"a":"\\" }"#),
            ("[,]", "[,]"),
            ("{,}", "{,}"),
            ("[1,,]", "[1,,]"),
            (r#"{"é":"ü",}"#, r#"{"é":"ü" }"#),
        ] {
            assert_eq!(forgive(given), expected);
        }
    }

    #[test]
    fn the_documents_send_sample_becomes_json() {
        let sample = r#"{
    "scenarioKey": "00AB",
    "destinations": [{"to": {"phoneNumber": "12025550101"}}],
    "whatsApp": {
        "text": "Hello, you",
        "imageUrl": "<url>"
    },
}	"#;
        let value: serde_json::Value = serde_json::from_str(&forgive(sample)).unwrap();
        assert_eq!(value["whatsApp"]["text"], "Hello, you");
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            r#"[a\\"',{}\[\]: é]{0,8}"#.prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::vec((r#"[a-c",}\\]{0,4}"#, inner), 0..5)
                    .prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_comes_back_untouched(value in json(), pretty in any::<bool>()) {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            prop_assert_eq!(forgive(&text), text.as_str());
        }

        #[test]
        fn any_text_keeps_its_length(text in r#"[a,"\\{}\[\] \n]{0,40}"#) {
            prop_assert_eq!(forgive(&text).len(), text.len());
        }
    }
}
