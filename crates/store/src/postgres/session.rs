//! One connection to a PostgreSQL server as an [`Engine`].
//!
//! Statements go out in the order in which they are run, and a statement whose answer nobody wants does not wait
//! for one: it travels with the next that does.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, VecDeque},
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use app::{Result, StoreError};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::{mpsc::UnboundedSender, oneshot},
    time::timeout,
};
use tokio_postgres::{Client, Statement, error::SqlState, types::ToSql};

use super::{
    connect::{Address, connect},
    values::Kept,
    wait::park_on,
};
use crate::{
    engine::{Engine, Row, Value, Words},
    readers::Reader,
};

/// A server that has not answered a statement for so long is taken for gone.
const ANSWER: Duration = Duration::from_secs(40);

type Answer<T> = std::result::Result<T, tokio_postgres::Error>;
type Sent = Pin<Box<dyn Future<Output = Answer<u64>> + Send>>;

/// Who moves the bytes of a connection.
enum Driver {
    /// Whoever waits for an answer.
    Own(Runtime),
    /// A thread that does this for many connections.
    Shared,
}

/// A connection.
pub(super) struct Session {
    client: Arc<Client>,
    driver: Driver,
    statements: RefCell<HashMap<&'static str, Statement>>,
    /// What was sent and not yet answered, in order.
    sent: RefCell<VecDeque<Sent>>,
    /// The first failure among what was sent and answered.
    failure: RefCell<Option<app::Error>>,
    /// Whether answers that nobody wants are waited for all the same.
    careful: Cell<bool>,
    in_transaction: Cell<bool>,
    spoiled: Cell<bool>,
    lost: Cell<bool>,
}

impl Session {
    /// Connects, for a thread that keeps the connection for itself. What others notify is handed to `told`.
    pub(super) fn open(address: &Address, told: Option<UnboundedSender<i64>>) -> Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::Unavailable(format!("no runtime: {error}")))?;
        let client = runtime.block_on(connect(address, told))?;
        Ok(Self::new(client, Driver::Own(runtime)))
    }

    /// Connects, for any thread. The connection lives as long as the runtime of `handle`.
    pub(super) fn open_shared(address: &Arc<Address>, handle: &Handle) -> Result<Self> {
        let (answer, connected) = oneshot::channel();
        let address = address.clone();
        handle.spawn(async move {
            // Whoever waited may have given up.
            drop(answer.send(connect(&address, None).await));
        });
        let client = match park_on(connected, ANSWER) {
            Some(Ok(client)) => client?,
            Some(Err(_)) | None => return Err(closed()),
        };
        Ok(Self::new(client, Driver::Shared))
    }

    fn new(client: Client, driver: Driver) -> Self {
        Self {
            client: Arc::new(client),
            driver,
            statements: RefCell::default(),
            sent: RefCell::default(),
            failure: RefCell::default(),
            careful: Cell::new(false),
            in_transaction: Cell::new(false),
            spoiled: Cell::new(false),
            lost: Cell::new(false),
        }
    }

    /// Whether nothing can be asked here any more.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.get() || self.client.is_closed()
    }

    /// Whether a transaction is open.
    pub(super) fn in_transaction(&self) -> bool {
        self.in_transaction.get() && !self.is_lost()
    }

    /// Whether a statement failed since the transaction began, or since [`Self::mended`].
    pub(super) fn is_spoiled(&self) -> bool {
        self.spoiled.get()
    }

    /// The transaction has gone back to before what failed.
    pub(super) fn mended(&self) {
        self.spoiled.set(false);
    }

    /// From now on a transaction is open, in which answers that nobody wants are waited for or not.
    pub(super) fn begun(&self, careful: bool) {
        self.in_transaction.set(true);
        self.spoiled.set(false);
        self.careful.set(careful);
    }

    /// From now on none is.
    pub(super) fn ended(&self) {
        self.in_transaction.set(false);
    }

    /// Waits for every answer from now on.
    pub(super) fn take_care(&self) {
        self.careful.set(true);
    }

    /// Runs statements that have neither values nor rows.
    pub(super) fn batch(&self, sql: &str) -> Result<()> {
        self.wait(self.client.batch_execute(sql))
    }

    /// The same, without waiting for the answer.
    pub(super) fn send(&self, sql: &'static str) {
        let client = self.client.clone();
        self.start(Box::pin(async move {
            client.batch_execute(sql).await.map(|()| 0)
        }));
    }

    /// Forgets what was sent and not answered.
    pub(super) fn disregard(&self) {
        self.sent.borrow_mut().clear();
        self.failure.take();
    }

    /// Waits for the answers to all that was sent. The first failure is the error.
    pub(super) fn settle(&self) -> Result<()> {
        let answered = poll_fn(|context| match self.hear(context) {
            true => Poll::Ready(Ok(())),
            false => Poll::Pending,
        });
        self.wait(answered)?;
        self.failure.take().map_or(Ok(()), Err)
    }

    /// Waits for a future that has nothing to do with a statement; `None` if it takes longer than this.
    pub(super) fn idle<F: Future>(&self, future: F, limit: Duration) -> Option<F::Output> {
        match &self.driver {
            Driver::Own(runtime) => runtime.block_on(async { timeout(limit, future).await.ok() }),
            Driver::Shared => park_on(future, limit),
        }
    }

    /// Lets a request go out with whatever goes next.
    fn start(&self, sent: Sent) {
        let mut all = self.sent.borrow_mut();
        all.push_back(sent);
        // Sent by being asked for the first time; whoever waits asks again.
        if let Some(last) = all.back_mut()
            && let Poll::Ready(answer) = last.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        {
            all.pop_back();
            drop(all);
            self.note(answer);
        }
    }

    /// Takes the answers to what was sent, in order, as far as they are there. Returns whether all are.
    fn hear(&self, context: &mut Context<'_>) -> bool {
        let mut all = self.sent.borrow_mut();
        while let Some(first) = all.front_mut() {
            let Poll::Ready(answer) = first.as_mut().poll(context) else {
                return false;
            };
            all.pop_front();
            self.note(answer);
        }
        true
    }

    fn note(&self, answer: Answer<u64>) {
        if let Err(error) = answer {
            let error = self.failed(&error);
            self.failure.borrow_mut().get_or_insert(error);
        }
    }

    fn wait<T>(&self, answer: impl Future<Output = Answer<T>>) -> Result<T> {
        let mut answer = pin!(answer);
        // What was sent before is answered before.
        let answered = poll_fn(|context| {
            self.hear(context);
            answer.as_mut().poll(context)
        });
        match self.idle(answered, ANSWER) {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => Err(self.failed(&error)),
            None => {
                self.lost.set(true);
                Err(StoreError::Unavailable("the database does not answer".into()).into())
            }
        }
    }

    fn failed(&self, error: &tokio_postgres::Error) -> app::Error {
        self.spoiled.set(true);
        if is_fatal(error) {
            self.lost.set(true);
        }
        told(error)
    }

    fn prepare(&self, sql: &'static str) -> Result<Statement> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        // No text of ours has a question mark that is no placeholder.
        let text = sql.replace('?', "$");
        let statement = self.wait(self.client.prepare(&text))?;
        self.statements.borrow_mut().insert(sql, statement.clone());
        Ok(statement)
    }
}

