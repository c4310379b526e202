//! Where WhatsApp cannot be reached: it is said, asked again with patience, and nothing is forgotten.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use whatsapp_rust::{
    anyhow::{self, anyhow},
    async_channel::Receiver,
    async_trait,
    transport::{Transport, TransportEvent, TransportFactory},
};
use whatsapp_web::Reach;

use crate::{
    fake::FakeWhatsApp,
    place::{Server, rows},
};

const SHOP: &str = "447700900200";
const ANN: &str = "447700900301";
/// How long a server that stops may take over its phones.
const STOPS: Duration = Duration::from_secs(8);

/// A line that is dead, and counts who dials.
#[derive(Default)]
struct Dead(Arc<AtomicUsize>);

#[async_trait]
impl TransportFactory for Dead {
    async fn create_transport(
        &self,
    ) -> anyhow::Result<(Arc<dyn Transport>, Receiver<TransportEvent>)> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(anyhow!("no route to host"))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paired_phone_waits_for_the_network_and_keeps_its_keys() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let device = server.link(&whatsapp, SHOP).await;
    server.stop().await;
    let kept = rows(place.path());
    let device_row = kept.iter().find(|it| it.0 == "device").cloned();
    assert!(device_row.is_some());

    let dialled = Arc::new(AtomicUsize::new(0));
    let dead = Reach::through(Arc::new(Dead(dialled.clone())), whatsapp.files());
    let server = Server::start_reaching(place.path(), dead).await;
    let status = server.get("status").await["status"].clone();
    assert_eq!(status["loading"], Value::Bool(true), "{status}");
    server.until("Offline").await;
    let status = server.get("status").await["status"].clone();
    assert_eq!(
        (&status["connRetry"], &status["loggedIn"]),
        (&json!(true), &json!(true))
    );
    let said = status["message"].as_str().unwrap();
    assert!(said.contains("cannot be reached"), "{said}");
    // Again and again, and not in a circle.
    let times = dialled.load(Ordering::SeqCst);
    assert!((2..=20).contains(&times), "it dialled {times} times");
    let screen = server.call("GET", "screen", Value::Null).await;
    assert_eq!(screen.status, 200, "{}", screen.text());
    let id = server.say(ANN, "later").await;
    assert_eq!(server.get("queue").await["stats"]["sending"], 1);
    let began = Instant::now();
    server.stop().await;
    assert!(began.elapsed() < STOPS, "it took {:?}", began.elapsed());
    assert!(rows(place.path()).iter().any(|it| it.0 == "device"));

    let server = Server::start(place.path(), &whatsapp).await;
    server.until("LoggedIn").await;
    assert_eq!(whatsapp.devices(SHOP), [device.1]);
    ann.hears("what waited", |it| it.info.id == id).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_phone_says_that_there_is_no_code_and_why() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let place = tempfile::tempdir().unwrap();
    let dead = Reach::through(Arc::new(Dead::default()), whatsapp.files());
    let server = Server::start_reaching(place.path(), dead).await;
    let answer = server.call("GET", "qrCode?format=text", Value::Null).await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    let text = answer.text();
    assert!(text.contains("cannot be reached"), "{text}");
    // The screen is drawn all the same.
    let screen = server.call("GET", "screen", Value::Null).await;
    assert_eq!(screen.status, 200, "{}", screen.text());
    let status = server.get("status").await["status"].clone();
    let said = status["message"].as_str().unwrap();
    assert!(said.contains("cannot be reached"), "{status}");
    let began = Instant::now();
    server.stop().await;
    assert!(began.elapsed() < STOPS, "it took {:?}", began.elapsed());
    // With the network back, there is a code, and nothing is said of it any more.
    let server = Server::start(place.path(), &whatsapp).await;
    let answer = server.call("GET", "qrCode?format=text", Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let status = server.get("status").await["status"].clone();
    let said = status["message"].as_str().unwrap();
    assert!(!said.contains("cannot be reached"), "{status}");
    server.stop().await;
}
