//! How WhatsApp shuts a number out, in each of its ways, and what we do then: nothing that makes it worse.

use domain::MessageStatus;
use serde_json::{Value, json};
use testkit::wait::until;

use crate::{
    fake::FakeWhatsApp,
    place::{Server, rows},
};

const SHOP: &str = "447700900200";
const ANN: &str = "447700900301";

async fn message(server: &Server) -> String {
    let status = server.get("status").await["status"].clone();
    status["message"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_account_stops_the_queue_until_its_owner_lets_it_go() {
    for told in [
        &[("reason", "403")][..],
        // A ban that does not say for how long.
        &[("reason", "402"), ("message", "spam")],
    ] {
        let whatsapp = FakeWhatsApp::new();
        whatsapp.add(SHOP, "The shop");
        let ann = whatsapp.somebody(ANN, "Ann").await;
        let place = tempfile::tempdir().unwrap();
        let server = Server::start(place.path(), &whatsapp).await;
        server.link(&whatsapp, SHOP).await;
        whatsapp.shut_out(SHOP, told);
        server.until("Banned").await;
        let id = server.say(ANN, "held back").await;
        let queue = server.get("queue").await;
        assert_eq!(queue["stats"]["sending"], 1, "{queue}");
        assert!(!message(&server).await.is_empty());
        // What the session knows stays: a lock may be lifted.
        assert!(!rows(place.path()).is_empty());
        assert_eq!(whatsapp.times_sent(SHOP, &id), 0);
        whatsapp.forgive(SHOP);
        server.post("restart", json!({})).await;
        server.until("LoggedIn").await;
        assert_eq!(whatsapp.times_sent(SHOP, &id), 0);
        server.post("resumeQueue", json!({})).await;
        ann.hears("what was held back", |it| it.info.id == id).await;
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_whatsapp_ends_is_over() {
    for (on_connect, code, conflict) in [
        (true, "401", None),
        (true, "406", None),
        (false, "401", None),
        (false, "516", None),
        (false, "401", Some("device_removed")),
    ] {
        let whatsapp = FakeWhatsApp::new();
        whatsapp.add(SHOP, "The shop");
        let place = tempfile::tempdir().unwrap();
        let server = Server::start(place.path(), &whatsapp).await;
        let device = server.link(&whatsapp, SHOP).await;
        match on_connect {
            true => whatsapp.shut_out(SHOP, &[("reason", code)]),
            false => whatsapp.end(&device, code, conflict),
        }
        server.until("LoggedOut").await;
        assert!(message(&server).await.contains("logged us out"), "{code}");
        let gone = async || rows(place.path()).is_empty().then_some(());
        until("its keys to be forgotten", gone).await;
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_that_is_no_ban_forgets_nothing_and_says_why() {
    for (told, said) in [
        (&[("reason", "405")][..], "newer version"),
        (
            &[("reason", "409"), ("message", "no such browser")],
            "no such browser",
        ),
        (&[("reason", "503")], ""),
    ] {
        let whatsapp = FakeWhatsApp::new();
        whatsapp.add(SHOP, "The shop");
        let place = tempfile::tempdir().unwrap();
        let server = Server::start(place.path(), &whatsapp).await;
        server.link(&whatsapp, SHOP).await;
        whatsapp.shut_out(SHOP, told);
        server.until("Offline").await;
        let explained = async || message(&server).await.contains(said).then_some(());
        until("a reason", explained).await;
        let status = server.get("status").await["status"].clone();
        assert_eq!(status["connRetry"], Value::Bool(true), "{status}");
        assert!(!rows(place.path()).is_empty());
        whatsapp.forgive(SHOP);
        server.post("restart", json!({})).await;
        server.until("LoggedIn").await;
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_opened_elsewhere_is_not_fought_over() {
    for (code, conflict) in [("409", None), ("409", Some("replaced"))] {
        let whatsapp = FakeWhatsApp::new();
        whatsapp.add(SHOP, "The shop");
        let place = tempfile::tempdir().unwrap();
        let server = Server::start(place.path(), &whatsapp).await;
        let device = server.link(&whatsapp, SHOP).await;
        whatsapp.end(&device, code, conflict);
        server.until("Offline").await;
        let told = async || {
            message(&server)
                .await
                .contains("somewhere else")
                .then_some(())
        };
        until("a reason", told).await;
        assert!(!whatsapp.is_online(&device));
        server.post("restart", json!({})).await;
        server.until("LoggedIn").await;
        assert!(whatsapp.is_online(&device));
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restricted_number_tries_nothing_more() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    server.link(&whatsapp, SHOP).await;
    whatsapp.restrict(SHOP, "463");
    let first = server.say(ANN, "Hello!").await;
    server.until_status(&first, MessageStatus::Failed).await;
    let second = server.say(ANN, "Hello?").await;
    let queue = server.get("queue").await;
    assert_eq!(queue["stats"]["sending"], 1, "{queue}");
    assert!(message(&server).await.contains("463"));
    assert_eq!(whatsapp.times_sent(SHOP, &second), 0);
    whatsapp.forgive(SHOP);
    server.post("resumeQueue", json!({})).await;
    ann.hears("what was held back", |it| it.info.id == second)
        .await;
    server.stop().await;
}
