//! Messages that cannot be opened.

use domain::Direction;
use testkit::wait::until;
use wire::maytapi::extra::Extra;

use crate::{fake::FakeWhatsApp, place::Server};

const SHOP: &str = "447700900200";
const ANN: &str = "447700900301";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_cannot_be_opened_is_asked_for_again_and_shown_once() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let device = server.link(&whatsapp, SHOP).await;
    let named = |id: &str| {
        let id = id.to_owned();
        move |it: &domain::Message| it.external_id.as_deref() == Some(&*id)
    };
    let first = ann.say(SHOP, "Hello").await;
    server.hears("the greeting", named(&first)).await;
    whatsapp.spoil(&device, 1);
    let second = ann.say(SHOP, "Are you open?").await;
    // Ann's program says it again, sealed anew.
    let heard = server.hears("the question", named(&second)).await;
    assert_eq!(heard.content.as_deref(), Some("Are you open?"));
    let third = ann.say(SHOP, "Anybody?").await;
    server.hears("what follows", named(&third)).await;
    let quiet = async || (whatsapp.pending(&device) == 0).then_some(());
    until("everything to be acknowledged", quiet).await;
    assert_eq!(server.messages().len(), 3);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_be_looked_at_once_only_is_told_of() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    whatsapp.add(ANN, "Ann");
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let device = server.link(&whatsapp, SHOP).await;
    whatsapp.bring_once(ANN, &device, "3A0000000000000001");
    let heard = server
        .hears("a picture to be looked at once", |it| {
            it.external_id.as_deref() == Some("3A0000000000000001")
        })
        .await;
    assert_eq!(heard.direction, Direction::In);
    let text = heard.content.unwrap();
    assert!(text.contains("viewed once"), "{text}");
    assert!(Extra::read(heard.extra.as_deref()).author.is_none());
    server.stop().await;
}
