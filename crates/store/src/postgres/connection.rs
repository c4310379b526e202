//! The connection that writes. When it is lost, the next transaction makes a new one.

use std::sync::Arc;

use app::{Result, StoreError};

use super::{connect::Address, session::Session};
use crate::{
    engine::{Engine, Row, Value, Words},
    sql::WriterState,
    writer::Transactions,
};

/// Opens a transaction in which this node alone writes: the nodes take turns, group by group. So everything that
/// the one writer of an embedded store may take for granted holds here too, and entries are numbered in the order
/// of their commits. The lock ends with the transaction, whatever becomes of the node.
const BEGIN: &str =
    "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(1398163266, 0)";

/// A connection that writes.
pub(super) struct Connection {
    address: Arc<Address>,
    session: Option<Session>,
}

impl Connection {
    pub(super) fn open(address: Arc<Address>) -> Result<Self> {
        let session = Some(Session::open(&address, None)?);
        Ok(Self { address, session })
    }

    pub(super) fn session(&self) -> Result<&Session> {
        self.session
            .as_ref()
            .ok_or_else(|| StoreError::Unavailable("no connection to the database".into()).into())
    }

    fn open_transaction(&self, state: &mut WriterState) -> Result<()> {
        let session = self.session()?;
        session.disregard();
        session.send(BEGIN);
        session.begun(false);
        let caught_up = state.catch_up(session);
        session.settle()?;
        caught_up
    }

    /// Commits what is open, or finds out that it cannot be.
    fn close_transaction(&self) -> Result<bool> {
        let session = self.session()?;
        session.send("COMMIT");
        let settled = session.settle();
        if session.is_lost() {
            // Whether it was committed nobody knows: it must not be taken for done.
            return settled.and_then(|()| Err(unknown()));
        }
        session.ended();
        match settled {
            Ok(()) => Ok(true),
            // The server has rolled back instead.
            Err(error) => {
                tracing::debug!(%error, "a statement had failed");
                Ok(false)
            }
        }
    }
}

impl Transactions for Connection {
    fn begin(&mut self, state: &mut WriterState) -> Result<()> {
        self.roll_back()?;
        if self.session.as_ref().is_some_and(|it| !it.is_lost()) {
            match self.open_transaction(state) {
                // The connection had ended while nobody used it: nothing has happened yet, so a new one will do.
                Err(_) if self.session()?.is_lost() => {}
                Err(error) => {
                    self.roll_back()?;
                    return Err(error);
                }
                begun => return begun,
            }
        }
        self.session = None;
        self.session = Some(Session::open(&self.address, None)?);
        tracing::info!("connected to the database again");
        self.open_transaction(state)
    }

    fn commit(&self) -> Result<bool> {
        self.close_transaction()
    }

    fn roll_back(&self) -> Result<()> {
        match &self.session {
            Some(session) if session.in_transaction() => {
                let rolled_back = session.batch("ROLLBACK");
                session.disregard();
                session.ended();
                rolled_back
            }
            _ => Ok(()),
        }
    }

    fn in_transaction(&self) -> bool {
        self.session.as_ref().is_some_and(Session::in_transaction)
    }

    fn is_spoiled(&self) -> bool {
        self.session.as_ref().is_none_or(Session::is_spoiled)
    }

    fn guard(&self) -> Result<()> {
        let session = self.session()?;
        session.take_care();
        session.send("SAVEPOINT job");
        Ok(())
    }

    fn unguard(&self, keep: bool) -> Result<()> {
        let session = self.session()?;
        if keep {
            session.send("RELEASE SAVEPOINT job");
            return Ok(());
        }
        session.batch("ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job")?;
        session.mended();
        Ok(())
    }
}

impl Engine for Connection {
    fn words(&self) -> Words {
        Words::Index
    }

    fn run(&self, sql: &'static str, values: &[Value<'_>]) -> Result<usize> {
        self.session()?.run(sql, values)
    }

    fn put(&self, sql: &'static str, values: &[Value<'_>]) -> Result<()> {
        self.session()?.put(sql, values)
    }

    fn rows(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()> {
        self.session()?.rows(sql, values, each)
    }

    fn ask(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()> {
        self.session()?.ask(sql, values, each)
    }
}

fn unknown() -> app::Error {
    StoreError::Unavailable("the connection to the database was lost".into()).into()
}
