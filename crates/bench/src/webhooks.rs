//! Webhooks: from the commit of what happened to the receiver that is told of it.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::error::{During as _, Error, Result};
use crate::http;
use crate::message::{Contacts, Messages};
use crate::number::{count, float};
use crate::posters::{Posters, Stop, Writers};
use crate::process::Meter;
use crate::receivers::{HANG, Receivers};
use crate::report::{Figure, Sample};
use crate::server::Target;

/// Posters that write what one receiver is told of.
const POSTERS: usize = 16;
/// Posts under way to the one receiver.
const IN_FLIGHT: u64 = 100;
/// Endpoints of which some are dead.
pub(crate) const ENDPOINTS: usize = 20;
/// Messages a second of which all of them are told.
const MESSAGES_PER_SECOND: u32 = 40;

/// One healthy receiver is told of everything, as fast as messages are taken in.
pub(crate) fn measure_flow(target: &Target, messages: u64) -> Result<Sample> {
    let receivers = Receivers::start()?;
    endpoint(target, &receivers.url("/healthy"), IN_FLIGHT)?;
    let mut contacts = Contacts { known: 0 };
    let mut posters = Posters::connect(target, POSTERS, &mut contacts)?;
    let meter = Meter::start(target.pid)?;
    posters.post(messages, Writers::Mixed)?;
    receivers.wait_for(messages)?;
    Ok(Sample::default().with_spent(messages, &meter.stop()?))
}

/// One healthy receiver is told of what has waited for it.
pub(crate) fn measure_backlog(target: &Target, messages: u64) -> Result<Sample> {
    let receivers = Receivers::start()?;
    let id = endpoint(target, &receivers.url("/healthy"), IN_FLIGHT)?;
    ask(target, &format!("/endpoints/{id}/pause"), &Value::Null)?;
    let mut contacts = Contacts { known: 0 };
    let mut posters = Posters::connect(target, POSTERS, &mut contacts)?;
    posters.post(messages, Writers::Mixed)?;
    // What follows the journal has followed it to the end when nothing is busy.
    crate::process::settle(target.pid, Duration::from_secs(20))?;
    let meter = Meter::start(target.pid)?;
    ask(target, &format!("/endpoints/{id}/resume"), &Value::Null)?;
    receivers.wait_for(messages)?;
    Ok(Sample::default().with_spent(messages, &meter.stop()?))
}

/// What the same machine does when somebody posts to the same receiver and keeps nothing.
pub(crate) fn measure_floor(warm_up: Duration, time: Duration) -> Result<Sample> {
    let receivers = Receivers::start()?;
    let target = Target {
        address: receivers.address,
        pid: std::process::id(),
        demo: crate::server::Demo::bare(),
    };
    let mut contacts = Contacts { known: 0 };
    let mut posters = Posters::connect(&target, crate::number::index(IN_FLIGHT), &mut contacts)?;
    let stop = Stop {
        after: time,
        messages: u64::MAX,
    };
    let posted = posters.measure(warm_up, stop)?;
    let rate = float(count(posted.latencies.len())) / posted.spent.elapsed.as_secs_f64();
    Ok(Sample::default().with(Figure::Rate, rate))
}

/// Messages at a steady pace, told to many endpoints of which so many are dead: half of those never answer, half
/// refuse the connection. The latency is that of the healthy ones.
pub(crate) fn measure_dead(
    target: &Target,
    dead: usize,
    warm_up: Duration,
    time: Duration,
) -> Result<Sample> {
    let receivers = Receivers::start()?;
    let refused = nobody()?;
    for number in 0..ENDPOINTS {
        let url = match number {
            it if it < dead / 2 => receivers.url(&format!("{HANG}/{number}")),
            it if it < dead => format!("http://{refused}/{number}"),
            _ => receivers.url(&format!("/healthy/{number}")),
        };
        endpoint(target, &url, 20)?;
    }
    let mut pace = Pace::connect(target)?;
    let healthy = count(ENDPOINTS - dead);
    let warm = pace.post_for(warm_up)?;
    receivers.wait_for(warm * healthy)?;
    drop(receivers.take_latencies());
    let meter = Meter::start(target.pid)?;
    let posted = pace.post_for(time)?;
    receivers.wait_for((warm + posted) * healthy)?;
    let spent = meter.stop()?;
    Ok(Sample::default()
        .with_spent(posted * healthy, &spent)
        .with_latencies(receivers.take_latencies()))
}

