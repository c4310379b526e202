//! How a long-lived task learns that the server stops.

use tokio::sync::watch;

/// Waits until the server stops.
pub async fn stopped(stop: &mut watch::Receiver<bool>) {
    // If nobody can say so any more, the server is gone.
    drop(stop.wait_for(|stop| *stop).await);
}
