//! How a long-lived task learns that the server stops, and how one goes on after a failure.

use std::time::Duration;

use tokio::sync::watch;

use crate::Result;

/// Waits until the server stops.
pub async fn stopped(stop: &mut watch::Receiver<bool>) {
    // If nobody can say so any more, the server is gone.
    drop(stop.wait_for(|stop| *stop).await);
}

/// Works until the server stops: work that ends, or fails, is begun again after a pause. `failed` is what is logged of
/// a failure.
pub(crate) async fn persist<F: Future<Output = Result<()>>>(
    mut stop: watch::Receiver<bool>,
    pause: Duration,
    failed: &str,
    work: impl Fn() -> F,
) {
    loop {
        let ended = tokio::select! {
            ended = work() => ended,
            () = stopped(&mut stop) => return,
        };
        if let Err(error) = ended {
            tracing::error!(%error, "{failed}");
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stopped(&mut stop) => return,
        }
    }
}
