//! Accepts connections and serves HTTP on them.

use std::{net::SocketAddr, time::Duration};

use app::stopped;
use axum::Router;
use hyper::{
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{net::TcpListener, sync::watch};

use crate::{linger::lingering, peer::Peer};

/// Connections that may wait to be accepted, within the system's own limit.
const BACKLOG: i32 = 8192;
/// How long a client may take over its request's head.
const HEAD: Duration = Duration::from_secs(15);
/// How long requests under way may take once the server stops.
const DRAIN: Duration = Duration::from_secs(10);

/// Listens on an address. A port of 0 is any free one.
pub fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // So that a restarted server gets its port back at once.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Serves `router` until `stop` says so, then finishes the requests under way, within reason.
pub async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let (under_way, mut all_done) = tokio::sync::mpsc::channel::<()>(1);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Usually too many open files: wait for some to close rather than spin.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // Answers are small and whole; waiting for more only delays them.
        stream.set_nodelay(true).ok();
        let doors = TowerToHyperService::new(router.clone());
        let service = service_fn(move |request| {
            let mut request = lingering(request);
            request.extensions_mut().insert(Peer(address));
            doors.call(request)
        });
        let (mut stop, under_way) = (stop.clone(), under_way.clone());
        tokio::spawn(async move {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD)
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades();
            let mut connection = std::pin::pin!(connection);
            let served = tokio::select! {
                served = connection.as_mut() => served,
                () = stopped(&mut stop) => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = served {
                tracing::debug!(%error, "a connection ended badly");
            }
            drop(under_way);
        });
    }
    drop((listener, under_way));
    // Nothing is ever sent: the channel closes when the last connection is done.
    if tokio::time::timeout(DRAIN, all_done.recv()).await.is_err() {
        tracing::warn!("requests were still under way when the server stopped");
    }
}
