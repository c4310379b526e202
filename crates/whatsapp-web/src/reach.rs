//! How WhatsApp is reached: its socket, and its stores of files.

use std::{collections::HashMap, sync::Arc, time::Duration};

use app::limits::FILE_BYTES;
use async_trait::async_trait;
use bytes::Bytes;
use carriers::guard::{Bounds, Guard, HeaderMap, HeaderName, HeaderValue};
use whatsapp_rust::{
    anyhow::{self, anyhow},
    async_channel,
    transport::{TokioWebSocketTransportFactory, Transport, TransportEvent, TransportFactory},
    wacore::net::{HttpClient, HttpRequest, HttpResponse},
};

/// One exchange of a file: it may be large, and the line slow. What is encrypted is a little longer than the file.
const FILE: Bounds = Bounds {
    whole: Duration::from_secs(120),
    answer_bytes: FILE_BYTES + 1024,
};

/// The two ways out. Cheap to clone.
#[derive(Clone)]
pub struct Reach {
    pub(crate) socket: Socket,
    pub(crate) files: Files,
}

/// Opens sockets.
#[derive(Clone)]
pub(crate) struct Socket(Arc<dyn TransportFactory>);

/// Fetches and stores files.
#[derive(Clone)]
pub(crate) struct Files(Arc<dyn HttpClient>);

impl Reach {
    /// The real network: its own address and the guarded client.
    pub fn real(guard: Guard) -> Self {
        Self::through(
            Arc::new(TokioWebSocketTransportFactory::new()),
            Arc::new(Guarded(guard)),
        )
    }

    /// Any other network that speaks the protocol. The client refuses one whose certificate is not WhatsApp's.
    pub fn through(socket: Arc<dyn TransportFactory>, files: Arc<dyn HttpClient>) -> Self {
        Self {
            socket: Socket(socket),
            files: Files(files),
        }
    }
}

#[async_trait]
impl TransportFactory for Socket {
    async fn create_transport(
        &self,
    ) -> anyhow::Result<(Arc<dyn Transport>, async_channel::Receiver<TransportEvent>)> {
        self.0.create_transport().await
    }
}

#[async_trait]
impl HttpClient for Files {
    async fn execute(&self, request: HttpRequest) -> anyhow::Result<HttpResponse> {
        self.0.execute(request).await
    }
}

/// Files through the guard.
struct Guarded(Guard);

#[async_trait]
impl HttpClient for Guarded {
    async fn execute(&self, request: HttpRequest) -> anyhow::Result<HttpResponse> {
        let headers = headers(&request.headers)?;
        let answer = match request.method.as_str() {
            "GET" => self.0.get(&request.url, headers, FILE).await,
            "POST" => {
                let body: Bytes = request.body.unwrap_or_default();
                self.0.post(&request.url, headers, body, FILE).await
            }
            other => return Err(anyhow!("{other} is not asked of stores of files")),
        }?;
        Ok(HttpResponse {
            status_code: answer.status,
            body: answer.body?.to_vec(),
        })
    }
}

fn headers(all: &HashMap<String, String>) -> anyhow::Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in all {
        let name = HeaderName::try_from(name.as_str())?;
        headers.insert(name, HeaderValue::try_from(value.as_str())?);
    }
    Ok(headers)
}
