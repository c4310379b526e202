//! PostgreSQL, for nodes that share a database: the writer of each node takes its turn group by group.
//!
//! Connections of a node: one that writes, one that follows what the others write, one that notifies them, and a
//! few that read. They must reach the server itself, or a pooler that gives each its own connection.

mod connect;
mod connection;
mod migrate;
mod session;
mod telling;
mod values;
mod wait;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use app::{
    Result, StoreError,
    journal::Feed,
    ports::{Clock, Job, Store, View},
};
use domain::Entry;
use tokio::{
    runtime::{Builder, Handle},
    sync::watch,
};

use crate::{
    queue::{Queue, spawn},
    readers::Readers,
    sql::{Reading, WriterState},
    writer::Writer,
};
use connect::Address;
use connection::Connection;
use session::Session;
use telling::{Follower, Teller};

/// Where and how to store.
#[derive(Clone)]
pub struct PostgresOptions {
    /// The database's address, `postgres://user:password@host/database`. With `sslmode=require` the connection is
    /// encrypted and the server's certificate verified.
    pub url: String,
    /// The certificates in PEM by which a server is verified; those that the system trusts without.
    pub ca: Option<PathBuf>,
    /// What this node is called among those that share the database; without a name it is none of them.
    pub node: Option<String>,
}

impl PostgresOptions {
    /// Whether they can be used, without connecting.
    pub fn check(&self) -> Result<()> {
        Address::of(self).map(drop)
    }
}

/// A store in a database that other nodes may use too.
pub struct PostgresStore {
    queue: Queue,
    reading: Arc<Shelf>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    stop: watch::Sender<bool>,
}

/// What reads.
struct Shelf {
    address: Arc<Address>,
    driver: Handle,
    readers: Readers<Session>,
}

impl Shelf {
    fn look(&self, f: &mut dyn FnMut(&dyn View) -> Result<()>) -> Result<()> {
        wait::aside(|| {
            let lent = self
                .readers
                .lend(|| Session::open_shared(&self.address, &self.driver))?;
            lent.read(&mut |session| f(&Reading(session)))
        })
    }
}

impl PostgresStore {
    /// Connects, brings the schema up to date and starts the writer. Returns the store and the feed of what this
    /// node and the others commit.
    pub fn open(
        options: &PostgresOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<(Arc<Self>, Arc<Feed>)> {
        let address = Arc::new(Address::of(options)?);
        let (stop, stopped) = watch::channel(false);
        let (driver, handle) = driver(stopped)?;
        let reading = Arc::new(Shelf {
            address,
            driver: handle,
            readers: Readers::default(),
        });
        let opened = Self::start(reading, options.node.clone(), clock, stop.clone(), driver);
        if opened.is_err() {
            stop.send_replace(true);
        }
        opened
    }

    fn start(
        reading: Arc<Shelf>,
        node: Option<String>,
        clock: Arc<dyn Clock>,
        stop: watch::Sender<bool>,
        driver: JoinHandle<()>,
    ) -> Result<(Arc<Self>, Arc<Feed>)> {
        let address = reading.address.clone();
        let (queue, jobs) = Queue::new();
        let (committed, commits) = watch::channel(0);
        let (opened, opening) = std::sync::mpsc::channel();
        let writer = spawn("store-writer", {
            let (address, reading) = (address.clone(), reading.clone());
            move || match open_writer(address, clock) {
                Ok(writer) => {
                    let feed = Arc::new(Feed::new(writer.head()));
                    let teller = Arc::new(Teller::new(feed.clone()));
                    // Whoever opens waits.
                    opened.send(Ok((feed, teller.clone()))).ok();
                    writer.run(jobs, &mut |entries| {
                        tell(entries, &teller, &reading, &committed);
                    });
                }
                Err(error) => drop(opened.send(Err(error))),
            }
        })?;
        let ended = || Err(StoreError::Unavailable("the writer has ended".into()).into());
        let (feed, teller) = opening.recv().unwrap_or_else(|_| ended())?;
        let stopped = stop.subscribe();
        let notifying = telling::notify(address.clone(), commits, stopped.clone());
        reading.driver.spawn(notifying);
        let (opened, opening) = std::sync::mpsc::channel();
        let follower = Follower {
            address,
            teller,
            node,
            stop: stopped,
        };
        let follower = spawn("store-follower", move || follower.run(&opened))?;
        let ended = || Err(StoreError::Unavailable("the follower has ended".into()).into());
        opening.recv().unwrap_or_else(|_| ended())?;
        let store = Self {
            queue,
            reading,
            threads: Mutex::new(vec![writer, follower, driver]),
            stop,
        };
        Ok((Arc::new(store), feed))
    }
}

/// The thread that moves the bytes of connections that no thread has for itself.
fn driver(mut stopped: watch::Receiver<bool>) -> Result<(JoinHandle<()>, Handle)> {
    let (started, starting) = std::sync::mpsc::channel();
    let thread = spawn("store-driver", move || {
        match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => {
                // Whoever starts it waits.
                started.send(Ok(runtime.handle().clone())).ok();
                // Without the store there is nobody to drive for.
                runtime.block_on(async { drop(stopped.wait_for(|stop| *stop).await) });
            }
            Err(error) => drop(started.send(Err(error.to_string()))),
        }
    })?;
    let started = starting.recv().map_err(|error| error.to_string());
    match started.and_then(|it| it) {
        Ok(handle) => Ok((thread, handle)),
        Err(error) => Err(StoreError::Unavailable(format!("no runtime: {error}")).into()),
    }
}

fn open_writer(address: Arc<Address>, clock: Arc<dyn Clock>) -> Result<Writer<Connection>> {
    migrate::migrate(&Session::open(&address, None)?)?;
    let connection = Connection::open(address)?;
    let state = WriterState::load_shared(connection.session()?)?;
    Ok(Writer::new(connection, state, clock))
}

/// Tells what this node committed, after what others had committed before it.
fn tell(
    entries: Vec<Arc<Entry>>,
    teller: &Teller,
    reading: &Shelf,
    committed: &watch::Sender<i64>,
) {
    let Some(last) = entries.last().map(|it| it.seq) else {
        return;
    };
    committed.send_replace(last);
    if teller.tell(entries) {
        return;
    }
    let caught_up = teller.catch_up(last, |after, limit| {
        let mut found = Vec::new();
        reading.look(&mut |view| {
            found = view.read_journal(after, limit)?;
            Ok(())
        })?;
        Ok(found)
    });
    if let Err(error) = caught_up {
        // The follower will.
        tracing::warn!(%error, "what was committed could not be told at once");
    }
}

impl Store for PostgresStore {
    fn submit(&self, job: Box<dyn Job>) -> Result<()> {
        self.queue.submit(job)
    }

    fn look(&self, f: &mut dyn FnMut(&dyn View) -> Result<()>) -> Result<()> {
        self.reading.look(f)
    }

    fn close(&self) {
        self.queue.close();
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        // The writer ends first, while there is still somebody to read for it.
        for thread in threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a store thread panicked");
            }
            self.reading.readers.close();
            self.stop.send_replace(true);
        }
    }
}
