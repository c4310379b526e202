//! Who types and what was read, both ways.

use app::signs::Typist;
use serde_json::json;
use testkit::wait::until;
use whatsapp_rust::{
    types::presence::{ChatPresence, ReceiptType},
    wacore::types::events::Event,
};

use crate::{
    fake::{FakeWhatsApp, Somebody},
    place::Server,
};

const SHOP: &str = "447700900200";
const ANN: &str = "447700900301";
const BOB: &str = "447700900302";
const TEAM: &str = "120363000000000001@g.us";

async fn heard(server: &Server, id: &str) -> i64 {
    let heard = server
        .hears("what was said", |it| it.external_id.as_deref() == Some(id))
        .await;
    server.conversation(&heard).conversation.number
}

async fn is_read(who: &Somebody, wanted: &[&str]) {
    let mut left: Vec<String> = wanted.iter().map(|it| (*it).to_owned()).collect();
    while !left.is_empty() {
        let receipt = std::sync::Mutex::new(Vec::new());
        who.is_told("blue ticks", |it| match it {
            Event::Receipt(it) if it.r#type == ReceiptType::Read => {
                receipt.lock().unwrap().clone_from(&it.message_ids);
                true
            }
            _ => false,
        })
        .await;
        let ids = receipt.into_inner().unwrap();
        left.retain(|it| !ids.contains(it));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_agents_read_is_read_for_whoever_wrote_it() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let bob = whatsapp.somebody(BOB, "Bob").await;
    whatsapp.add_group("120363000000000001", "The team", &[ANN, SHOP, BOB]);
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let device = server.link(&whatsapp, SHOP).await;
    let first = ann.say(SHOP, "Hello?").await;
    let second = ann.say(SHOP, "Anybody there?").await;
    heard(&server, &first).await;
    let number = heard(&server, &second).await;
    let path = format!("/conversations/{number}/update_last_seen");
    let read = server.agent("POST", &path, json!({})).await;
    assert_eq!(read.status, 200, "{}", read.text());
    is_read(&ann, &[&first, &second]).await;

    // In a group everybody is told of their own.
    let by_ann = ann.say(TEAM, "from Ann").await;
    let by_bob = bob.say(TEAM, "from Bob").await;
    heard(&server, &by_ann).await;
    let number = heard(&server, &by_bob).await;
    let path = format!("/conversations/{number}/update_last_seen");
    server.agent("POST", &path, json!({})).await;
    is_read(&ann, &[&by_ann]).await;
    is_read(&bob, &[&by_bob]).await;

    // What was read while the connection was away is told when it is back.
    let third = ann.say(SHOP, "Thanks").await;
    let number = heard(&server, &third).await;
    whatsapp.shut_out(SHOP, &[("reason", "503")]);
    let gone = async || (!whatsapp.is_online(&device)).then_some(());
    until("the connection to end", gone).await;
    server.until("Offline").await;
    let path = format!("/conversations/{number}/update_last_seen");
    server.agent("POST", &path, json!({})).await;
    whatsapp.forgive(SHOP);
    server.post("restart", json!({})).await;
    is_read(&ann, &[&third]).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn typing_is_shown_both_ways() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    server.link(&whatsapp, SHOP).await;
    let said = ann.say(SHOP, "Hello?").await;
    let number = heard(&server, &said).await;
    // Somebody looks at the chat, so that WhatsApp is asked for signs of the other side: once.
    for _ in 0..2 {
        for word in ["on", "off"] {
            let path = format!("/conversations/{number}/toggle_typing_status");
            let body = json!({ "typing_status": word });
            let told = server.agent("POST", &path, body).await;
            assert_eq!(told.status, 200, "{}", told.text());
            let wanted = match word {
                "on" => ChatPresence::Composing,
                _ => ChatPresence::Paused,
            };
            ann.is_told(
                word,
                |it| matches!(it, Event::ChatPresence(it) if it.state == wanted),
            )
            .await;
        }
    }
    assert_eq!(whatsapp.attended_by(SHOP), [ANN]);
    // A note is nobody's business outside.
    let path = format!("/conversations/{number}/toggle_typing_status");
    let note = json!({ "typing_status": "on", "is_private": true });
    server.agent("POST", &path, note).await;

    let mut typing = server.core.typing.listen();
    let shop = ann.chat(SHOP);
    ann.client.chatstate().send_composing(&shop).await.unwrap();
    let told = typing.recv().await.unwrap();
    assert_eq!((told.by, told.on), (Typist::Contact, true));
    let row = server
        .core
        .store
        .view(|view| view.find_conversation_by_id(told.conversation_id));
    assert_eq!(row.unwrap().unwrap().conversation.number, number);
    ann.client.chatstate().send_paused(&shop).await.unwrap();
    let told = typing.recv().await.unwrap();
    assert_eq!((told.by, told.on), (Typist::Contact, false));
    server.stop().await;
}
