//! Fan-out: one event to all subscribers of a private channel, again and again, as fast as it goes.
//!
//! "As fast as it goes" is bounded by a window: so many events at most are under way to the slowest
//! subscriber, because a server may drop those that fall behind. An operation is one delivery to one
//! subscriber; a latency is that of one event, from its publish to its last subscriber.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;
use wire::pusher::request::{Request, body_md5, string_to_sign};
use wire::pusher::signature::Secret;

use crate::error::{During as _, Error, Result};
use crate::herd::{Happening, Herd, OTHER_TOKENS, micros, receive, send};
use crate::http::{answer, write_post};
use crate::number::{count, index};
use crate::poll::{Watch, dial};
use crate::process::Meter;
use crate::report::Sample;
use crate::server::Target;

pub(crate) const CHANNEL: &str = "private-bench";
pub(crate) const EVENT: &str = "bench";
/// Bytes of an event's data.
const DATA_BYTES: usize = 512;
/// Subscribers that are opened at a time.
const OPENING: usize = 256;
/// Publishes that are unanswered at most, each on a connection of its own.
const PUBLISHERS: usize = 8;
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// How to load.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) subscribers: usize,
    /// Events under way to the slowest subscriber at most.
    pub(crate) window: u64,
    pub(crate) warm_up: Duration,
    pub(crate) time: Duration,
}

