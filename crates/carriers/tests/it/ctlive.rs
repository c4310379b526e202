//! Sends to a connector: the bodies it gets, and what its answers do.

use std::sync::Arc;
use std::time::Duration;

use app::ports::{Accepted, Carrier as _, Clock, Outgoing, SendError};
use carriers::ctlive::{Ctlive, CtliveSettings};
use carriers::guard::{Guard, Policy};
use domain::{
    AccountId, Attachment, AttachmentKind, ConversationId, Direction, Inbox, InboxId, InboxState,
    Message, MessageId, MessageStatus, Sender, StoredFile, Timestamp,
};

use crate::server::{Server, answer};
use crate::{IMPATIENCE, PATIENCE, guard};

const TAKEN: &str = r#"{"messages":[{"to":{"phoneNumber":"12025550101"},"status":{"groupId":1,
    "groupName":"PENDING","id":7,"name":"PENDING_ENROUTE","description":"On its way"},"messageId":"m-1"}]}"#;

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(784_111_777).unwrap()
    }
}

fn carrier() -> Ctlive {
    Ctlive::new(guard(), Arc::new(Stopped)).with_timeout(PATIENCE)
}

fn settings(url: impl Into<Option<String>>) -> String {
    let settings = CtliveSettings {
        url: url.into(),
        scenario_key: "00AB".to_owned(),
        username: "ann".to_owned(),
        password: "p:w".to_owned(),
        ..CtliveSettings::default()
    };
    settings.to_json()
}

fn inbox() -> Inbox {
    Inbox {
        id: InboxId(1),
        account_id: AccountId(1),
        name: "Shop".to_owned(),
        carrier: "ctlive".to_owned(),
        license_id: 1,
        messenger: "shop".to_owned(),
        address: "1234".to_owned(),
        state: InboxState::Active,
        created_at: Stopped.now(),
    }
}

fn attachment(kind: AttachmentKind, name: Option<&str>) -> Attachment {
    let file = name.map(|name| StoredFile {
        key: "k".to_owned(),
        name: name.to_owned(),
        content_type: "x/y".to_owned(),
        bytes: 1,
    });
    Attachment {
        id: 1,
        kind,
        file,
        title: None,
        coordinates: None,
        detail: None,
    }
}

fn outgoing(text: Option<&str>, attachments: Vec<Attachment>) -> Outgoing {
    let attachment = attachments.first().cloned();
    let file = attachment.as_ref().is_some_and(|it| it.file.is_some());
    Outgoing {
        part: 0,
        parts: 1,
        message: Message {
            id: MessageId(1),
            account_id: AccountId(1),
            inbox_id: InboxId(1),
            conversation_id: ConversationId(1),
            direction: Direction::Out,
            private: false,
            content_type: None,
            content: text.map(str::to_owned),
            attachments,
            sender: Sender::System,
            status: MessageStatus::Queued,
            error: None,
            external_id: None,
            reply_to_external: None,
            reply_to: None,
            client_key: None,
            echo: None,
            client_app: None,
            extra: None,
            sent_at: Stopped.now(),
            created_at: Stopped.now(),
            updated_at: Stopped.now(),
        },
        text: text.map(str::to_owned),
        attachment,
        file_url: file.then(|| "https://us.example/media/t/f".to_owned()),
        to: "12025550101".to_owned(),
    }
}

async fn send(settings: &str, outgoing: &Outgoing) -> Result<Accepted, SendError> {
    carrier().send(&inbox(), settings, outgoing).await
}

/// Sends a text and returns what the answer did to it.
async fn told(server: &Server) -> Result<Option<String>, SendError> {
    let sent = send(&settings(server.url("/")), &outgoing(Some("hi"), vec![])).await;
    sent.map(|accepted| accepted.external_id)
}

