//! Every message type, known and unknown, and where each is refused.

use super::*;

fn content(message: &str) -> Content {
    read(message).unwrap().0
}

fn refusal(message: &str) -> (&'static str, Problem) {
    let bad = read(message).unwrap_err();
    (bad.field, bad.problem)
}

#[test]
fn media_types_are_matched_in_any_case() {
    for (name, kind) in [
        ("IMAGE", MediaKind::Image),
        ("video", MediaKind::Video),
        ("Audio", MediaKind::Audio),
        ("VOICE", MediaKind::Voice),
        ("sticker", MediaKind::Sticker),
    ] {
        let json = format!(r#"{{"type":"{name}","url":"https://m.test/1","caption":" "}}"#);
        let url = "https://m.test/1".to_owned();
        assert_eq!(
            content(&json),
            Content::Media {
                kind,
                url,
                caption: None
            }
        );
    }
}

#[test]
fn a_location_needs_both_numbers_in_range() {
    let place =
        content(r#"{"type":"LOCATION","latitude":-23.5,"longitude":-46,"name":"Office","url":""}"#);
    let expected = Content::Location {
        latitude: -23.5,
        longitude: -46.0,
        name: Some("Office".to_owned()),
        address: None,
        url: None,
    };
    assert_eq!(place, expected);
    for (json, field, problem) in [
        (
            r#"{"type":"LOCATION","longitude":1}"#,
            "message.latitude",
            Problem::Missing,
        ),
        (
            r#"{"type":"LOCATION","latitude":91,"longitude":1}"#,
            "message.latitude",
            Problem::OutOfRange,
        ),
        (
            r#"{"type":"LOCATION","latitude":9,"longitude":"1"}"#,
            "message.longitude",
            Problem::NotNumber,
        ),
    ] {
        assert_eq!(refusal(json), (field, problem));
    }
}

#[test]
fn replies_show_their_text_and_keep_their_json() {
    for (json, text, payload) in [
        (
            r#"{"type":"BUTTON","text":"Yes","payload":"y-1"}"#,
            "Yes",
            Some("y-1"),
        ),
        (
            r#"{"type":"INTERACTIVE_BUTTON_REPLY","id":"b2","title":"No"}"#,
            "No",
            Some("b2"),
        ),
        (
            r#"{"type":"interactive_list_reply","title":"Row"}"#,
            "Row",
            None,
        ),
    ] {
        let Content::Reply {
            text: shown,
            payload: attached,
            json: kept,
            ..
        } = content(json)
        else {
            panic!("{json} is a reply");
        };
        assert_eq!(
            (shown.as_str(), attached.as_deref(), kept.as_str()),
            (text, payload, json)
        );
    }
    let silent = r#"{"type":"INTERACTIVE_FLOW_REPLY","response":{"a":1}}"#;
    let kind = "INTERACTIVE_FLOW_REPLY".to_owned();
    assert_eq!(
        content(silent),
        Content::Raw {
            kind,
            json: silent.to_owned()
        }
    );
}

#[test]
fn unknown_types_keep_their_json_as_written() {
    let json = r#"{ "type":"Reaction", "emoji":"\u2764", "text":7,"contacts":null }"#;
    let expected = Content::Raw {
        kind: "REACTION".to_owned(),
        json: json.to_owned(),
    };
    assert_eq!(content(json), expected);
    assert!(matches!(
        content(r#"{"type":"CONTACT"}"#),
        Content::Raw { .. }
    ));
    let cards = r#"{"type":"CONTACT","contacts":[ {"name":1} ]}"#;
    assert_eq!(
        content(cards),
        Content::Contact {
            json: r#"[ {"name":1} ]"#.to_owned()
        }
    );
    let deep = format!(
        r#"{{"type":"NEW","x":{}{}}}"#,
        "[".repeat(64),
        "]".repeat(64)
    );
    assert_eq!(refusal(&deep), ("message", Problem::TooDeep));
    let long = format!(
        r#"{{"type":"NEW","x":"{}"}}"#,
        "x".repeat(limits::RAW_BYTES)
    );
    let limit_bytes = limits::RAW_BYTES;
    assert_eq!(
        refusal(&long),
        ("message", Problem::TooLong { limit_bytes })
    );
}

#[test]
fn a_quote_in_the_context_is_found() {
    let quoting = r#"{"type":"TEXT","text":"x","context":{"id":"q-1","from":"1"}}"#;
    assert_eq!(read(quoting).unwrap().1.as_deref(), Some("q-1"));
    assert_eq!(
        read(r#"{"type":"TEXT","text":"x","context":3}"#).unwrap().1,
        None
    );
}
