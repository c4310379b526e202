//! The document's samples with values of our own, then every way to be refused.

use proptest::prelude::*;

use super::super::content::{Content, MediaKind};
use super::super::dates;
use super::super::status::Outcome;
use super::*;

fn one(body: &str) -> Item {
    let mut post = parse(body.as_bytes()).unwrap();
    assert_eq!(post.items.len(), 1);
    post.items.remove(0)
}

fn inbound(body: &str) -> Inbound {
    match one(body) {
        Item::Inbound(inbound) => *inbound,
        other => panic!("{other:?}"),
    }
}

fn refusal(body: &str) -> String {
    parse(body.as_bytes()).unwrap_err().to_string()
}

/// An inbound item whose one field is replaced.
fn with(field: &str, json: &str) -> String {
    let mut value: serde_json::Value = serde_json::json!({
        "messageId": "m1", "from": "1", "to": "2", "message": {"type": "TEXT", "text": "x"},
    });
    value[field] = serde_json::from_str(json).unwrap();
    serde_json::json!({ "results": [value] }).to_string()
}

#[test]
fn text_without_a_contact() {
    let message = inbound(
        r#"{
  "results": [
    {
      "from": "12025550101",
      "to": "5678",
      "integrationType": "WHATSAPP",
      "receivedAt": "2026-03-04T05:06:07.089+0000",
      "messageId": "wamid-0001",
      "pairedMessageId": null,
      "message": {
        "type": "TEXT",
        "text": "Is anybody there?"
      }    
    }
  ]
}	
"#,
    );
    let expected = Inbound {
        message_id: "wamid-0001".to_owned(),
        from: "12025550101".to_owned(),
        to: "5678".to_owned(),
        integration_type: Some("WHATSAPP".to_owned()),
        received_at: dates::parse("2026-03-04T05:06:07.089Z"),
        paired_message_id: None,
        contact_name: None,
        content: Content::Text {
            text: "Is anybody there?".to_owned(),
        },
    };
    assert_eq!(message, expected);
}

#[test]
fn text_with_a_contact() {
    let message = inbound(
        r#"{"results":[{"from":"12025550101","to":"5678","integrationType":"WHATSAPP",
        "receivedAt":"2026-03-04T05:06:08.000+0000","messageId":"wamid-0002","pairedMessageId":"wamid-0001",
        "message":{"type":"TEXT","text":"Hello"},"contact":{"name":"Zoë"}}]}"#,
    );
    assert_eq!(message.contact_name.as_deref(), Some("Zoë"));
    assert_eq!(message.paired_message_id.as_deref(), Some("wamid-0001"));
}

#[test]
fn image_and_document() {
    let image = inbound(
        r#"{"results":[{"from":"1","to":"2","integrationType":"WHATSAPP",
        "receivedAt":"2026-03-04T05:06:07.980+0000","messageId":"m3",
        "message":{"type":"IMAGE","caption":"The cat","url":"https://media.test/123"}}]}"#,
    );
    let expected = Content::Media {
        kind: MediaKind::Image,
        url: "https://media.test/123".to_owned(),
        caption: Some("The cat".to_owned()),
    };
    assert_eq!(image.content, expected);

    // As printed: with a comma after the message object.
    let document = r#"{
    "results": [
        {
            "from": "1",
            "to": "2",
            "integrationType": "WHATSAPP",
            "receivedAt": "2026-03-04T05:06:07.379+0000",
            "messageId": "m4",
            "pairedMessageId": null,
            "message": {
                "type": "DOCUMENT",
                "caption": "invoice.pdf",
                "url": "https://media.test/whatsapp/1/senders/5678/media/0a1b"
            },
        }
    ]
 }	"#;
    let post = parse(document.as_bytes()).unwrap();
    assert!(post.forgiven);
    let Some(Item::Inbound(document)) = post.items.first() else {
        panic!("a document")
    };
    let expected = Content::Document {
        url: "https://media.test/whatsapp/1/senders/5678/media/0a1b".to_owned(),
        file_name: Some("invoice.pdf".to_owned()),
    };
    assert_eq!(document.content, expected);
}

