//! Just enough HTTP/1.1 to be a cheap client: requests are finished bytes, answers are measured, not read.
//!
//! Relies on keep-alive and on answers with `Content-Length` or chunks. No redirects, no TLS.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(5);

/// An answer that has arrived in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Where it ends, counted from its first byte.
    pub(crate) end: usize,
}

/// Appends a POST to `out`. `head` holds further header lines, each with its line end.
pub(crate) fn write_post(out: &mut Vec<u8>, target: &str, head: &str, body: &[u8]) {
    out.extend_from_slice(b"POST ");
    out.extend_from_slice(target.as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n");
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(b"Content-Length: ");
    out.extend_from_slice(body.len().to_string().as_bytes());
    out.extend_from_slice(b"\r\n\r\n");
    out.extend_from_slice(body);
}

/// The answer at the start of `bytes`, if all of it is there.
pub(crate) fn answer(bytes: &[u8]) -> Option<Answer> {
    let head_end = find(bytes, b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(bytes.get(..head_end)?).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let end = if header(head, "transfer-encoding").is_some() {
        head_end + find(bytes.get(head_end..)?, b"0\r\n\r\n")? + 5
    } else {
        head_end + content_length(head)
    };
    (bytes.len() >= end).then_some(Answer { status, end })
}

/// The body's length as a head announces it; a head that does not has no body.
pub(crate) fn content_length(head: &str) -> usize {
    header(head, "content-length")
        .and_then(|value| value.parse().ok())
        .unwrap_or(0)
}

/// The status of a GET on a connection of its own, or nothing if there is nobody to ask.
pub(crate) fn get_status(to: SocketAddr, target: &str) -> Option<u16> {
    let mut stream = TcpStream::connect_timeout(&to, TIMEOUT).ok()?;
    stream.set_read_timeout(Some(TIMEOUT)).ok()?;
    let request = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    answer(&bytes).map(|answer| answer.status)
}

/// The body of the answer to a request on a connection of its own, which the request must close.
pub(crate) fn exchange(to: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&to, TIMEOUT)?;
    stream.write_all(request)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let start = find(&answer, b"\r\n\r\n").map_or(0, |end| end + 4);
    Ok(answer.split_off(start.min(answer.len())))
}

/// Where `needle` begins in `bytes`.
pub(crate) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_found_when_it_is_complete_and_not_before() {
        let bytes = b"HTTP/1.1 200 OK\r\ncontent-LENGTH: 3\r\n\r\nabcHTTP/1.1";
        for end in 0..41 {
            assert_eq!(answer(&bytes[..end]), None, "{end}");
        }
        let whole = Answer {
            status: 200,
            end: 41,
        };
        assert_eq!(answer(bytes), Some(whole));
    }

    #[test]
    fn empty_and_chunked_answers_end_too() {
        let empty = b"HTTP/1.1 204 No Content\r\n\r\n";
        let expected = Answer {
            status: 204,
            end: empty.len(),
        };
        assert_eq!(answer(empty), Some(expected));
        let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
        let expected = Answer {
            status: 200,
            end: chunked.len(),
        };
        assert_eq!(answer(chunked), Some(expected));
        assert_eq!(answer(&chunked[..chunked.len() - 2]), None);
    }
}