/// The data of an event: JSON of 512 bytes.
pub(crate) fn event_data(number: u64) -> String {
    let head = format!(r#"{{"type":"message","number":{number},"text":""#);
    let text = "x".repeat(DATA_BYTES.saturating_sub(head.len() + 2));
    [&head, text.as_str(), "\"}"].concat()
}

pub(crate) fn measure(target: &Target, load: Load) -> Result<Sample> {
    let mut herd = Herd::new()?;
    herd.open(target, load.subscribers, OPENING, |_| CHANNEL.to_owned())?
        .all()?;
    let mut flood = Flood::new(target, &herd, load)?;
    flood.run(&mut herd, load.warm_up)?;
    flood.latencies.clear();
    let before = flood.deliveries;
    let meter = Meter::start(target.pid)?;
    flood.run(&mut herd, load.time)?;
    let spent = meter.stop()?;
    let deliveries = flood.deliveries - before;
    let latencies = std::mem::take(&mut flood.latencies);
    Ok(Sample::default()
        .with_spent(deliveries, &spent)
        .with_latencies(latencies))
}

/// The publishing and the counting.
struct Flood<'a> {
    target: &'a Target,
    secret: Secret,
    publishers: Vec<Publisher>,
    window: u64,
    published: u64,
    /// Events that every subscriber has.
    complete: u64,
    /// Of the events after those: when each was published, and how many subscribers have it.
    under_way: VecDeque<(Instant, usize)>,
    /// Events that each subscriber has.
    received: Vec<u64>,
    deliveries: u64,
    latencies: Vec<u32>,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

struct Publisher {
    fd: OwnedFd,
    heard: Vec<u8>,
    waiting: bool,
}

impl<'a> Flood<'a> {
    fn new(target: &'a Target, herd: &Herd, load: Load) -> Result<Self> {
        let mut publishers = Vec::new();
        for token in OTHER_TOKENS..OTHER_TOKENS + count(PUBLISHERS) {
            let fd = dial(target.address).during("connecting a publisher")?;
            // A loopback connection is made before its first request is: nobody waits for it.
            herd.poll.add(&fd, token, Watch::Read)?;
            publishers.push(Publisher {
                fd,
                heard: Vec::new(),
                waiting: false,
            });
        }
        Ok(Self {
            target,
            secret: Secret::new(&target.demo.app_secret),
            publishers,
            window: load.window.max(1),
            published: 0,
            complete: 0,
            under_way: VecDeque::new(),
            received: vec![0; load.subscribers],
            deliveries: 0,
            latencies: Vec::new(),
            request: Vec::new(),
            buffer: vec![0; 64 * 1024],
        })
    }

    fn run(&mut self, herd: &mut Herd, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        let mut heard_at = Instant::now();
        while Instant::now() < end {
            self.publish_more()?;
            let before = self.deliveries;
            herd.turn(Duration::from_millis(100), |happening| match happening {
                Happening::Events { subscriber, events } => {
                    self.count(subscriber, events);
                    Ok(())
                }
                Happening::Other { token } => self.take_answer(index(token - OTHER_TOKENS)),
                Happening::Lost => Err(Error::new("the server dropped a subscriber")),
            })?;
            if self.deliveries > before {
                heard_at = Instant::now();
            } else if heard_at.elapsed() > SILENCE_MAX {
                return Err(Error::new(
                    "events are lost: nothing arrives and the window is full",
                ));
            }
        }
        Ok(())
    }

    /// Publishes as much as the window and the connections allow.
    fn publish_more(&mut self) -> Result<()> {
        while self.published < self.complete + self.window {
            let Some(free) = self
                .publishers
                .iter()
                .position(|publisher| !publisher.waiting)
            else {
                break;
            };
            self.write_publish()?;
            if let Some(publisher) = self.publishers.get_mut(free) {
                publisher.waiting = true;
                send(&publisher.fd, &self.request)?;
            }
            self.published += 1;
            self.under_way.push_back((Instant::now(), 0));
        }
        Ok(())
    }

    /// Makes the signed request of the next event.
    fn write_publish(&mut self) -> Result<()> {
        let data = event_data(self.published);
        let body = json!({"name": EVENT, "channel": CHANNEL, "data": data}).to_string();
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .during("reading the clock")?;
        let path = format!("/apps/{}/events", self.target.demo.app_id);
        let query = [
            ("auth_key", self.target.demo.app_key.clone()),
            ("auth_timestamp", now.as_secs().to_string()),
            ("auth_version", "1.0".to_owned()),
            ("body_md5", body_md5(body.as_bytes())),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        let request = Request {
            method: "POST",
            path: &path,
            query: &query,
            body: body.as_bytes(),
        };
        let signature = self.secret.sign(string_to_sign(&request).as_bytes());
        let mut target = path.clone() + "?";
        for (name, value) in &query {
            target += &format!("{name}={value}&");
        }
        target += &format!("auth_signature={signature}");
        self.request.clear();
        write_post(&mut self.request, &target, "", body.as_bytes());
        Ok(())
    }

    fn take_answer(&mut self, number: usize) -> Result<()> {
        let Some(publisher) = self.publishers.get_mut(number) else {
            return Ok(());
        };
        let length = receive(&publisher.fd, &mut self.buffer)?;
        publisher
            .heard
            .extend_from_slice(self.buffer.get(..length).unwrap_or_default());
        if let Some(answer) = answer(&publisher.heard) {
            if answer.status != 200 {
                let text = String::from_utf8_lossy(&publisher.heard).into_owned();
                return Err(Error::new(format!("a publish was refused: {text}")));
            }
            publisher.heard.clear();
            publisher.waiting = false;
        }
        Ok(())
    }

    fn count(&mut self, subscriber: usize, events: u64) {
        let Some(received) = self.received.get_mut(subscriber) else {
            return;
        };
        for number in *received..*received + events {
            if let Some((_, have)) = self.under_way.get_mut(index(number - self.complete)) {
                *have += 1;
            }
        }
        *received += events;
        self.deliveries += events;
        while let Some((published_at, _)) = self
            .under_way
            .front()
            .filter(|(_, have)| *have == self.received.len())
        {
            self.latencies.push(micros(published_at.elapsed()));
            self.under_way.pop_front();
            self.complete += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_of_an_event_is_json_of_512_bytes() {
        for number in [0, 7, 12_345_678] {
            let data = event_data(number);
            assert_eq!(data.len(), DATA_BYTES);
            assert!(serde_json::from_str::<serde_json::Value>(&data).is_ok());
        }
    }

    #[test]
    fn publishes_are_signed_as_the_server_checks_them() {
        let data = tempfile::tempdir().unwrap();
        let target = crate::floor::bare::in_thread(data.path());
        let herd = Herd::new().unwrap();
        let load = Load {
            subscribers: 1,
            window: 1,
            warm_up: Duration::ZERO,
            time: Duration::ZERO,
        };
        let mut flood = Flood::new(&target, &herd, load).unwrap();
        flood.write_publish().unwrap();
        let request = String::from_utf8(flood.request.clone()).unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let line = head.lines().next().unwrap();
        let (path, query) = line.split(' ').nth(1).unwrap().split_once('?').unwrap();
        let query: Vec<(String, String)> = query
            .split('&')
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let request = Request {
            method: "POST",
            path,
            query: &query,
            body: body.as_bytes(),
        };
        let secret = Secret::new(&target.demo.app_secret);
        let app = wire::pusher::App::new(&target.demo.app_id, &target.demo.app_key, secret);
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        assert_eq!(
            wire::pusher::request::verify(&request, &app, now, 600),
            Ok(())
        );
    }

    #[test]
    fn events_reach_every_subscriber() {
        let data = tempfile::tempdir().unwrap();
        let target = crate::floor::bare::in_thread(data.path());
        let load = Load {
            subscribers: 50,
            window: 16,
            warm_up: Duration::from_millis(10),
            time: Duration::from_millis(100),
        };
        let sample = measure(&target, load).unwrap();
        assert!(sample.get(crate::report::Figure::Rate).unwrap() > 0.0);
    }
}
