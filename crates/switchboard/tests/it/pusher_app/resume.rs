//! A program that comes and goes while messages flow, and is told each once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::task::JoinSet;

use super::*;

impl App {
    /// The channel of the demo's connector.
    fn messenger(&self) -> String {
        let (license, messenger) = (
            self.demo.text("/license_id"),
            self.demo.text("/ctlive/messenger"),
        );
        format!("private-v1.licenses.{license}.messengers.{messenger}")
    }

    /// Subscribes to it through the back end, as a program that was told everything up to a position.
    async fn resume(&self, socket: &mut Socket, position: &str) {
        let (url, channel) = (self.demo.url("/broadcasting/auth"), self.messenger());
        let token = self.demo.text("/chatapp/access_token");
        let headers = [
            ("authorization", token.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let body = format!(
            "socket_id={}&channel_name={channel}&resume=1&position={position}",
            socket.id
        );
        let mut data = self
            .demo
            .client
            .send("POST", &url, &headers, body)
            .await
            .ok();
        data["channel"] = json!(channel);
        socket
            .send(&json!({ "event": "pusher:subscribe", "data": data }))
            .await;
    }
}

/// The text of a message, and the position that a frame carries.
fn read(frame: &Value) -> (Option<String>, String) {
    let data = text_data(frame);
    let text = data.pointer("/payload/data/0/message/text");
    let text = text.and_then(Value::as_str).map(str::to_owned);
    (text, data["position"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_and_goes_all_the_time_is_told_each_message_once() {
    let app = Arc::new(App::start().await);
    let over = Arc::new(AtomicBool::new(false));
    let mut programs = JoinSet::new();
    for _ in 0..4 {
        let (app, over) = (app.clone(), over.clone());
        programs.spawn(async move {
            let (mut told, mut position) = (Vec::new(), String::new());
            let mut visits = 0_u32;
            loop {
                // Asked before the visit: the last one sees everything.
                let is_last = over.load(Ordering::Relaxed);
                let mut socket = app.socket().await;
                app.resume(&mut socket, &position).await;
                let ack = socket.next().await;
                assert_eq!(ack["event"], "pusher_internal:subscription_succeeded");
                position = read(&ack).1;
                visits += 1;
                // Goes in the middle of whatever it is being told.
                let mut left = visits % 7;
                while is_last || left > 0 {
                    let frame = socket.next().await;
                    let (text, at) = read(&frame);
                    assert!(number(&at) > number(&position), "{position} {at}");
                    position = at;
                    left = left.saturating_sub(1);
                    if text.as_deref() == Some("the end") {
                        return (told, visits);
                    }
                    told.extend(text);
                }
            }
        });
    }
    let demo = &app.demo;
    for batch in 0..100 {
        let text = |n: i32| format!("{batch} {n}");
        let items: Vec<Value> = (0..4)
            .map(|n| demo.inbound(&format!("44770090{n:04}"), &text(n), &text(n)))
            .collect();
        demo.post(json!(items)).await.ok();
    }
    over.store(true, Ordering::Relaxed);
    demo.post(json!([demo.inbound("447700909999", "the end", "the end")]))
        .await
        .ok();
    let expected: Vec<String> = (0..100)
        .flat_map(|batch| (0..4).map(move |n| format!("{batch} {n}")))
        .collect();
    while let Some(done) = programs.join_next().await {
        let (told, visits) = done.unwrap();
        assert!(visits > 10, "{visits}");
        // A program that first came later begins later, and misses nothing from there on.
        assert!(!told.is_empty());
        assert_eq!(told, expected[expected.len() - told.len()..]);
    }
}

fn number(position: &str) -> u64 {
    position.parse().unwrap()
}
