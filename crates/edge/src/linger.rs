//! Reads on where a request's body is not wanted.
//!
//! A connection that is closed while its client still sends is reset, and the reset overtakes the answer: whoever
//! sends too much would see a broken connection and send it again. So what nobody reads is read here and thrown
//! away, beside the answer and within limits.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    http::{Request, header},
};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::runtime::Handle;

/// How long to read on.
const LINGER: Duration = Duration::from_secs(10);
/// How many bytes to read on. Whoever sends more is cut off.
const LINGER_BYTES: usize = 64 * 1024 * 1024;

/// A request's body that is read on when it is dropped.
struct Lingering {
    body: Option<Incoming>,
    /// Whether there is something to read on: not if the client waits to be told to send, and not after the end.
    sending: bool,
}

/// The same request with a body that can be left unread.
pub(crate) fn lingering(request: Request<Incoming>) -> Request<Body> {
    let waits = request.headers().contains_key(header::EXPECT);
    request.map(|body| {
        let sending = !waits && !body.is_end_stream();
        Body::new(Lingering {
            body: Some(body),
            sending,
        })
    })
}

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(context);
        self.sending = !matches!(polled, Poll::Ready(None | Some(Err(_))));
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map(HttpBody::size_hint)
            .unwrap_or_default()
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let body = self
            .body
            .take()
            .filter(|it| self.sending && !it.is_end_stream());
        if let (Some(body), Ok(runtime)) = (body, Handle::try_current()) {
            drop(runtime.spawn(tokio::time::timeout(LINGER, read_on(body))));
        }
    }
}

async fn read_on(mut body: Incoming) {
    let mut bytes = 0;
    while let Some(Ok(frame)) = body.frame().await {
        bytes += frame.data_ref().map_or(0, Bytes::len);
        if bytes > LINGER_BYTES {
            return;
        }
    }
}
