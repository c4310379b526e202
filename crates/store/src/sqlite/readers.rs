//! Reader connections: opened as needed, kept, and at most so many at once.

use std::{
    path::Path,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use app::{Result, StoreError};

use super::connection::Connection;

/// Reader connections at most; who wants one more waits.
const READERS: usize = 6;

#[derive(Default)]
pub(super) struct Readers {
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Connection>,
    open: usize,
    closed: bool,
}

/// A connection on loan.
pub(super) struct Lent<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Readers {
    /// Lends a connection, waiting for one if all are out.
    pub(super) fn lend(&self, path: &Path) -> Result<Lent<'_>> {
        let mut pool = self.pool();
        loop {
            if pool.closed {
                return Err(StoreError::Unavailable("the store is closed".into()).into());
            }
            let connection = match pool.idle.pop() {
                Some(connection) => connection,
                None if pool.open < READERS => {
                    let connection = Connection::open_reader(path)?;
                    pool.open += 1;
                    connection
                }
                None => {
                    let woken = self.returned.wait(pool);
                    pool = woken.unwrap_or_else(PoisonError::into_inner);
                    continue;
                }
            };
            return Ok(Lent {
                readers: self,
                connection: Some(connection),
            });
        }
    }

    /// Closes those that are here, and those on loan when they come back.
    pub(super) fn close(&self) {
        let mut pool = self.pool();
        pool.closed = true;
        pool.open -= pool.idle.len();
        pool.idle.clear();
        self.returned.notify_all();
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent<'_> {
    /// Runs `f` on one consistent state.
    pub(super) fn read(&self, f: impl FnOnce(&Connection) -> Result<()>) -> Result<()> {
        // There until it is dropped.
        self.connection.as_ref().map_or(Ok(()), |it| it.read(f))
    }
}

impl Drop for Lent<'_> {
    /// Gives the connection back. One that was left inside a transaction, by a panic or an error, is not lent
    /// again: it would show its old state for ever.
    fn drop(&mut self) {
        let connection = self.connection.take();
        let mut pool = self.readers.pool();
        match connection {
            Some(it) if !pool.closed && !it.in_transaction() => pool.idle.push(it),
            _ => pool.open -= 1,
        }
        self.readers.returned.notify_one();
    }
}
