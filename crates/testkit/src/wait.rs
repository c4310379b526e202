//! Waiting for a condition instead of for a while.

use std::time::{Duration, Instant};

/// How long anything may take on a slow and busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Asks again and again until there is an answer. Panics after [`PATIENCE`], saying what was waited for.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The same for a thread without a runtime.
pub fn until_blocking<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
