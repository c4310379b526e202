//! Reader connections: opened as needed, kept, and at most so many at once.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use app::{Result, StoreError};

/// Reader connections at most; who wants one more waits.
const READERS: usize = 6;

/// A connection that reads.
pub(crate) trait Reader: Send {
    /// Runs `f` on one consistent state.
    fn read(&self, f: &mut dyn FnMut(&Self) -> Result<()>) -> Result<()>;
    /// Whether it can be lent again. One that was left inside a transaction, by a panic or an error, cannot: it
    /// would show its old state for ever.
    fn is_fit(&self) -> bool;
}

/// The reader connections of one store.
pub(crate) struct Readers<C: Reader> {
    pool: Mutex<Pool<C>>,
    returned: Condvar,
}

struct Pool<C> {
    idle: Vec<C>,
    open: usize,
    closed: bool,
}

/// A connection on loan, or the place of one that is being opened.
pub(crate) struct Lent<'a, C: Reader> {
    readers: &'a Readers<C>,
    connection: Option<C>,
}

impl<C: Reader> Default for Readers<C> {
    fn default() -> Self {
        let pool = Pool {
            idle: Vec::new(),
            open: 0,
            closed: false,
        };
        Self {
            pool: Mutex::new(pool),
            returned: Condvar::new(),
        }
    }
}

impl<C: Reader> Readers<C> {
    /// Lends a connection, waiting for one if all are out.
    pub(crate) fn lend(&self, open: impl FnOnce() -> Result<C>) -> Result<Lent<'_, C>> {
        let mut pool = self.pool();
        loop {
            if pool.closed {
                return Err(StoreError::Unavailable("the store is closed".into()).into());
            }
            while let Some(connection) = pool.idle.pop() {
                if connection.is_fit() {
                    return Ok(Lent {
                        readers: self,
                        connection: Some(connection),
                    });
                }
                pool.open -= 1;
            }
            if pool.open < READERS {
                pool.open += 1;
                // Opened without the lock: a server may be far, and the others are not to wait for it.
                drop(pool);
                let mut lent = Lent {
                    readers: self,
                    connection: None,
                };
                lent.connection = Some(open()?);
                return Ok(lent);
            }
            let woken = self.returned.wait(pool);
            pool = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Closes those that are here, and those on loan when they come back.
    pub(crate) fn close(&self) {
        let mut pool = self.pool();
        pool.closed = true;
        pool.open -= pool.idle.len();
        pool.idle.clear();
        self.returned.notify_all();
    }

    fn pool(&self) -> MutexGuard<'_, Pool<C>> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Reader> Lent<'_, C> {
    /// Runs `f` on one consistent state.
    pub(crate) fn read(&self, f: &mut dyn FnMut(&C) -> Result<()>) -> Result<()> {
        // There until it is dropped.
        self.connection.as_ref().map_or(Ok(()), |it| it.read(f))
    }
}

impl<C: Reader> Drop for Lent<'_, C> {
    /// Gives the connection back, if it is still fit.
    fn drop(&mut self) {
        let connection = self.connection.take();
        let mut pool = self.readers.pool();
        match connection {
            Some(it) if !pool.closed && it.is_fit() => pool.idle.push(it),
            _ => pool.open -= 1,
        }
        self.readers.returned.notify_one();
    }
}
