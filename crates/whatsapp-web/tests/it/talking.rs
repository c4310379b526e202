//! What is said, of every sort, in both directions.

use domain::{AttachmentKind, Direction, MessageStatus};
use serde_json::json;
use testkit::{
    http::{File, FileServer},
    wait::until,
};
use whatsapp_rust::{
    RevokeType, UploadOptions,
    buffa::MessageField,
    download::MediaType,
    media::{self, AudioOptions, ImageOptions},
    types::presence::ReceiptType,
    wacore::{
        proto_helpers::{MessageBuilderExt as _, MessageExt as _, build_quote_context},
        types::events::Event,
    },
    waproto::whatsapp::{
        Message, MessageKey,
        message::{ContactMessage, LocationMessage},
    },
};
use wire::maytapi::extra::Extra;

use crate::{fake::FakeWhatsApp, place::Server};

const SHOP: &str = "447700900200";
const ANN: &str = "447700900301";
/// A picture of one dot.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_gets_its_ticks() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    server.link(&whatsapp, SHOP).await;
    let id = server.say(ANN, "Hello!").await;
    let heard = ann.hears("the greeting", |it| it.info.id == id).await;
    assert_eq!(heard.message.text_content(), Some("Hello!"));
    assert_eq!(heard.info.push_name, "The shop");
    server.until_status(&id, MessageStatus::Delivered).await;
    let shop = ann.chat(SHOP);
    ann.client.mark_as_read(&shop, None, &[&*id]).await.unwrap();
    server.until_status(&id, MessageStatus::Read).await;
    // Nobody has this number.
    let id = server.say("447700900999", "Hello?").await;
    server.until_status(&id, MessageStatus::Failed).await;
    let failed = server.hears("the failure", |it| it.error.is_some()).await;
    assert!(failed.error.unwrap().contains("not on WhatsApp"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_say_comes_in_of_every_sort() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let device = server.link(&whatsapp, SHOP).await;
    let shop = ann.chat(SHOP);
    let id = server.say(ANN, "What would you like?").await;
    ann.hears("the question", |it| it.info.id == id).await;

    // An answer, with the question above it.
    let around = build_quote_context(
        &*id,
        shop.to_string(),
        &Message::text("What would you like?"),
    );
    let said = Message::text_with_context("Two of @447700900400", around);
    ann.client.send_message(&shop, said).await.unwrap();
    let heard = server.hears("the answer", |it| it.reply_to.is_some()).await;
    assert_eq!(heard.reply_to_external.as_deref(), Some(&*id));
    let extra = Extra::read(heard.extra.as_deref());
    assert_eq!(extra.mentions, ["447700900400"]);

    // Files.
    let upload = |bytes: Vec<u8>, kind| ann.client.upload(bytes, kind, UploadOptions::new());
    let stored = upload(PNG.to_vec(), MediaType::Image).await.unwrap();
    let options = ImageOptions {
        caption: Some("look".to_owned()),
        mimetype: Some("image/png".to_owned()),
        ..ImageOptions::default()
    };
    let picture = media::image_message(stored, options);
    ann.client.send_message(&shop, picture).await.unwrap();
    let heard = server
        .hears("the picture", |it| it.content.as_deref() == Some("look"))
        .await;
    let file = heard.attachments[0].file.clone().unwrap();
    assert_eq!(heard.attachments[0].kind, AttachmentKind::Image);
    assert_eq!(
        (file.content_type.as_str(), file.bytes),
        ("image/png", i64::try_from(PNG.len()).unwrap())
    );
    let stored = upload(b"OggS spoken".to_vec(), MediaType::Audio)
        .await
        .unwrap();
    let options = AudioOptions {
        ptt: Some(true),
        ..AudioOptions::default()
    };
    let voice = media::audio_message(stored, options);
    ann.client.send_message(&shop, voice).await.unwrap();
    let spoken = |it: &domain::Message| {
        it.attachments
            .iter()
            .any(|it| it.kind == AttachmentKind::Voice)
    };
    server.hears("the spoken message", spoken).await;

    // A place and a card.
    let place_message = Message {
        location_message: MessageField::some(LocationMessage {
            degrees_latitude: Some(50.45),
            degrees_longitude: Some(30.52),
            name: Some("Kyiv".to_owned()),
            ..LocationMessage::default()
        }),
        ..Message::default()
    };
    ann.client.send_message(&shop, place_message).await.unwrap();
    let is_place = |it: &domain::Message| it.attachments.iter().any(|it| it.coordinates.is_some());
    let heard = server.hears("the place", is_place).await;
    assert_eq!(heard.attachments[0].coordinates, Some((50.45, 30.52)));
    let card = Message {
        contact_message: MessageField::some(ContactMessage {
            display_name: Some("Bob".to_owned()),
            vcard: Some("BEGIN:VCARD\nFN:Bob\nEND:VCARD".to_owned()),
            ..ContactMessage::default()
        }),
        ..Message::default()
    };
    ann.client.send_message(&shop, card).await.unwrap();
    let is_card = |it: &domain::Message| {
        it.attachments
            .iter()
            .any(|it| it.kind == AttachmentKind::Contact)
    };
    let heard = server.hears("the card", is_card).await;
    assert_eq!(heard.attachments[0].title.as_deref(), Some("Bob"));

    // An emoji beside what we said.
    let key = MessageKey {
        remote_jid: Some(shop.to_string()),
        from_me: Some(false),
        id: Some(id.clone()),
        participant: None,
    };
    ann.client.send_reaction(&shop, key, "👍").await.unwrap();
    let heard = server
        .hears("the emoji", |it| it.content.as_deref() == Some("👍"))
        .await;
    let extra = Extra::read(heard.extra.as_deref());
    assert_eq!(extra.reaction_to.as_deref(), Some(&*id));

    // Another text, and none at all.
    let said = ann.say(SHOP, "Tree").await;
    let named = |it: &domain::Message| it.external_id.as_deref() == Some(&*said);
    server.hears("the slip", named).await;
    let edited = Message::text("Three");
    ann.client
        .edit_message(&shop, &*said, edited)
        .await
        .unwrap();
    server
        .hears("the correction", |it| {
            named(it) && it.content.as_deref() == Some("Three")
        })
        .await;
    let gone = ann.client.revoke_message(&shop, &*said, RevokeType::Sender);
    gone.await.unwrap();
    server
        .hears("nothing any more", |it| named(it) && it.content.is_none())
        .await;
    // All of it was acknowledged, and nothing came of the edit and the rest as messages.
    let quiet = async || (whatsapp.pending(&device) == 0).then_some(());
    until("everything to be acknowledged", quiet).await;
    let all = server.messages();
    let came = all.iter().filter(|it| it.direction == Direction::In);
    assert_eq!(came.count(), 7);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_we_say_goes_out_of_every_sort() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let files = FileServer::start().await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    server.link(&whatsapp, SHOP).await;
    let asked = ann.say(SHOP, "What is there?").await;
    let named = |it: &domain::Message| it.external_id.as_deref() == Some(&*asked);
    server.hears("the question", named).await;

    let id = server
        .send(json!({ "to_number": ANN, "type": "text", "message": "This", "reply_to": asked }))
        .await;
    let heard = ann.hears("the answer", |it| it.info.id == id).await;
    let context = &heard.message.extended_text_message.context_info;
    assert_eq!(context.stanza_id.as_deref(), Some(&*asked));
    let quoted = context.quoted_message.text_content();
    assert_eq!(quoted, Some("What is there?"));

    for (path, content_type, bytes) in [
        ("/a.png", "image/png", PNG),
        ("/a.mp4", "video/mp4", b"\0\0\0\x18ftypmp42"),
        ("/a.ogg", "audio/ogg", b"OggS spoken"),
        ("/a.pdf", "application/pdf", b"%PDF-1.4"),
    ] {
        let url = files.put(path, File::Bytes(content_type, "", bytes));
        let id = server
            .send(json!({ "to_number": ANN, "type": "media", "message": url, "text": path }))
            .await;
        let heard = ann
            .hears(path, |it| {
                it.info.id.starts_with(&id[..4]) && is_file(&it.message)
            })
            .await;
        let base = heard.message.get_base_message();
        let got = match content_type {
            "image/png" => ann.client.download(&*base.image_message).await,
            "video/mp4" => ann.client.download(&*base.video_message).await,
            "audio/ogg" => {
                assert_eq!(base.audio_message.ptt, Some(true));
                ann.client.download(&*base.audio_message).await
            }
            _ => ann.client.download(&*base.document_message).await,
        };
        assert_eq!(got.unwrap(), bytes, "{path}");
    }

    let id = server
        .send(
            json!({ "to_number": ANN, "type": "location", "latitude": "50.45",
            "longitude": "30.52", "text": "Kyiv" }),
        )
        .await;
    let heard = ann.hears("the place", |it| it.info.id == id).await;
    assert_eq!(heard.message.location_message.degrees_latitude, Some(50.45));
    let id = server
        .send(json!({ "to_number": ANN, "type": "contact", "message": "447700900555@c.us" }))
        .await;
    let heard = ann.hears("the card", |it| it.info.id == id).await;
    let card = heard.message.contact_message.vcard.clone().unwrap();
    assert!(card.contains("447700900555"), "{card}");
    let id = server
        .send(json!({ "to_number": ANN, "type": "forward", "message": asked }))
        .await;
    let heard = ann.hears("what was passed on", |it| it.info.id == id).await;
    assert_eq!(heard.message.text_content(), Some("What is there?"));
    assert!(heard.message.is_forwarded());

    server
        .send(json!({ "to_number": ANN, "type": "reaction", "message": "👍", "reply_to": asked }))
        .await;
    let heard = ann
        .hears("the emoji", |it| it.message.reaction_message.is_set())
        .await;
    let emoji = &heard.message.get_base_message().reaction_message;
    assert_eq!(emoji.key.id.as_deref(), Some(&*asked));
    assert_eq!(
        (emoji.text.as_deref(), emoji.key.from_me),
        (Some("👍"), Some(false))
    );
    let id = server.say(ANN, "Thre").await;
    ann.hears("the slip", |it| it.info.id == id).await;
    server.until_status(&id, MessageStatus::Delivered).await;
    server
        .send(json!({ "to_number": ANN, "type": "edit", "message": "Three", "reply_to": id }))
        .await;
    ann.hears("the correction", |it| {
        let base = it.message.get_base_message();
        base.protocol_message.key.id.as_deref() == Some(&*id)
            && base.protocol_message.edited_message.text_content() == Some("Three")
    })
    .await;
    server
        .send(json!({ "to_number": ANN, "type": "delete", "message": id }))
        .await;
    ann.hears("nothing any more", |it| {
        let protocol = &it.message.get_base_message().protocol_message;
        protocol.key.id.as_deref() == Some(&*id) && !protocol.edited_message.is_set()
    })
    .await;
    server.stop().await;
}

fn is_file(message: &Message) -> bool {
    let base = message.get_base_message();
    base.image_message.is_set()
        || base.video_message.is_set()
        || base.audio_message.is_set()
        || base.document_message.is_set()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_to_us_is_acknowledged_as_delivered() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    server.link(&whatsapp, SHOP).await;
    let said = ann.say(SHOP, "Hello?").await;
    ann.is_told("two ticks", |it| match it {
        Event::Receipt(it) => {
            let two = matches!(it.r#type, ReceiptType::Delivered | ReceiptType::Inactive);
            two && it.message_ids.contains(&said)
        }
        _ => false,
    })
    .await;
    server.stop().await;
}