fn waits(told: Result<Option<String>, SendError>) -> (String, Option<u64>) {
    match told {
        Err(SendError::ForNow {
            reason,
            retry_after,
        }) => (reason, retry_after.map(|wait| wait.as_secs())),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_text_goes_out_as_the_document_shows() {
    let server = Server::answering(answer("200 OK", "", TAKEN)).await;
    let sent = send(
        &settings(server.url("/send")),
        &outgoing(Some("Hello, you"), vec![]),
    )
    .await;
    assert_eq!(sent.unwrap().external_id.as_deref(), Some("m-1"));
    let request = server.requests().remove(0);
    assert_eq!(request.line, "POST /send HTTP/1.1");
    assert_eq!(request.header("authorization"), Some("Basic YW5uOnA6dw=="));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(
        request.body,
        r#"{"scenarioKey":"00AB","destinations":[{"to":{"phoneNumber":"12025550101"}}],"whatsApp":{"text":"Hello, you"}}"#,
    );
}

#[tokio::test]
async fn every_kind_of_part_has_its_body() {
    use AttachmentKind::{Audio, Contact, File, Image, Location, Sticker, Video, Voice};
    let place = |title: Option<&str>| Attachment {
        coordinates: Some((41.5, -8.25)),
        title: title.map(str::to_owned),
        ..attachment(Location, None)
    };
    let card = Attachment {
        title: Some("Ann Example".to_owned()),
        ..attachment(Contact, None)
    };
    let address = r#":"https://us.example/media/t/f""#;
    let server = Server::answering(answer("200 OK", "", TAKEN)).await;
    let url = settings(server.url("/"));
    for (text, attachment, expected) in [
        (
            None,
            attachment(Image, Some("i")),
            format!(r#""imageUrl"{address}"#),
        ),
        (
            Some("c"),
            attachment(Image, Some("i")),
            format!(r#""text":"c","imageUrl"{address}"#),
        ),
        (
            None,
            attachment(File, Some("a.pdf")),
            format!(r#""text":"a.pdf","fileUrl"{address}"#),
        ),
        (
            None,
            attachment(Audio, Some("i")),
            format!(r#""audioUrl"{address}"#),
        ),
        (
            None,
            attachment(Voice, Some("i")),
            format!(r#""audioUrl"{address}"#),
        ),
        (
            Some("c"),
            attachment(Video, Some("i")),
            format!(r#""text":"c","videoUrl"{address}"#),
        ),
        (
            None,
            attachment(Sticker, Some("i")),
            format!(r#""imageUrl"{address}"#),
        ),
        (
            None,
            place(None),
            r#""longitude":-8.25,"latitude":41.5"#.to_owned(),
        ),
        (
            None,
            place(Some("Office")),
            r#""longitude":-8.25,"latitude":41.5,"locationName":"Office""#.to_owned(),
        ),
        (None, card, r#""text":"Ann Example""#.to_owned()),
    ] {
        let kind = attachment.kind;
        send(&url, &outgoing(text, vec![attachment])).await.unwrap();
        let body = server.requests().pop().unwrap().body;
        let (_, content) = body.split_once(r#""whatsApp":"#).unwrap();
        assert_eq!(content, format!("{{{expected}}}}}"), "{kind:?}");
    }
    for nothing in [vec![], vec![attachment(Image, None)]] {
        let sent = send(&url, &outgoing(None, nothing)).await;
        assert!(matches!(sent, Err(SendError::ForGood { .. })), "{sent:?}");
    }
    assert_eq!(server.requests().len(), 10);
}

#[tokio::test]
async fn a_connector_that_does_not_know_us_says_why() {
    let body =
        r#"{"requestError":{"serviceException":{"messageId":"UNAUTHORIZED","text":"Who?"}}}"#;
    for status in ["401", "403"] {
        let server = Server::answering(answer(&format!("{status} X"), "", body)).await;
        let Err(SendError::Closed { reason }) = told(&server).await else {
            panic!("{status}")
        };
        assert_eq!(
            reason,
            format!("the connector answered {status}: UNAUTHORIZED: Who?")
        );
    }
    let server = Server::answering(answer(
        "400 X",
        "",
        r#"{"errorCode":"E1","description":"No"}"#,
    ))
    .await;
    let Err(SendError::ForGood { reason }) = told(&server).await else {
        panic!("400")
    };
    assert_eq!(reason, "the connector answered 400: E1: No");
}

#[tokio::test]
async fn a_connector_that_is_busy_is_left_alone_for_as_long_as_it_asks() {
    for (status, header, expected) in [
        ("429", "Retry-After: 90\r\n", Some(90)),
        (
            "429",
            "Retry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\n",
            Some(60),
        ),
        (
            "429",
            "Retry-After: Sun, 06 Nov 1994 08:00:00 GMT\r\n",
            None,
        ),
        ("429", "Retry-After: soon\r\n", None),
        ("429", "Retry-After: 0\r\n", None),
        ("429", "", None),
        ("503", "Retry-After: 5\r\n", Some(5)),
        ("500", "", None),
        ("302", "Location: http://127.0.0.1/\r\n", None),
    ] {
        let server = Server::answering(answer(&format!("{status} X"), header, "oops")).await;
        let (reason, wait) = waits(told(&server).await);
        assert!(
            reason.starts_with(&format!("the connector answered {status}")),
            "{reason}"
        );
        assert_eq!(wait, expected, "{status} {header}");
    }
}

#[tokio::test]
async fn an_answer_of_any_shape_is_an_answer() {
    let garbage = format!("{TAKEN}\n<!-- served by x -->");
    let comma = TAKEN.replace("}]}", "},],}");
    let rejected = r#"{"messages":[{"status":{"groupId":5,"groupName":"REJECTED","id":51,
        "name":"REJECTED_X","description":"Not here"},"messageId":"m"}]}"#;
    for (body, expected) in [(garbage.as_str(), None), (&comma, Some("m-1")), ("", None)] {
        let server = Server::answering(answer("200 OK", "", body)).await;
        assert_eq!(told(&server).await.unwrap().as_deref(), expected, "{body}");
    }
    let server = Server::answering(answer("200 OK", "", rejected)).await;
    let Err(SendError::ForGood { reason }) = told(&server).await else {
        panic!("taken")
    };
    assert_eq!(reason, "REJECTED_X (51): Not here");
    let large = Server::answering(answer("200 OK", "", vec![b' '; 100_000])).await;
    assert_eq!(told(&large).await.unwrap(), None);
}

#[tokio::test]
async fn what_cannot_be_sent_now_waits_and_says_why() {
    let text = outgoing(Some("hi"), vec![]);
    for (settings, expected) in [
        (settings(None), "the inbox has no connector URL yet"),
        (
            settings(String::new()),
            "the inbox has no connector URL yet",
        ),
        (
            "nonsense".to_owned(),
            "the inbox's settings cannot be read: wrong at line 1, column 2",
        ),
        (
            settings("http://10.0.0.1/".to_owned()),
            "the connector: the address is not allowed (a private network)",
        ),
        (
            settings("connector.example".to_owned()),
            "the connector: the URL cannot be used: it is not a URL",
        ),
    ] {
        let sent = send(&settings, &text).await;
        assert_eq!(
            waits(sent.map(|it| it.external_id)),
            (expected.to_owned(), None)
        );
    }
    let strict = Ctlive::new(Guard::new(Policy::default()).unwrap(), Arc::new(Stopped));
    let sent = strict
        .send(&inbox(), &settings("http://127.0.0.1:9/".to_owned()), &text)
        .await;
    let (reason, _) = waits(sent.map(|it| it.external_id));
    assert_eq!(
        reason,
        "the connector: the address is not allowed (loopback)"
    );
    let silent = Server::start(|socket| async {
        let _held = socket;
        std::future::pending().await
    })
    .await;
    let hasty = carrier().with_timeout(IMPATIENCE);
    let started = std::time::Instant::now();
    let sent = hasty
        .send(&inbox(), &settings(silent.url("/")), &text)
        .await;
    let (reason, _) = waits(sent.map(|it| it.external_id));
    assert_eq!(reason, "the connector: no complete answer in time");
    assert!(started.elapsed() < PATIENCE - Duration::from_secs(5));
}

#[tokio::test]
async fn a_connector_without_a_password_gets_no_credentials() {
    let server = Server::answering(answer("200 OK", "", TAKEN)).await;
    let open = CtliveSettings {
        url: Some(server.url("/")),
        ..CtliveSettings::default()
    };
    send(&open.to_json(), &outgoing(Some("hi"), vec![]))
        .await
        .unwrap();
    assert_eq!(server.requests()[0].header("authorization"), None);
}
