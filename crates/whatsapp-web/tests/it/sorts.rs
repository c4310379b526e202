//! What has no form of ours is told in words, and what is said to be looked at once is not kept.

use domain::Direction;
use testkit::wait::until;
use whatsapp_rust::{
    UploadOptions,
    buffa::MessageField,
    download::MediaType,
    media::{self, ImageOptions},
    waproto::whatsapp::{
        Message,
        message::{
            ButtonsMessage, EventMessage, FutureProofMessage, InteractiveMessage, ListMessage,
            OrderMessage, StickerMessage, interactive_message::Body,
        },
    },
};

use crate::{fake::FakeWhatsApp, place::Server};

const SHOP: &str = "447700900200";
const ANN: &str = "447700900301";

fn wrapped(message: Message) -> MessageField<FutureProofMessage> {
    MessageField::some(FutureProofMessage {
        message: MessageField::some(message),
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_sort_of_message_is_shown_somehow() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let device = server.link(&whatsapp, SHOP).await;
    let shop = ann.chat(SHOP);
    let event = EventMessage {
        name: Some("Opening night".to_owned()),
        ..EventMessage::default()
    };
    let order = OrderMessage {
        order_title: Some("Two trees".to_owned()),
        ..OrderMessage::default()
    };
    let buttons = ButtonsMessage {
        content_text: Some("Choose one".to_owned()),
        ..ButtonsMessage::default()
    };
    let list = ListMessage {
        title: Some("Our trees".to_owned()),
        description: Some("of all sizes".to_owned()),
        ..ListMessage::default()
    };
    let form = InteractiveMessage {
        body: MessageField::some(Body {
            text: Some("Fill this in".to_owned()),
        }),
        ..InteractiveMessage::default()
    };
    let all = [
        (
            Message {
                event_message: MessageField::some(event),
                ..Message::default()
            },
            "An event \"Opening night\": look at it on the phone",
        ),
        (
            Message {
                order_message: MessageField::some(order),
                ..Message::default()
            },
            "An order \"Two trees\": look at it on the phone",
        ),
        (
            Message {
                buttons_message: MessageField::some(buttons),
                ..Message::default()
            },
            "Choose one",
        ),
        (
            Message {
                list_message: MessageField::some(list),
                ..Message::default()
            },
            "Our trees\nof all sizes",
        ),
        (
            Message {
                interactive_message: MessageField::some(form),
                ..Message::default()
            },
            "Fill this in",
        ),
        (
            Message {
                request_phone_number_message: MessageField::some(Default::default()),
                ..Message::default()
            },
            "They ask for our number: look at it on the phone",
        ),
        (
            Message {
                rich_response_message: MessageField::some(Default::default()),
                conversation: None,
                ..Message::default()
            },
            "A message of a sort that cannot be shown here: look at it on the phone",
        ),
    ];
    for (message, said) in all {
        let sent = ann.client.send_message(&shop, message).await.unwrap();
        let named = |it: &domain::Message| it.external_id.as_deref() == Some(&*sent.message_id);
        let heard = server.hears(said, named).await;
        assert_eq!(heard.content.as_deref(), Some(said));
    }

    // What disappears after a while is said all the same.
    let passing = Message {
        ephemeral_message: wrapped(Message {
            conversation: Some("for a week".to_owned()),
            ..Message::default()
        }),
        ..Message::default()
    };
    ann.client.send_message(&shop, passing).await.unwrap();
    server
        .hears("what disappears", |it| {
            it.content.as_deref() == Some("for a week")
        })
        .await;

    let upload = |kind| {
        let bytes = b"RIFF WEBP".to_vec();
        ann.client.upload(bytes, kind, UploadOptions::new())
    };
    let stored = upload(MediaType::Image).await.unwrap();
    let picture = media::image_message(stored, ImageOptions::default());
    let once = Message {
        view_once_message_v2: wrapped(picture),
        ..Message::default()
    };
    ann.client.send_message(&shop, once).await.unwrap();
    let heard = server
        .hears("a picture to be looked at once", |it| {
            let text = it.content.as_deref().unwrap_or_default();
            text.starts_with("A picture that can be viewed once")
        })
        .await;
    assert!(heard.attachments.is_empty());

    let stored = upload(MediaType::Sticker).await.unwrap();
    let sticker = Message {
        lottie_sticker_message: wrapped(Message {
            sticker_message: MessageField::some(StickerMessage {
                url: Some(stored.url.clone()),
                direct_path: Some(stored.direct_path.clone()),
                media_key: Some(stored.media_key.to_vec()),
                file_sha256: Some(stored.file_sha256.to_vec()),
                file_enc_sha256: Some(stored.file_enc_sha256.to_vec()),
                file_length: Some(stored.file_length),
                mimetype: Some("image/webp".to_owned()),
                ..StickerMessage::default()
            }),
            ..Message::default()
        }),
        ..Message::default()
    };
    ann.client.send_message(&shop, sticker).await.unwrap();
    let heard = server
        .hears("the sticker", |it| !it.attachments.is_empty())
        .await;
    assert!(heard.attachments[0].file.is_some());
    let quiet = async || (whatsapp.pending(&device) == 0).then_some(());
    until("everything to be acknowledged", quiet).await;
    let all = server.messages();
    let came = all.iter().filter(|it| it.direction == Direction::In);
    assert_eq!(came.count(), 10);
    server.stop().await;
}
