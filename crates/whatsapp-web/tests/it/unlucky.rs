//! Crashes and failures between WhatsApp and us: nothing is lost, nothing comes twice.

use std::sync::atomic::Ordering;

use domain::MessageStatus;
use testkit::wait::until;
use whatsapp_rust::{
    UploadOptions,
    download::MediaType,
    media::{self, ImageOptions},
};

use crate::{fake::FakeWhatsApp, place::Server};

const SHOP: &str = "447700900200";
const ANN: &str = "447700900301";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_written_before_a_crash_comes_again() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let device = server.link(&whatsapp, SHOP).await;
    let said = ann.say(SHOP, "one").await;
    server
        .hears("one", |it| it.external_id.as_deref() == Some(&*said))
        .await;
    // A conversation has begun; from here on nothing can be written.
    server.luck.store.store(true, Ordering::SeqCst);
    let said = ann.say(SHOP, "two").await;
    let there = async || (whatsapp.pending(&device) > 0).then_some(());
    until("the message to be on its way", there).await;
    server.kill().await;
    whatsapp.cut(&device);
    assert!(
        whatsapp.pending(&device) > 0,
        "it was acknowledged unwritten"
    );
    let server = Server::start(place.path(), &whatsapp).await;
    let heard = server
        .hears("two", |it| it.external_id.as_deref() == Some(&*said))
        .await;
    assert_eq!(heard.content.as_deref(), Some("two"));
    let quiet = async || (whatsapp.pending(&device) == 0).then_some(());
    until("everything to be acknowledged", quiet).await;
    assert_eq!(server.messages().len(), 2);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_opened_and_not_committed_before_a_crash_comes_again() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let device = server.link(&whatsapp, SHOP).await;
    // The ratchet goes on, and its file cannot be kept.
    server.luck.media.store(true, Ordering::SeqCst);
    let stored = ann.client.upload(
        b"a picture".to_vec(),
        MediaType::Image,
        UploadOptions::new(),
    );
    let picture = media::image_message(stored.await.unwrap(), ImageOptions::default());
    let said = ann
        .client
        .send_message(ann.chat(SHOP), picture)
        .await
        .unwrap();
    let kept = async || {
        let view = &server.core.store;
        let inbox = domain::InboxId(server.phone);
        let all = view.view(|view| view.list_session_keys(inbox, "pending", "", 10));
        (all.unwrap().len() == 1).then_some(())
    };
    until("the message to wait", kept).await;
    assert!(server.messages().is_empty());
    server.kill().await;
    whatsapp.cut(&device);
    assert_eq!(whatsapp.pending(&device), 1);
    let server = Server::start(place.path(), &whatsapp).await;
    let heard = server
        .hears("the picture", |it| {
            it.external_id.as_deref() == Some(&*said.message_id)
        })
        .await;
    assert!(heard.attachments[0].file.is_some());
    let quiet = async || (whatsapp.pending(&device) == 0).then_some(());
    until("everything to be acknowledged", quiet).await;
    assert_eq!(server.messages().len(), 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_gone_holds_nothing_up() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    server.link(&whatsapp, SHOP).await;
    let stored = ann.client.upload(
        b"a picture".to_vec(),
        MediaType::Image,
        UploadOptions::new(),
    );
    let picture = media::image_message(stored.await.unwrap(), ImageOptions::default());
    whatsapp.lose_files();
    ann.client
        .send_message(ann.chat(SHOP), picture)
        .await
        .unwrap();
    let heard = server
        .hears("the picture", |it| !it.attachments.is_empty())
        .await;
    assert!(heard.attachments[0].file.is_none());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_again_after_a_crash_is_the_same_message() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let device = server.link(&whatsapp, SHOP).await;
    // It leaves, and nothing of that can be written: the server dies without knowing that it was sent.
    let id = server.say(ANN, "once").await;
    let sent = async || (whatsapp.times_sent(SHOP, &id) > 0).then_some(());
    until("it to leave", sent).await;
    server.kill().await;
    whatsapp.cut(&device);
    let gone = async || (!whatsapp.is_online(&device)).then_some(());
    until("the connection to end", gone).await;
    let server = Server::start(place.path(), &whatsapp).await;
    let ours = |it: &domain::Message| wire::maytapi::id::of(it.id.0, 0) == id;
    server
        .hears("it to be sent", |it| {
            ours(it) && it.status != MessageStatus::Queued
        })
        .await;
    ann.hears("it", |it| it.info.id == id).await;
    // However often it was sent: Ann has it once.
    let after = server.say(ANN, "after").await;
    ann.hears("what follows", |it| {
        assert_ne!(it.info.id, id, "it came twice");
        it.info.id == after
    })
    .await;
    assert_eq!(ann.unheard(), 0);
    server.stop().await;
}
