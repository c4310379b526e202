//! What bots post.

use serde_json::{Value, json};

use super::super::{
    bodies::{self, PhoneConfig},
    chat::Chat,
    groups::{Change, Create, Member, ProfileImage, Who, leave},
    id,
    limits::PICTURE_BYTES,
    picture::Picture,
    send::{Content, Send, is_web_address},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\nrest";

fn send(body: &Value) -> Send {
    Send::parse(body.to_string().as_bytes()).unwrap()
}

fn refused(body: &Value) -> String {
    let refused = Send::parse(body.to_string().as_bytes());
    refused.expect_err(&body.to_string()).to_string()
}

#[test]
fn the_documented_text_and_media() {
    let text = send(&json!({ "to_number": "447700900123", "message": "Hi", "type": "text" }));
    assert_eq!(text.to, Chat::Person("447700900123".into()));
    assert_eq!(text.content, Content::Text("Hi".into()));
    assert_eq!((text.reply_to, text.skip_filter), (None, false));

    let url = "https://files.example/a.pdf";
    let media = json!({ "to_number": "447700900123", "message": url, "type": "media" });
    let expected = Content::File {
        url: url.into(),
        caption: None,
        filename: None,
    };
    assert_eq!(send(&media).content, expected);

    for encoded in [
        STANDARD.encode(PIXEL),
        format!("data:image/png;base64,{}", STANDARD.encode(PIXEL)),
        STANDARD.encode(PIXEL).trim_end_matches('=').to_owned(),
    ] {
        let body = json!({ "to_number": "447700900123", "message": encoded, "type": "media" });
        let Content::Inline { file, .. } = send(&body).content else {
            panic!("{body}")
        };
        assert_eq!(
            (file.bytes.as_slice(), file.content_type.as_str()),
            (PIXEL, "image/png")
        );
    }
}

/// What is sent to somebody.
fn to(mut body: Value) -> Content {
    body["to_number"] = json!("447700900123@c.us");
    send(&body).content
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn every_new_thing_that_is_sent_now() {
    assert_eq!(
        to(
            json!({ "type": "media", "message": "http://f.example/1", "text": "Cap", "filename": "n.txt" })
        ),
        Content::File {
            url: "http://f.example/1".into(),
            caption: some("Cap"),
            filename: some("n.txt"),
        }
    );
    assert_eq!(
        to(json!({ "type": "vcard", "message": { "displayName": "Ann", "vcard": "BEGIN:VCARD" } })),
        Content::Card {
            display_name: "Ann".into(),
            vcard: "BEGIN:VCARD".into(),
        }
    );
    assert_eq!(
        to(json!({ "type": "contact", "message": "447700900777@c.us" })),
        Content::Contact("447700900777".into())
    );
    assert_eq!(
        to(
            json!({ "type": "location", "text": "Bridge", "latitude": "41.09", "longitude": 29.06 })
        ),
        Content::Location {
            latitude: 41.09,
            longitude: 29.06,
            title: some("Bridge"),
        }
    );
    assert_eq!(
        to(json!({ "type": "link", "message": "https://shop.example/", "text": "Our shop" })),
        Content::Link {
            url: "https://shop.example/".into(),
            text: some("Our shop"),
        }
    );
    assert_eq!(
        to(
            json!({ "type": "buttons", "message": "Choose", "title": "T", "footer": "F",
            "buttons": [{ "id": "!a", "text": "A" }, { "id": "!b", "text": "B" }] })
        ),
        Content::Buttons {
            title: some("T"),
            text: "Choose".into(),
            footer: some("F"),
            buttons: vec!["A".into(), "B".into()],
        }
    );
    let group = send(
        &json!({ "to_number": "447700900123-1574073754@g.us", "type": "text",
        "message": "Hi @447700900777", "reply_to": "3EB0A8", "skip_filter": true }),
    );
    assert_eq!(group.to.to_string(), "447700900123-1574073754@g.us");
    assert_eq!(group.reply_to.as_deref(), Some("3EB0A8"));
    assert!(group.skip_filter);
}

#[test]
fn addresses_of_the_web_are_known_however_they_are_written() {
    for url in ["HTTP://f.example/1", "Https://f.example/1"] {
        let sent = to(json!({ "type": "media", "message": url }));
        assert!(
            matches!(sent, Content::File { url: kept, .. } if kept == url),
            "{url}"
        );
        let sent = to(json!({ "type": "link", "message": url }));
        assert!(
            matches!(sent, Content::Link { url: kept, .. } if kept == url),
            "{url}"
        );
    }
    for text in ["htt", "https:/", "é", "ftp://f.example"] {
        assert!(!is_web_address(text), "{text}");
    }
}

#[test]
fn an_emoji_is_one_whatever_it_is_made_of() {
    for emoji in ["👍", "❤️", "👨‍👩‍👧‍👦", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", ""]
    {
        let body = json!({ "type": "reaction", "message": emoji, "reply_to": "3EB0A8" });
        assert!(matches!(to(body), Content::Reaction { .. }), "{emoji}");
    }
}

#[test]
fn everything_that_is_about_another_message() {
    assert_eq!(
        to(
            json!({ "type": "forward", "message": "false_1-2@g.us_3EB0A8", "forward_caption": true })
        ),
        Content::Forward {
            id: "false_1-2@g.us_3EB0A8".into(),
            caption: true,
        }
    );
    assert_eq!(
        to(json!({ "type": "delete", "message": "3EB0A8" })),
        Content::Delete("3EB0A8".into())
    );
    assert_eq!(
        to(json!({ "type": "reaction", "message": "😀", "reply_to": "3EB0A8" })),
        Content::Reaction {
            emoji: "😀".into(),
            to: "3EB0A8".into(),
        }
    );
    assert_eq!(
        to(json!({ "type": "edit", "message": "Hello!!", "reply_to": "3EB0A8" })),
        Content::Edit {
            text: "Hello!!".into(),
            id: "3EB0A8".into(),
        }
    );
}

#[test]
fn what_is_wrong_is_said_in_a_sentence() {
    let with = |change: Value| {
        let mut body = json!({ "to_number": "447700900123", "type": "text", "message": "Hi" });
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        refused(&body)
    };
    assert!(with(json!({ "to_number": "Ann" })).contains("\"Ann\" is no telephone number"));
    assert!(with(json!({ "to_number": "0044" })).contains("no telephone number"));
    assert!(with(json!({ "to_number": "x@g.us" })).contains("is no group"));
    assert_eq!(with(json!({ "to_number": null })), "to_number is required");
    assert_eq!(with(json!({ "message": "" })), "message is required");
    assert!(with(json!({ "message": " \n" })).contains("blank"));
    assert!(
        with(json!({ "type": "edit", "message": " ", "reply_to": "3EB0A8" })).contains("blank")
    );
    for words in ["not an emoji", "ok", "👍 👍", &"👍".repeat(20)] {
        let body = json!({ "type": "reaction", "message": words, "reply_to": "3EB0A8" });
        assert!(with(body).contains("one emoji"), "{words}");
    }
    assert_eq!(
        with(json!({ "message": { "a": 1 } })),
        "message is not a text"
    );
    assert!(with(json!({ "type": "fax" })).starts_with("type is not one"));
    assert!(with(json!({ "type": "product" })).contains("GET catalog"));
    assert!(with(json!({ "type": "media", "message": "not base64!" })).contains("neither an http"));
    assert!(
        with(json!({ "type": "media", "message": STANDARD.encode("text") }))
            .contains("not of a PNG")
    );
    assert!(
        with(json!({ "type": "media", "message": "data:image/png,abc" })).contains("not base64")
    );
    assert!(with(json!({ "type": "location", "latitude": "north" })).starts_with("latitude"));
    assert!(
        with(json!({ "type": "location", "latitude": 91, "longitude": 0 })).starts_with("latitude")
    );
    assert!(with(json!({ "type": "vcard" })).contains("displayName"));
    assert!(with(json!({ "type": "link", "message": "ftp://x" })).contains("http"));
    assert!(with(json!({ "type": "buttons", "buttons": [] })).starts_with("buttons"));
    assert!(with(json!({ "skip_filter": "perhaps" })).contains("neither true nor false"));
    let bad = |body: &[u8]| Send::parse(body).unwrap_err().to_string();
    assert!(bad(b"{").starts_with("the body is not JSON"));
    assert_eq!(bad(b"[]"), "the body is JSON, but no object");
    assert_eq!(bad(b""), "to_number is required");
}

#[test]
fn an_image_has_one_megabyte_at_most() {
    let mut bytes = PIXEL.to_vec();
    bytes.resize(PICTURE_BYTES, 0);
    assert!(Picture::parse("message", &STANDARD.encode(&bytes)).is_ok());
    bytes.push(0);
    let refused = Picture::parse("message", &STANDARD.encode(&bytes)).unwrap_err();
    assert!(refused.to_string().contains("1 MB at most"));
    let refused = Picture::parse("image", "?").unwrap_err();
    assert!(refused.to_string().starts_with("image is neither"));
}

#[test]
fn ids_are_known_at_once_and_found_again() {
    assert_eq!(id::of(0x17_3a5f_0c21_b9d4, 0).len(), 20);
    for (number, part) in [(1, 0), (0x1f_ffff_ffff_ffff, 15)] {
        assert_eq!(id::number(&id::of(number, part)), Some((number, part)));
    }
    for other in [
        "3EB0A81ECEA6D47F2F13FF",
        "3EB0",
        "",
        "3EB0a81ecea6d47f2f13",
        "50d8b950-a67f",
    ] {
        assert_eq!(id::number(other), None, "{other}");
    }
    let long = id::long(false, "1-2@g.us", "3EB0A8");
    assert_eq!(id::short(&long), "3EB0A8");
    assert_eq!(id::short("true_447700900123@c.us_3EB0A8"), "3EB0A8");
    assert_eq!(
        id::short("false_1-2@g.us_3EB0A8_447700900123@c.us"),
        "3EB0A8"
    );
    assert_eq!(id::short("3EB0A8"), "3EB0A8");
}

#[test]
fn the_other_bodies_in_either_spelling() {
    assert_eq!(bodies::ack_preference(br#"{"preference":true}"#), Ok(true));
    assert_eq!(
        bodies::ack_preference(br#"{"ack_delivery":false}"#),
        Ok(false)
    );
    assert_eq!(bodies::ack_preference(br#"{"preference":"1"}"#), Ok(true));
    assert!(bodies::ack_preference(b"{}").is_err());
    let url = "https://bot.example/hook";
    assert_eq!(
        bodies::webhook(format!(r#"{{"webhook":"{url}"}}"#).as_bytes()),
        Ok(Some(url.to_owned()))
    );
    let drawn = json!({ "webhook": { "webhook": url } }).to_string();
    assert_eq!(bodies::webhook(drawn.as_bytes()), Ok(Some(url.to_owned())));
    let config = PhoneConfig::parse(drawn.as_bytes()).unwrap();
    assert_eq!(config.webhook.as_deref(), Some(url));
    assert_eq!(bodies::webhook(br#"{"webhook":""}"#), Ok(None));
    assert_eq!(bodies::webhook(br#"{"webhook":null}"#), Ok(None));
    assert!(bodies::webhook(b"{}").is_err());
    assert_eq!(bodies::new_phone(b""), Ok(None));
    assert_eq!(
        bodies::new_phone(br#"{"number":447700900123}"#),
        Ok(Some("447700900123".to_owned()))
    );
    assert!(bodies::new_phone(br#"{"number":"?"}"#).is_err());
    assert!(bodies::pair_number(b"{}").is_err());
    let config = PhoneConfig::parse(br#"{"webhook":null,"ack_delivery":true}"#).unwrap();
    assert_eq!(config.webhook.as_deref(), Some(""));
    assert_eq!(config.ack_delivery, Some(true));
    assert_eq!(PhoneConfig::parse(b"{}"), Ok(PhoneConfig::default()));
}

#[test]
fn bodies_about_groups() {
    let made =
        Create::parse(br#"{"name":"Team","numbers":["447700900123",447700900777]}"#).unwrap();
    assert_eq!(made.numbers, ["447700900123", "447700900777"]);
    assert!(Create::parse(br#"{"name":"Team","numbers":[]}"#).is_err());
    assert!(Create::parse(br#"{"name":"Team","numbers":["x"]}"#).is_err());
    let group = "447700900123-1574072436@g.us";
    let body = json!({ "conversation_id": group, "number": "447700900777@c.us" }).to_string();
    let member = Member::parse(body.as_bytes()).unwrap();
    assert_eq!(
        (member.group.as_str(), member.number.as_str()),
        (group, "447700900777")
    );
    let body = json!({ "conversation_id": "447700900777@c.us", "number": "447700900777" });
    assert!(Member::parse(body.to_string().as_bytes()).is_err());
    let body = json!({ "conversation_id": group,
        "config": { "edit": "all", "send": "admins", "disappear": false } });
    let change = Change::parse(body.to_string().as_bytes()).unwrap();
    assert_eq!(
        (change.edit, change.send),
        (Some(Who::All), Some(Who::Admins))
    );
    assert_eq!(change.disappear, Some(false));
    let body = json!({ "conversation_id": group, "config": { "edit": "some" } }).to_string();
    assert!(Change::parse(body.as_bytes()).is_err());
    assert_eq!(
        leave(json!({ "id": group }).to_string().as_bytes()),
        Ok(group.to_owned())
    );
    let image = ProfileImage::parse(br#"{"image":"https://f.example/a.png"}"#).unwrap();
    assert_eq!(image.group, None);
}
