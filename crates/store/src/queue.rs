//! The queue in front of a writer, and the threads of a store.

use std::{
    sync::{Mutex, PoisonError},
    thread::JoinHandle,
};

use app::{Result, StoreError, limits::WRITE_QUEUE_JOBS, ports::Job};
use tokio::sync::mpsc;

/// Jobs waiting for the writer, until it is closed.
pub(crate) struct Queue(Mutex<Option<mpsc::Sender<Box<dyn Job>>>>);

impl Queue {
    /// A queue, and its end for the writer.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Box<dyn Job>>) {
        let (queue, jobs) = mpsc::channel(WRITE_QUEUE_JOBS);
        (Self(Mutex::new(Some(queue))), jobs)
    }

    /// Adds a job, unless too many wait.
    pub(crate) fn submit(&self, job: Box<dyn Job>) -> Result<()> {
        let queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(queue) = queue.as_ref() else {
            return Err(StoreError::Unavailable("the store is closed".into()).into());
        };
        queue.try_send(job).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy.into(),
            mpsc::error::TrySendError::Closed(_) => {
                StoreError::Unavailable("the writer has stopped".into()).into()
            }
        })
    }

    /// Takes no more: the writer ends when it has done what waits.
    pub(crate) fn close(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// A thread with a name.
pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|error| StoreError::Unavailable(format!("no thread {name}: {error}")).into())
}
