//! Waiting for a future on a thread that runs no tasks, or runs others': a read may be asked for anywhere.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::Thread,
    time::{Duration, Instant},
};

use tokio::runtime::{Handle, RuntimeFlavor};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future that something else drives; `None` if it takes longer than this.
pub(super) fn park_on<F: Future>(future: F, limit: Duration) -> Option<F::Output> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let deadline = Instant::now() + limit;
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        let left = deadline.checked_duration_since(Instant::now())?;
        std::thread::park_timeout(left);
    }
}

/// Runs what waits for the network, so that other tasks of a runtime with several threads go on meanwhile.
pub(super) fn aside<T>(f: impl FnOnce() -> T) -> T {
    let several =
        Handle::try_current().is_ok_and(|it| it.runtime_flavor() == RuntimeFlavor::MultiThread);
    if several {
        tokio::task::block_in_place(f)
    } else {
        f()
    }
}
