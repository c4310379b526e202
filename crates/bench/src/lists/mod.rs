//! Lists, filters, counts, pages and searches on a store of a size, one request at a time on one connection.
//!
//! The floor is the cheapest answer of the same server over the same connection.

mod kinds;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::ops::Range;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::error::{During as _, Error, Result};
use crate::http;
use crate::number::count;
use crate::process::Meter;
use crate::report::{Figure, Measurement, Sample};
use crate::server::{Demo, Target};

use kinds::{Kind, kinds};

/// Requests of each kind that are measured,
const REQUESTS: usize = 200;
/// after so many that are not.
const WARM_UP: usize = 20;
/// Longest that an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// Measures every kind, each as a measurement of its own, and the floor with each.
pub(crate) fn measure(target: &Target) -> Result<Vec<Measurement>> {
    let mut line = Line::connect(target)?;
    line.define("tier", "text", "conversation_attribute")?;
    line.define("orders", "number", "conversation_attribute")?;
    line.define("plan", "text", "contact_attribute")?;
    let floor = line.floor()?;
    let mut measurements = Vec::new();
    for kind in kinds() {
        let aims = &[(Figure::P99Ms, "< 50"), (Figure::CpuMicros, "≤ 25000")];
        let mut measurement = Measurement::new(kind.name, aims);
        measurement.add_server(line.sample(|line, n| line.ask(&kind, n))?);
        measurement.add_floor(floor.clone());
        measurements.push(measurement);
    }
    Ok(measurements)
}

/// One connection.
struct Line<'a> {
    stream: TcpStream,
    target: &'a Target,
    bytes: Vec<u8>,
}

impl<'a> Line<'a> {
    fn connect(target: &'a Target) -> Result<Self> {
        let stream = TcpStream::connect(target.address).during("connecting")?;
        stream.set_nodelay(true).during("connecting")?;
        stream
            .set_read_timeout(Some(ANSWER_MAX))
            .during("connecting")?;
        Ok(Self {
            stream,
            target,
            bytes: Vec::new(),
        })
    }

    fn demo(&self) -> &'a Demo {
        &self.target.demo
    }

    /// Says that conversations or contacts have an attribute, as an account does once.
    fn define(&mut self, key: &str, holds: &str, model: &str) -> Result<()> {
        let body = json!({
            "attribute_display_name": key, "attribute_key": key, "attribute_display_type": holds,
            "attribute_model": model,
        });
        let path = format!(
            "/api/v1/accounts/{}/custom_attribute_definitions",
            self.demo().account_id
        );
        let mut request = Vec::new();
        http::write_post(
            &mut request,
            &path,
            &self.head(),
            body.to_string().as_bytes(),
        );
        // There already when a store is used again.
        self.exchange(&request).map(drop)
    }

    fn head(&self) -> String {
        format!("api_access_token: {}\r\n", self.demo().access_token)
    }

    fn floor(&mut self) -> Result<Sample> {
        self.sample(|line, _| {
            let request = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
            line.exchange(request.as_bytes())
        })
    }

    /// How long the requests took, and what they cost the server.
    fn sample(&mut self, ask: impl Fn(&mut Self, usize) -> Result<u16>) -> Result<Sample> {
        self.ask_all(0..WARM_UP, &ask)?;
        let meter = Meter::start(self.target.pid)?;
        let latencies = self.ask_all(WARM_UP..WARM_UP + REQUESTS, &ask)?;
        let asked = count(latencies.len());
        Ok(Sample::default()
            .with_spent(asked, &meter.stop()?)
            .with_latencies(latencies))
    }

    fn ask_all(
        &mut self,
        numbers: Range<usize>,
        ask: &impl Fn(&mut Self, usize) -> Result<u16>,
    ) -> Result<Vec<u32>> {
        let mut latencies = Vec::with_capacity(REQUESTS);
        for n in numbers {
            let since = Instant::now();
            let status = ask(self, n)?;
            latencies.push(u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX));
            if status != 200 {
                return Err(Error::new(format!("request {n} was answered {status}")));
            }
        }
        Ok(latencies)
    }

    fn ask(&mut self, kind: &Kind, n: usize) -> Result<u16> {
        let path = kind.path.replace("{n}", &(n % 10).to_string());
        let path = format!("/api/v1/accounts/{}{path}", self.demo().account_id);
        let head = self.head();
        let mut request = Vec::new();
        match &kind.payload {
            Some(payload) => {
                let body = json!({ "payload": payload }).to_string();
                http::write_post(&mut request, &path, &head, body.as_bytes());
            }
            None => {
                let text = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n");
                request.extend_from_slice(text.as_bytes());
            }
        }
        self.exchange(&request)
            .map_err(|error| Error::new(format!("{}: {error}", kind.name)))
    }

    fn exchange(&mut self, request: &[u8]) -> Result<u16> {
        self.stream.write_all(request).during("asking")?;
        self.bytes.clear();
        let mut chunk = [0_u8; 64 * 1024];
        loop {
            let read = self.stream.read(&mut chunk).during("an answer")?;
            if read == 0 {
                return Err(Error::new("the server hung up"));
            }
            self.bytes
                .extend_from_slice(chunk.get(..read).unwrap_or_default());
            if let Some(answer) = http::answer(&self.bytes) {
                return Ok(answer.status);
            }
        }
    }
}
