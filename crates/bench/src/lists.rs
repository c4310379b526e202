//! Lists, filters, counts, pages and searches on a store of a size, one request at a time on one connection.
//!
//! The floor is the cheapest answer of the same server over the same connection.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::error::{During as _, Error, Result};
use crate::http;
use crate::report::{Figure, Measurement, Sample};
use crate::server::{Demo, Target};

/// Requests of each kind that are measured,
const REQUESTS: usize = 200;
/// after so many that are not.
const WARM_UP: usize = 20;
/// Longest that an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// A request that an agent's program makes, with something that changes from one to the next.
struct Kind {
    name: &'static str,
    /// Within the account; `{n}` is the number of the request.
    path: &'static str,
    /// Conditions of a filter; none for a GET.
    payload: Option<Value>,
}

fn get(name: &'static str, path: &'static str) -> Kind {
    Kind {
        name,
        path,
        payload: None,
    }
}

fn filter(name: &'static str, payload: Value) -> Kind {
    Kind {
        name,
        path: "/conversations/filter",
        payload: Some(payload),
    }
}

fn condition(key: &str, operator: &str, value: &str, next: Option<&str>) -> Value {
    json!({ "attribute_key": key, "filter_operator": operator, "values": [value], "query_operator": next })
}

/// Everything that is measured.
fn kinds() -> Vec<Kind> {
    let mut all = lists();
    all.extend(filters());
    all.extend(searches());
    all
}

fn lists() -> Vec<Kind> {
    vec![
        get("list, open", "/conversations"),
        get("list, all", "/conversations?status=all"),
        get("list, mine", "/conversations?assignee_type=me"),
        get(
            "list, unassigned",
            "/conversations?assignee_type=unassigned",
        ),
        get("list, an inbox's", "/conversations?inbox_id=1"),
        get("list, a label's", "/conversations?labels[]=common"),
        get(
            "list, two labels'",
            "/conversations?labels[]=common&labels[]=rare&status=all",
        ),
        get(
            "list, unattended",
            "/conversations?conversation_type=unattended&status=all",
        ),
        get(
            "list, an address's",
            "/conversations?source_id=390000000{n}&status=all",
        ),
        get(
            "list, by creation",
            "/conversations?sort_by=created_at_asc&status=all",
        ),
        get(
            "list, by priority",
            "/conversations?sort_by=priority_desc&status=all",
        ),
        get(
            "list, by waiting",
            "/conversations?sort_by=waiting_since_asc&status=all",
        ),
        get("list, page 100", "/conversations?page=100&status=all"),
        get("list, with a word", "/conversations?q=ba&status=all"),
        get("counts", "/conversations/meta?status=all"),
    ]
}

fn filters() -> Vec<Kind> {
    vec![
        filter(
            "filter, status and assignee",
            json!([
                condition("status", "equal_to", "open", Some("AND")),
                condition("assignee_id", "equal_to", "1", None),
            ]),
        ),
        filter(
            "filter, priority",
            json!([condition("priority", "equal_to", "urgent", None)]),
        ),
        filter(
            "filter, number contains",
            json!([condition("display_id", "contains", "777", None)]),
        ),
        filter(
            "filter, older than a day",
            json!([condition("created_at", "days_before", "1", None)]),
        ),
        filter(
            "filter, label",
            json!([condition("labels", "equal_to", "rare", None)]),
        ),
        filter(
            "filter, not a label",
            json!([condition("labels", "not_equal_to", "common", None)]),
        ),
        filter(
            "filter, attribute of 1 %",
            json!([condition("tier", "equal_to", "gold", None)]),
        ),
        filter(
            "filter, attribute of 25 %",
            json!([condition("browser_language", "equal_to", "de", None)]),
        ),
        filter(
            "filter, not an attribute",
            json!([condition("browser_language", "not_equal_to", "de", None)]),
        ),
    ]
}

fn searches() -> Vec<Kind> {
    vec![
        get("messages, newest", "/conversations/1{n}/messages"),
        get("search messages, rare word", "/search/messages?q=fuzade"),
        get("search messages, common word", "/search/messages?q=ba"),
        get("search messages, two words", "/search/messages?q=ba+fuza"),
        get("search contacts", "/search/contacts?q=son+77{n}"),
        get("search everything", "/search?q=390000077{n}"),
        get("search in conversations", "/conversations/search?q=fuza"),
        get("contacts, list", "/contacts"),
        get("contacts, by name", "/contacts?sort=name"),
    ]
}

/// Measures every kind, each as a measurement of its own, and the floor with each.
pub(crate) fn measure(target: &Target) -> Result<Vec<Measurement>> {
    let mut line = Line::connect(target)?;
    line.define()?;
    let floor = line.floor()?;
    let mut measurements = Vec::new();
    for kind in kinds() {
        let mut measurement = Measurement::new(kind.name, &[(Figure::P99Ms, "< 50")]);
        let latencies = line.latencies(|line, n| line.ask(&kind, n))?;
        measurement.add_server(Sample::default().with_latencies(latencies));
        measurement.add_floor(Sample::default().with_latencies(floor.clone()));
        eprintln!(
            "{}: p99 {:.2} ms",
            kind.name,
            measurement.server_median(Figure::P99Ms).unwrap_or_default()
        );
        measurements.push(measurement);
    }
    Ok(measurements)
}

/// One connection.
struct Line<'a> {
    stream: TcpStream,
    demo: &'a Demo,
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
            demo: &target.demo,
            bytes: Vec::new(),
        })
    }

    /// Says that conversations have tiers, as an account does once.
    fn define(&mut self) -> Result<()> {
        let body = json!({
            "attribute_display_name": "Tier", "attribute_key": "tier", "attribute_display_type": "text",
            "attribute_model": "conversation_attribute",
        });
        let path = format!(
            "/api/v1/accounts/{}/custom_attribute_definitions",
            self.demo.account_id
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
        format!("api_access_token: {}\r\n", self.demo.access_token)
    }

    fn floor(&mut self) -> Result<Vec<u32>> {
        self.latencies(|line, _| {
            let request = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
            line.exchange(request.as_bytes())
        })
    }

    fn latencies(&mut self, ask: impl Fn(&mut Self, usize) -> Result<u16>) -> Result<Vec<u32>> {
        let mut latencies = Vec::with_capacity(REQUESTS);
        for n in 0..WARM_UP + REQUESTS {
            let since = Instant::now();
            let status = ask(self, n)?;
            let took = u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX);
            if status != 200 {
                return Err(Error::new(format!("request {n} was answered {status}")));
            }
            if n >= WARM_UP {
                latencies.push(took);
            }
        }
        Ok(latencies)
    }

    fn ask(&mut self, kind: &Kind, n: usize) -> Result<u16> {
        let path = kind.path.replace("{n}", &(n % 10).to_string());
        let path = format!("/api/v1/accounts/{}{path}", self.demo.account_id);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        let mut names: Vec<&str> = kinds().iter().map(|it| it.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
