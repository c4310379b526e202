//! Phones of the simulated network: what holding one costs.
//!
//! Each is added, paired by its code, and sends one message; memory is looked at when all are open again at rest.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::error::{During as _, Error, Result};
use crate::http;
use crate::number::{count, float};
use crate::process::{rss_bytes, settle};
use crate::report::{Figure, Sample};
use crate::server::Target;

const SETTLE_MAX: Duration = Duration::from_secs(10);
/// How long phones may take to be open and to have sent what they have to.
const OPEN_MAX: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Resident memory for each of so many phones.
pub(crate) fn measure(target: &Target, phones: usize, rest: Duration) -> Result<Sample> {
    settle(target.pid, SETTLE_MAX)?;
    let before = rss_bytes(target.pid)?;
    for number in 0..phones {
        add(target, number)?;
    }
    let end = Instant::now() + OPEN_MAX;
    while !all_at_rest(target, phones)? {
        if Instant::now() > end {
            return Err(Error::new("the phones are not open, or do not send"));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    std::thread::sleep(rest);
    settle(target.pid, SETTLE_MAX)?;
    let grown = rss_bytes(target.pid)?.saturating_sub(before);
    Ok(Sample::default().with(Figure::KbEach, float(grown) / 1024.0 / float(count(phones))))
}

/// Adds a phone, pairs it, and has it send something.
fn add(target: &Target, number: usize) -> Result<()> {
    let added = ask(target, "addPhone", Some(&json!({})))?;
    let phone = added["id"].as_i64();
    let phone = phone.ok_or_else(|| Error::new(format!("no phone was added: {added}")))?;
    let path = format!("/api/{}/{phone}/qrCode?format=text", target.demo.product);
    let code = String::from_utf8_lossy(&send(target, &path, None)?).into_owned();
    let scan = json!({ "code": code, "number": format!("4477010{number:05}") });
    send(target, "/sandbox/scan", Some(&scan))?;
    let body = json!({ "to_number": "447700900123", "type": "text", "message": "Hello" });
    let sent = ask(target, &format!("{phone}/sendMessage"), Some(&body))?;
    if sent["success"] != true {
        return Err(Error::new(format!("nothing was sent: {sent}")));
    }
    Ok(())
}

/// Whether every phone is open and has sent what it had to; the demo has one of its own.
fn all_at_rest(target: &Target, phones: usize) -> Result<bool> {
    let queues = ask(target, "queues", None)?;
    let all = queues["queues"].as_array().cloned().unwrap_or_default();
    let rests = |it: &Value| it["status"] == "active" && it["queue"] == 0;
    Ok(all.len() == phones + 1 && all.iter().all(rests))
}

/// Asks something of the product.
fn ask(target: &Target, path: &str, body: Option<&Value>) -> Result<Value> {
    let path = format!("/api/{}/{path}", target.demo.product);
    serde_json::from_slice(&send(target, &path, body)?).during(&path)
}

/// Posts a body, or gets without one.
fn send(target: &Target, path: &str, body: Option<&Value>) -> Result<Vec<u8>> {
    let head = format!(
        "x-maytapi-key: {}\r\nConnection: close\r\n",
        target.demo.product_token
    );
    let mut request = Vec::new();
    match body {
        Some(body) => http::write_post(&mut request, path, &head, body.to_string().as_bytes()),
        None => {
            let get = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n");
            request.extend_from_slice(get.as_bytes());
        }
    }
    http::exchange(target.address, &request).during(path)
}
