//! Bodies of every kind, the documented answer, and answers nobody documented.

use super::*;

fn json(outgoing: Outgoing<'_>) -> String {
    String::from_utf8(Send::new("00AB", "12025550101", outgoing).to_json()).unwrap()
}

#[test]
fn each_kind_fills_its_fields_in_the_documents_order() {
    let start = r#"{"scenarioKey":"00AB","destinations":[{"to":{"phoneNumber":"12025550101"}}],"whatsApp":"#;
    let url = "https://m.test/1";
    let caption = Some("Look");
    for (outgoing, expected) in [
        (Outgoing::Text("Hi \"you\""), r#"{"text":"Hi \"you\""}"#),
        (
            Outgoing::Image { url, caption },
            r#"{"text":"Look","imageUrl":"https://m.test/1"}"#,
        ),
        (
            Outgoing::Image { url, caption: None },
            r#"{"imageUrl":"https://m.test/1"}"#,
        ),
        (
            Outgoing::File {
                url,
                name: Some("a.pdf"),
            },
            r#"{"text":"a.pdf","fileUrl":"https://m.test/1"}"#,
        ),
        (
            Outgoing::Audio { url },
            r#"{"audioUrl":"https://m.test/1"}"#,
        ),
        (
            Outgoing::Video { url, caption },
            r#"{"text":"Look","videoUrl":"https://m.test/1"}"#,
        ),
        (
            Outgoing::Location {
                longitude: 1.5,
                latitude: -2.0,
                name: caption,
                address: None,
            },
            r#"{"longitude":1.5,"latitude":-2.0,"locationName":"Look"}"#,
        ),
    ] {
        assert_eq!(json(outgoing), format!("{start}{expected}}}"));
    }
}

#[test]
fn the_documented_answer_is_read() {
    let answer = Answer::parse(
        br#"{"messages":[{"to":{"phoneNumber":"12025550101"},"status":{"groupId":1,
        "groupName":"PENDING","id":7,"name":"PENDING_ENROUTE","description":"On its way"},
        "messageId":"6f1c"}]}	"#,
    )
    .unwrap();
    let [message] = answer.messages.as_slice() else {
        panic!("{answer:?}")
    };
    assert_eq!(message.to.as_deref(), Some("12025550101"));
    assert_eq!(message.message_id.as_deref(), Some("6f1c"));
    assert_eq!(message.outcome(), Outcome::Sent);
}

#[test]
fn odd_answers_are_read_as_far_as_they_go() {
    let parsed = |body: &str| Answer::parse(body.as_bytes()).map(|answer| answer.messages);
    assert_eq!(parsed("{}"), Ok(vec![]));
    assert_eq!(parsed(r#"{"messages":7}"#), Ok(vec![]));
    let odd = parsed(r#"{"messages":[7,{"to":1,"status":{},"messageId":2,},]}"#).unwrap();
    assert_eq!(odd, [Answered::default(), Answered::default()]);
    assert_eq!(odd[0].outcome(), Outcome::Queued);
    assert!(parsed("<html>").is_err());
    assert!(parsed("[]").is_err());
    let refused = r#"{"messages":[{"status":{"groupId":5,"id":51}}]}"#;
    let reason = "MISSING_TO (51)".to_owned();
    assert_eq!(
        parsed(refused).unwrap()[0].outcome(),
        Outcome::Failed { reason }
    );
}