#[test]
fn delivery_and_seen_reports() {
    let delivery = one(
        r#"{"results":[{"bulkId":"","status":{"id":5,"groupId":3,"groupName":"DELIVERED",
        "name":"DELIVERED_TO_HANDSET","description":"On the phone"},"messageId":"out-1",
        "doneAt":"2026-04-09T16:01:56.494-0300","sentAt":"2026-04-09T16:00:58.647-0300",
        "to":"12025550101","channel":"WHATSAPP"}]}"#,
    );
    let Item::Delivery(delivery) = delivery else {
        panic!("{delivery:?}")
    };
    assert_eq!(delivery.outcome(), Outcome::Delivered);
    assert_eq!(delivery.message_id, "out-1");
    assert_eq!(delivery.bulk_id, None);
    assert_eq!(delivery.channel.as_deref(), Some("WHATSAPP"));
    assert_eq!(delivery.done_at, dates::parse("2026-04-09T19:01:56.494Z"));
    assert_eq!(delivery.sent_at, dates::parse("2026-04-09T19:00:58.647Z"));

    for sent_at in ["sentAt", "sendAt"] {
        let seen = one(&format!(
            r#"{{"results":[{{"messageId":"out-2","to":"1","{sent_at}":"2026-12-12T11:21:57.793+0000",
            "seenAt":"2026-12-12T11:21:58.251+0000"}}]}}"#
        ));
        let Item::Seen(seen) = seen else {
            panic!("{seen:?}")
        };
        assert_eq!(seen.sent_at, dates::parse("2026-12-12T11:21:57.793Z"));
        assert_eq!(seen.seen_at, dates::parse("2026-12-12T11:21:58.251Z"));
    }
}

#[test]
fn an_error_beside_the_status_is_read() {
    let item = one(
        r#"{"results":[{"messageId":"o","status":{"groupId":2,"id":9},"price":{"x":1},
        "error":{"groupId":1,"groupName":"USER","id":7017,"name":"EC_TOO_MANY_REQUESTS","permanent":false}}]}"#,
    );
    let Item::Delivery(delivery) = item else {
        panic!("{item:?}")
    };
    let reason = "EC_TOO_MANY_REQUESTS (7017)".to_owned();
    assert_eq!(delivery.outcome(), Outcome::FailedForNow { reason });
}

#[test]
fn kinds_mix_in_one_post_and_the_first_telling_field_wins() {
    let post = parse(
        br#"{"messageCount":3,"results":[
        {"messageId":"a","status":{"groupId":1},"message":null,"seenAt":null},
        {"messageId":"b","status":{"groupId":3},"seenAt":"2026-12-12T11:21:58Z"},
        {"messageId":"c","from":"1","to":"2","status":7,"seenAt":8,"message":{"type":"TEXT","text":"x"}}]}"#,
    )
    .unwrap();
    let ids: Vec<_> = post.items.iter().map(Item::message_id).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    let [Item::Delivery(_), Item::Seen(_), Item::Inbound(_)] = post.items.as_slice() else {
        panic!("{:?}", post.items);
    };
}

