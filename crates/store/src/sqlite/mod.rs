//! SQLite, embedded: one writer thread with group commit, a checkpointer beside it, readers apart.
//!
//! WAL with `synchronous=FULL`: what is answered survives a power cut. The checkpointer copies the
//! log beside the writer, whose latency has no tail from there; only a log that outgrew it the writer copies too.

mod checkpoint;
mod connection;
#[cfg(test)]
mod counted;
pub(crate) mod sets;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use app::{
    Result,
    journal::Feed,
    ports::{Clock, Job, Store, View},
};

pub(crate) use connection::Connection;

use crate::{
    queue::{Queue, spawn},
    readers::Readers,
    sql::{Reading, WriterState},
    writer::Writer,
};

/// Where and how to store.
#[derive(Debug, Clone)]
pub struct Options {
    /// The database file. Its directory must exist.
    pub path: PathBuf,
}

/// The embedded store.
pub struct SqliteStore {
    path: PathBuf,
    queue: Queue,
    readers: Readers<Connection>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    stop_checkpoints: std::sync::mpsc::Sender<()>,
}

impl SqliteStore {
    /// Opens or creates the database, brings its schema up to date and starts its writer. Returns the store and
    /// the feed of what it commits.
    pub fn open(options: &Options, clock: Arc<dyn Clock>) -> Result<(Arc<Self>, Arc<Feed>)> {
        let connection = Connection::open_writer(&options.path)?;
        connection.migrate()?;
        let state = WriterState::load(&connection)?;
        let writer = Writer::new(connection, state, clock);
        let feed = Arc::new(Feed::new(writer.head()));
        let (queue, jobs) = Queue::new();
        let (stop_checkpoints, stopped) = std::sync::mpsc::channel();
        let threads = vec![
            spawn("store-writer", {
                let feed = feed.clone();
                move || writer.run(jobs, &mut |entries| feed.publish(entries))
            })?,
            spawn("store-checkpoints", {
                let path = options.path.clone();
                move || checkpoint::run(&path, &stopped)
            })?,
        ];
        let store = Self {
            path: options.path.clone(),
            queue,
            readers: Readers::default(),
            threads: Mutex::new(threads),
            stop_checkpoints,
        };
        Ok((Arc::new(store), feed))
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Store for SqliteStore {
    fn submit(&self, job: Box<dyn Job>) -> Result<()> {
        self.queue.submit(job)
    }

    fn look(&self, f: &mut dyn FnMut(&dyn View) -> Result<()>) -> Result<()> {
        let lent = self.readers.lend(|| Connection::open_reader(&self.path))?;
        lent.read(&mut |connection| f(&Reading(connection)))
    }

    fn close(&self) {
        self.queue.close();
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        // The checkpointer ends last and alone, so that everything is copied into the one file.
        for thread in threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a store thread panicked");
            }
            self.readers.close();
            // If the checkpointer is gone, there is nobody to stop.
            self.stop_checkpoints.send(()).ok();
        }
    }
}
