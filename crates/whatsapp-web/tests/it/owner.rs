//! What the phone's owner writes on the phone itself.

use domain::{Direction, MessageStatus, Sender};
use serde_json::json;
use testkit::wait::until;
use whatsapp_rust::{
    RevokeType, UploadOptions,
    download::MediaType,
    media::{self, ImageOptions},
    wacore::proto_helpers::{MessageBuilderExt as _, build_quote_context},
    waproto::whatsapp::Message,
};

use crate::{fake::FakeWhatsApp, place::Server};

const SHOP: &str = "447700900200";
const ANN: &str = "447700900301";
const TEAM: &str = "120363000000000001@g.us";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_owner_writes_on_the_phone_is_said_by_us_once_and_gets_its_ticks() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let device = server.link(&whatsapp, SHOP).await;
    let owner = whatsapp.owner(SHOP).await;
    let asked = ann.say(SHOP, "Are you open?").await;
    let named = |id: &str| {
        let id = id.to_owned();
        move |it: &domain::Message| it.external_id.as_deref() == Some(&*id)
    };
    let question = server.hears("the question", named(&asked)).await;

    // An answer, with the question above it.
    let around = build_quote_context(
        &*asked,
        owner.chat(ANN).to_string(),
        &Message::text("Are you open?"),
    );
    let answer = Message::text_with_context("Until six", around);
    let sent = owner.client.send_message(owner.chat(ANN), answer).await;
    let id = sent.unwrap().message_id;
    let heard = server.hears("the answer", named(&id)).await;
    assert_eq!(heard.content.as_deref(), Some("Until six"));
    assert_eq!(
        (heard.direction, heard.sender),
        (Direction::Out, Sender::System)
    );
    assert_eq!(heard.conversation_id, question.conversation_id);
    assert_eq!(heard.reply_to, Some(question.id));
    let row = server.conversation(&heard);
    assert_eq!(
        (row.contact.name.as_str(), row.conversation.waiting_since),
        ("Ann", None)
    );
    server
        .hears("two ticks", |it| {
            named(&id)(it) && it.status == MessageStatus::Delivered
        })
        .await;
    let shop = ann.chat(SHOP);
    ann.client.mark_as_read(&shop, None, &[&*id]).await.unwrap();
    server
        .hears("blue ticks", |it| {
            named(&id)(it) && it.status == MessageStatus::Read
        })
        .await;

    // Another text, and none at all.
    let slip = owner.say(ANN, "until sx").await;
    server.hears("the slip", named(&slip)).await;
    let edited = Message::text("until six");
    let chat = owner.chat(ANN);
    owner
        .client
        .edit_message(&chat, &*slip, edited)
        .await
        .unwrap();
    server
        .hears("the correction", |it| {
            named(&slip)(it) && it.content.as_deref() == Some("until six")
        })
        .await;
    let gone = owner
        .client
        .revoke_message(&chat, &*slip, RevokeType::Sender);
    gone.await.unwrap();
    server
        .hears("nothing any more", |it| {
            named(&slip)(it) && it.content.is_none()
        })
        .await;

    // A picture.
    let stored = owner.client.upload(
        b"\x89PNG\r\n\x1a\n".to_vec(),
        MediaType::Image,
        UploadOptions::new(),
    );
    let picture = media::image_message(stored.await.unwrap(), ImageOptions::default());
    let sent = owner.client.send_message(&chat, picture).await.unwrap();
    let heard = server.hears("the picture", named(&sent.message_id)).await;
    assert!(heard.attachments[0].file.is_some());

    // What goes out through the server comes back from nowhere.
    let ours = server.say(ANN, "by the server").await;
    server.until_status(&ours, MessageStatus::Delivered).await;
    let quiet = async || (whatsapp.pending(&device) == 0).then_some(());
    until("everything to be acknowledged", quiet).await;
    let all = server.messages();
    let count = |direction| all.iter().filter(|it| it.direction == direction).count();
    assert_eq!((count(Direction::In), count(Direction::Out)), (1, 4));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_begins_a_conversation_and_writes_in_groups() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    whatsapp.add_group("120363000000000001", "The team", &[ANN, SHOP]);
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let device = server.link(&whatsapp, SHOP).await;
    let owner = whatsapp.owner(SHOP).await;
    let begun = owner.say(ANN, "Good morning").await;
    let named = |id: &str| {
        let id = id.to_owned();
        move |it: &domain::Message| it.external_id.as_deref() == Some(&*id)
    };
    let heard = server.hears("the greeting", named(&begun)).await;
    let row = server.conversation(&heard);
    assert_eq!(row.address.source_id, format!("{ANN}@c.us"));
    // Not the owner's own name.
    assert_ne!(row.contact.name, "The shop");
    let told = owner.say(TEAM, "to all").await;
    let heard = server.hears("what all are told", named(&told)).await;
    assert_eq!(heard.direction, Direction::Out);
    let row = server.conversation(&heard);
    assert_eq!(row.address.source_id, TEAM);
    assert_eq!(row.contact.name, "The team");
    // Said while the server is away, and told once.
    server.stop().await;
    let missed = owner.say(ANN, "still there?").await;
    let server = Server::start(place.path(), &whatsapp).await;
    server.hears("what was missed", named(&missed)).await;
    server.post("restart", json!({})).await;
    server.until("LoggedIn").await;
    let quiet = async || (whatsapp.pending(&device) == 0).then_some(());
    until("everything to be acknowledged", quiet).await;
    assert_eq!(server.messages().len(), 3);
    drop(ann);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_changes_what_somebody_else_has_said() {
    const BOB: &str = "447700900302";
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let bob = whatsapp.somebody(BOB, "Bob").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    server.link(&whatsapp, SHOP).await;
    let said = ann.say(SHOP, "Two, please").await;
    let named = |it: &domain::Message| it.external_id.as_deref() == Some(&*said);
    server.hears("the order", named).await;
    let shop = bob.chat(SHOP);
    let forged = Message::text("Two hundred, please");
    bob.client
        .edit_message(&shop, &*said, forged)
        .await
        .unwrap();
    let gone = bob.client.revoke_message(&shop, &*said, RevokeType::Sender);
    gone.await.unwrap();
    let after = bob.say(SHOP, "Hello").await;
    server
        .hears("what follows", |it| {
            it.external_id.as_deref() == Some(&*after)
        })
        .await;
    let kept = server.hears("the order", named).await;
    assert_eq!(kept.content.as_deref(), Some("Two, please"));
    server.stop().await;
}