impl Engine for Session {
    fn words(&self) -> Words {
        Words::Index
    }

    fn run(&self, sql: &'static str, values: &[Value<'_>]) -> Result<usize> {
        let statement = self.prepare(sql)?;
        let changed = self.wait(self.client.execute_raw(&statement, values.iter().copied()))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    fn put(&self, sql: &'static str, values: &[Value<'_>]) -> Result<()> {
        if self.careful.get() {
            return self.run(sql, values).map(drop);
        }
        let statement = self.prepare(sql)?;
        let kept: Vec<Kept> = values.iter().map(Kept::from).collect();
        let client = self.client.clone();
        self.start(Box::pin(async move {
            client.execute_raw(&statement, kept).await
        }));
        Ok(())
    }

    fn rows(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()> {
        let statement = self.prepare(sql)?;
        let values: Vec<&(dyn ToSql + Sync)> =
            values.iter().map(|it| it as &(dyn ToSql + Sync)).collect();
        for row in self.wait(self.client.query(&statement, &values))? {
            each(&row)?;
        }
        Ok(())
    }

    fn ask(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()> {
        let text = sql.replace('?', "$");
        let values: Vec<&(dyn ToSql + Sync)> =
            values.iter().map(|it| it as &(dyn ToSql + Sync)).collect();
        for row in self.wait(self.client.query(&text, &values))? {
            each(&row)?;
        }
        Ok(())
    }
}

impl Reader for Session {
    fn read(&self, f: &mut dyn FnMut(&Self) -> Result<()>) -> Result<()> {
        // Neither waits: the first goes with the first statement, the last with the next that is lent this.
        self.send("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        self.begun(true);
        let read = f(self);
        self.send("ROLLBACK");
        self.disregard();
        self.ended();
        read
    }

    fn is_fit(&self) -> bool {
        !self.in_transaction.get() && !self.is_lost()
    }
}

/// Whether the connection is of no use after this.
fn is_fatal(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(it) => matches!(it.severity(), "FATAL" | "PANIC"),
        // A value that does not fit its column is ours alone.
        None => {
            let cause = std::error::Error::source(error);
            error.is_closed() || cause.is_some_and(|it| it.is::<std::io::Error>())
        }
    }
}

pub(super) fn told(error: &tokio_postgres::Error) -> app::Error {
    let Some(it) = error.as_db_error() else {
        let text = match std::error::Error::source(error) {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        };
        return StoreError::Unavailable(text).into();
    };
    let code = it.code();
    if code.code().starts_with("23") {
        StoreError::Conflict(it.message().to_owned()).into()
    } else if [
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ]
    .contains(code)
    {
        StoreError::Busy.into()
    } else {
        StoreError::Unavailable(format!("{} ({})", it.message(), code.code())).into()
    }
}

fn closed() -> app::Error {
    StoreError::Unavailable("no connection to the database".into()).into()
}
