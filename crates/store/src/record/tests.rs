//! The record format keeps its promise: golden records of every kind stay readable, and any event comes back.

use std::path::PathBuf;

use domain::{
    AgentId, Attachment, AttachmentKind, Contact, Direction, Event, Message, MessageId,
    MessageStatus, Sender, StoredFile, Timestamp,
};
use proptest::prelude::*;
use testkit::store_suite::samples;

use super::{VERSION, decode, encode};

/// Where the golden records of a version are.
fn golden(version: i64) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("src/record/golden/v{version}"))
}

/// The golden records by name: of every kind one with everything, and one with as little as possible where there
/// is something to leave out; and of what has grown since its first record one with what it has got.
fn named_events() -> Vec<(String, Event)> {
    let name = |event: Event, more: &str| {
        let (kind, _) = encode(&event).unwrap();
        (format!("{kind}{more}.json"), event)
    };
    let full = samples::full_events().into_iter();
    let bare = samples::bare_events().into_iter();
    let grown = samples::grown_events().into_iter();
    full.map(|it| name(it, ""))
        .chain(bare.map(|it| name(it, ".bare")))
        .chain(grown.map(|it| name(it, ".grown")))
        .collect()
}

#[test]
fn golden_records_of_this_version_are_what_is_written_and_read() {
    let update = std::env::var_os("UPDATE").is_some();
    let directory = golden(VERSION);
    let mut names = Vec::new();
    for (name, event) in named_events() {
        let (kind, body) = encode(&event).unwrap();
        let path = directory.join(&name);
        if update {
            std::fs::create_dir_all(&directory).unwrap();
            std::fs::write(&path, format!("{body}\n")).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        let kept = kept.strip_suffix('\n').unwrap();
        assert_eq!(decode(kind, VERSION, kept).unwrap(), event, "{name}");
        assert_eq!(body, kept, "{name}");
        names.push(name);
    }
    let files = std::fs::read_dir(&directory).unwrap();
    let mut files: Vec<String> = files
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    names.sort();
    assert_eq!(files, names, "a golden record that nothing reads");
}

#[test]
fn a_field_from_the_future_is_not_in_the_way() {
    let (kind, body) = encode(&Event::AccountChanged {
        account: samples::account(),
    })
    .unwrap();
    let body = body.replacen('{', r#"{"new":[1],"#, 1);
    let read = decode(kind, VERSION, &body).unwrap();
    assert_eq!(
        read,
        Event::AccountChanged {
            account: samples::account()
        }
    );
}

#[test]
fn what_cannot_be_read_is_refused_and_not_guessed() {
    for (kind, version, body) in [
        ("account.changed", VERSION + 1, "{}"),
        ("account.changed", VERSION, "{}"),
        ("account.changed", VERSION, "{"),
        ("account.changed", VERSION, ""),
        ("message.created", VERSION, r#"{"t":null}"#),
        ("no.such.kind", VERSION, "{}"),
    ] {
        assert!(decode(kind, version, body).is_err(), "{kind} {body}");
    }
}

fn text() -> impl Strategy<Value = String> {
    // Anything, and often what JSON must escape.
    prop_oneof![
        any::<String>(),
        "[\"\\\\\n\r\t\u{0}\u{7f}\u{2028}/'{}é𝒜]{0,12}",
    ]
}

fn maybe_text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(text())
}

fn time() -> impl Strategy<Value = Timestamp> {
    let (first, last) = (
        Timestamp::MIN.as_microsecond(),
        Timestamp::MAX.as_microsecond(),
    );
    (first..=last).prop_map(|micros| Timestamp::from_microsecond(micros).unwrap())
}

prop_compose! {
    fn attachment()(
        id in any::<i64>(),
        kind in prop_oneof![
            Just(AttachmentKind::Image),
            Just(AttachmentKind::Voice),
            Just(AttachmentKind::Location),
            Just(AttachmentKind::Contact),
        ],
        file in proptest::option::of((text(), text(), text(), any::<i64>())),
        title in maybe_text(),
        coordinates in proptest::option::of((-90.0..90.0, -180.0..180.0)),
        detail in maybe_text(),
    ) -> Attachment {
        let file = file.map(|(key, name, content_type, bytes)| {
            StoredFile { key, name, content_type, bytes }
        });
        Attachment { id, kind, file, title, coordinates, detail }
    }
}

fn sender() -> impl Strategy<Value = Sender> {
    prop_oneof![
        any::<i64>().prop_map(|id| Sender::Contact(domain::ContactId(id))),
        any::<i64>().prop_map(|id| Sender::Agent(AgentId(id))),
        Just(Sender::System),
    ]
}

prop_compose! {
    fn message()(
        id in any::<i64>(),
        direction in prop_oneof![
            Just(Direction::In),
            Just(Direction::Out),
            Just(Direction::Activity),
        ],
        private in any::<bool>(),
        (content, error, external_id) in (maybe_text(), maybe_text(), maybe_text()),
        (reply_to_external, client_key) in (maybe_text(), maybe_text()),
        (client_app, echo, extra) in (maybe_text(), maybe_text(), maybe_text()),
        attachments in proptest::collection::vec(attachment(), 0..4),
        sender in sender(),
        status in prop_oneof![
            Just(MessageStatus::Queued),
            Just(MessageStatus::Read),
            Just(MessageStatus::Failed),
        ],
        reply_to in proptest::option::of(any::<i64>().prop_map(MessageId)),
        (sent_at, created_at, updated_at) in (time(), time(), time()),
    ) -> Message {
        Message {
            id: MessageId(id),
            direction,
            private,
            content,
            attachments,
            sender,
            status,
            error,
            external_id,
            reply_to_external,
            reply_to,
            client_key,
            client_app,
            echo,
            extra,
            sent_at,
            created_at,
            updated_at,
            ..samples::message()
        }
    }
}

prop_compose! {
    fn contact()(
        (name, custom_attributes) in (text(), text()),
        (email, phone, identifier) in (maybe_text(), maybe_text(), maybe_text()),
        picture in maybe_text(),
        blocked in any::<bool>(),
        (created_at, updated_at) in (time(), time()),
    ) -> Contact {
        Contact {
            name,
            email,
            phone,
            identifier,
            blocked,
            custom_attributes,
            picture,
            created_at,
            updated_at,
            ..samples::contact()
        }
    }
}

fn assert_comes_back(event: &Event) {
    let (kind, body) = encode(event).unwrap();
    assert_eq!(&decode(kind, VERSION, &body).unwrap(), event);
}

proptest! {
    #[test]
    fn any_message_comes_back(message in message()) {
        let mut spoken = samples::bare_spoken();
        spoken.message = message;
        let (waited, thread) = (None, samples::thread());
        assert_comes_back(&Event::MessageCreated { thread, spoken, waited });
    }

    #[test]
    fn any_contact_comes_back(contact in contact()) {
        let mut thread = samples::thread();
        thread.contact = contact.clone();
        assert_comes_back(&Event::ConversationCreated { thread, by: Some(AgentId(4)) });
        assert_comes_back(&Event::ContactUpdated { contact, was: None, address: None, by: None });
    }

    #[test]
    fn no_text_makes_decoding_panic(kind in 0..19_usize, body in any::<String>()) {
        let kinds = samples::full_events();
        let (kind, _) = encode(&kinds[kind]).unwrap();
        // It may be readable by accident, and must not be more than that.
        decode(kind, VERSION, &body).ok();
    }
}