/// Posts messages at a steady pace, whether or not what became of them is done.
struct Pace {
    stream: TcpStream,
    messages: Messages,
    contacts: Contacts,
}

impl Pace {
    fn connect(target: &Target) -> Result<Self> {
        let stream = TcpStream::connect(target.address).during("connecting")?;
        stream.set_nodelay(true).during("connecting")?;
        Ok(Self {
            stream,
            messages: Messages::new(&target.demo),
            contacts: Contacts { known: 0 },
        })
    }

    fn post_for(&mut self, time: Duration) -> Result<u64> {
        let between = Duration::from_secs(1) / MESSAGES_PER_SECOND;
        let start = Instant::now();
        let (mut posted, mut due) = (0, start);
        let mut request = Vec::new();
        while due < start + time {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            request.clear();
            let contact = self.contacts.pick(&mut self.messages.random);
            self.messages.write_request(&mut request, contact);
            self.stream.write_all(&request).during("posting")?;
            let status = status(&mut self.stream)?;
            if status != 200 {
                return Err(Error::new(format!("a message was answered {status}")));
            }
            posted += 1;
            due += between;
        }
        Ok(posted)
    }
}

/// The status of the answer that comes next.
fn status(stream: &mut TcpStream) -> Result<u16> {
    let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut buffer).during("reading an answer")?;
        if length == 0 {
            return Err(Error::new("the server hung up"));
        }
        answer.extend_from_slice(buffer.get(..length).unwrap_or_default());
        if let Some(answer) = http::answer(&answer) {
            return Ok(answer.status);
        }
    }
}

/// Makes an endpoint for every message and returns its number.
fn endpoint(target: &Target, url: &str, in_flight: u64) -> Result<i64> {
    let wanted = json!({ "url": url, "events": ["message.created"], "in_flight": in_flight });
    let made = ask(target, "/endpoints", &wanted)?;
    let id = made.get("id").and_then(Value::as_i64);
    id.ok_or_else(|| Error::new(format!("no endpoint was made: {made}")))
}

/// Asks something of the account's own interface.
fn ask(target: &Target, path: &str, body: &Value) -> Result<Value> {
    let demo = &target.demo;
    let path = format!("/api/v1/accounts/{}{path}", demo.account_id);
    let head = format!(
        "api_access_token: {}\r\nConnection: close\r\n",
        demo.access_token
    );
    let mut request = Vec::new();
    http::write_post(&mut request, &path, &head, body.to_string().as_bytes());
    let answer = http::exchange(target.address, &request).during("asking")?;
    serde_json::from_slice(&answer).during(&path)
}

/// An address where nobody listens.
fn nobody() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).during("finding a free port")?;
    listener.local_addr().during("finding a free port")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receivers_answer_count_and_measure_and_some_never_answer() {
        let receivers = Receivers::start().unwrap();
        let post = |path: &str| {
            let mut stream = TcpStream::connect(receivers.address).unwrap();
            let at = jiff::Timestamp::now() - Duration::from_millis(250);
            let body = json!({ "type": "x", "timestamp": at.to_string() }).to_string();
            let mut request = Vec::new();
            http::write_post(&mut request, path, "", body.as_bytes());
            stream.write_all(&request).unwrap();
            stream
        };
        let hanging = post("/hang/1");
        let status = status(&mut post("/healthy/1")).unwrap();
        assert_eq!((status, receivers.count()), (200, 1));
        let latencies = receivers.take_latencies();
        assert!(latencies.len() == 1 && latencies[0] >= 250_000);
        hanging.set_nonblocking(true).unwrap();
        let nothing = (&hanging).read(&mut [0; 1]);
        assert_eq!(nothing.unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    }

    #[test]
    fn the_floor_is_measured_against_the_same_receivers() {
        let time = Duration::from_millis(20);
        let sample = measure_floor(time, time).unwrap();
        assert!(sample.get(Figure::Rate).unwrap() > 0.0);
    }
}