#[test]
fn the_quoted_message_has_three_spellings() {
    for (field, json) in [
        ("pairedMessageId", r#""q""#),
        ("pairedMessageID", r#""q""#),
        (
            "message",
            r#"{"type":"TEXT","text":"x","context":{"id":"q"}}"#,
        ),
    ] {
        assert_eq!(
            inbound(&with(field, json)).paired_message_id.as_deref(),
            Some("q"),
            "{field}"
        );
    }
    for blank in ["null", r#""""#, r#"" ""#] {
        assert_eq!(
            inbound(&with("pairedMessageId", blank)).paired_message_id,
            None
        );
    }
}

#[test]
fn null_characters_are_taken_out_and_escapes_are_read() {
    let message = inbound(&with(
        "message",
        r#"{"type":"TEXT","text":"a\u0000b\n\"\ud83d\ude00"}"#,
    ));
    assert_eq!(
        message.content,
        Content::Text {
            text: "ab\n\"😀".to_owned()
        }
    );
    assert!(refusal(&with("from", r#""\u0000""#)).contains("results[0].from is blank"));
    assert_eq!(inbound(&with("receivedAt", "null")).received_at, None);
    assert_eq!(inbound(&with("contact", "{}")).contact_name, None);
}

#[test]
fn a_refusal_names_the_field() {
    let long = format!(r#""{}""#, "x".repeat(256));
    let url = format!(r#"{{"type":"IMAGE","url":"https://{}"}}"#, "x".repeat(2048));
    let text = format!(r#"{{"type":"TEXT","text":"{}"}}"#, "x".repeat(65_537));
    for (field, json, expected) in [
        ("messageId", "null", "messageId is missing"),
        ("messageId", r#"" ""#, "messageId is blank"),
        ("messageId", "7", "messageId is not a string"),
        ("messageId", &long, "messageId is longer than 255 bytes"),
        ("from", "null", "from is missing"),
        ("to", "[]", "to is not a string"),
        (
            "receivedAt",
            r#""yesterday""#,
            "receivedAt is not a date like 2019-07-19T11:21:27.861+0000",
        ),
        ("contact", r#""Zoë""#, "contact is not an object"),
        ("contact", r#"{"name":{}}"#, "contact.name is not a string"),
        ("pairedMessageID", "1", "pairedMessageID is not a string"),
        ("message", "[]", "message is not an object"),
        ("message", "{}", "message.type is missing"),
        ("message", r#"{"type":"TEXT"}"#, "message.text is missing"),
        (
            "message",
            r#"{"type":"TEXT","text":""}"#,
            "message.text is blank",
        ),
        ("message", &text, "message.text is longer than 65536 bytes"),
        ("message", r#"{"type":"IMAGE"}"#, "message.url is missing"),
        (
            "message",
            r#"{"type":"document","url":"ftp://x"}"#,
            "message.url is not an http or https address",
        ),
        ("message", &url, "message.url is longer than 2048 bytes"),
    ] {
        assert_eq!(
            refusal(&with(field, json)),
            format!("results[0].{expected}")
        );
    }
    for (body, expected) in [
        ("7", "body is not an object"),
        ("[[]]", "body is not an object"),
        ("{}", "results is missing"),
        (r#"{"results":null}"#, "results is missing"),
        (r#"{"results":{}}"#, "results is not an array"),
        (r#"{"results":[]}"#, "results is empty"),
        (r#"{"results":[[]]}"#, "results[0] is not an object"),
        (
            r#"{"results":[{}]}"#,
            "results[0] has neither message, seenAt nor status",
        ),
        (
            r#"{"results":[{"status":{"groupId":1}}]}"#,
            "results[0].messageId is missing",
        ),
        (
            r#"{"results":[{"messageId":"a","status":1}]}"#,
            "results[0].status is not an object",
        ),
        (
            r#"{"results":[{"messageId":"a","status":{}}]}"#,
            "results[0].status.groupId is missing",
        ),
        (
            r#"{"results":[{"messageId":"a","seenAt":"2026-01-01T00:00:00Z"},{"messageId":"a","seenAt":3}]}"#,
            "results[1].seenAt is not a string",
        ),
    ] {
        assert_eq!(refusal(body), expected);
    }
    let many = format!(r#"{{"results":[{}0]}}"#, "0,".repeat(limits::RESULTS));
    assert_eq!(refusal(&many), "results has more than 1000 items");
}

#[test]
fn broken_json_is_placed() {
    let problem = parse(b"{\"results\":[\n {\"a\":1,},\n oops]}").unwrap_err();
    let BadPost::NotJson { line, column, what } = &problem else {
        panic!("{problem:?}")
    };
    assert_eq!((*line, *column, what.as_str()), (3, 2, "expected value"));
    assert_eq!(problem.path(), None);
    assert!(refusal("").contains("EOF while parsing a value at line 1 column 0"));
    assert!(refusal(r#"{"results":[1]} x"#).contains("trailing characters"));
    let bytes = parse(b"{\n\"\xff\"}").unwrap_err().to_string();
    assert_eq!(
        bytes,
        "the body is not JSON: text that is not UTF-8 at line 2 column 2"
    );
    assert!(
        parse("\u{feff}{\"results\":[{}]}".as_bytes())
            .unwrap_err()
            .path()
            .is_some()
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _seen = parse(&body);
    }

    #[test]
    fn a_damaged_post_is_read_without_panic(at in 0_usize..150, byte in any::<u8>()) {
        let mut body = br#"{"results":[{"from":"1","to":"2","messageId":"a\u00e9\n","message":{"type":"LOCATION",
            "latitude":1.5,"longitude":-2e1},"contact":{"name":"x"},"receivedAt":"2026-01-01T00:00:00.000+0000"}]}"#.to_vec();
        body[at] = byte;
        let _seen = parse(&body);
    }

    #[test]
    fn forgiving_commas_changes_nothing_else(text in "[a-z,}{\\]\\[]{1,20}", after in "[ \n\t]{0,3}") {
        let strict = with("message", &serde_json::json!({"type": "TEXT", "text": text}).to_string());
        let end = strict.rfind(']').unwrap();
        let loose = format!("{},{after}{}", &strict[..end], &strict[end..]);
        let (strict, loose) = (parse(strict.as_bytes()).unwrap(), parse(loose.as_bytes()).unwrap());
        prop_assert_eq!(strict.items, loose.items);
        prop_assert_eq!((strict.forgiven, loose.forgiven), (false, true));
    }
}
