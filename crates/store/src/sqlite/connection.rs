//! One SQLite connection as an [`Engine`].

use std::path::Path;

use app::{Result, StoreError};
use rusqlite::{OpenFlags, ToSql, config::DbConfig, types::ToSqlOutput, types::ValueRef};

use super::{
    checkpoint::{LOG_BYTES_MAX, LOG_FRAMES_MAX},
    sets,
};
use crate::{
    engine::{Engine, Row, Value, Words},
    migrations::MIGRATIONS,
    readers::Reader,
    sql::WriterState,
    writer::Transactions,
};

/// Prepared statements kept per connection: more than there are texts.
const STATEMENTS: usize = 256;

/// The write-ahead log since the writer last started it over, in frames of one page each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Log {
    /// All of them.
    pub(crate) frames: i64,
    /// Those copied into the database.
    pub(crate) copied: i64,
}

/// A connection with our settings.
pub(crate) struct Connection(rusqlite::Connection);

impl Connection {
    /// The one connection that writes.
    pub(crate) fn open_writer(path: &Path) -> Result<Self> {
        let connection = rusqlite::Connection::open(path).map_err(unavailable)?;
        // 16 MiB of pages: whenever a page is split while the file is below 1 GiB, the next commit looks through the
        // table of all of them, which costs more than to read again what is no longer there. The checkpointer copies
        // the log; the writer itself only when that is not enough. A log that grew while readers kept it from starting
        // over is cut when it can.
        let settings = format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA wal_autocheckpoint = {LOG_FRAMES_MAX}; PRAGMA journal_size_limit = {LOG_BYTES_MAX}; \
             PRAGMA cache_size = -16384; \
             PRAGMA busy_timeout = 10000; PRAGMA temp_store = MEMORY;"
        );
        Self::with(connection, &settings)
    }

    /// A connection that only reads.
    pub(crate) fn open_reader(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = rusqlite::Connection::open_with_flags(path, flags).map_err(unavailable)?;
        Self::with(
            connection,
            "PRAGMA cache_size = -8192; PRAGMA busy_timeout = 10000;",
        )
    }

    fn with(connection: rusqlite::Connection, settings: &str) -> Result<Self> {
        connection.execute_batch(settings).map_err(unavailable)?;
        // Plans that do not look at values: otherwise a statement whose plan might is prepared again at every
        // run, which was a third of the writer's time.
        let stable = DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG;
        connection
            .set_db_config(stable, true)
            .map_err(unavailable)?;
        sets::register(&connection).map_err(unavailable)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(Self(connection))
    }

    /// Takes every step of the schema that has not been taken.
    pub(crate) fn migrate(&self) -> Result<()> {
        let taken: i64 = self
            .0
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .map_err(broken)?;
        for step in MIGRATIONS.iter().filter(|step| step.number > taken) {
            let sql = step.sql.replace("{PK}", "INTEGER PRIMARY KEY");
            let batch = format!(
                "BEGIN IMMEDIATE;\n{sql}\n{}\nPRAGMA user_version = {};\nCOMMIT;",
                step.sqlite, step.number
            );
            self.0.execute_batch(&batch).map_err(broken)?;
        }
        let known = MIGRATIONS.last().map_or(0, |step| step.number);
        if taken > known {
            let text = format!("the database is of version {taken}, newer than this program");
            return Err(StoreError::Unavailable(text).into());
        }
        Ok(())
    }

    /// Runs a statement that has neither values nor rows.
    pub(crate) fn batch(&self, sql: &'static str) -> Result<()> {
        self.run(sql, &[]).map(drop)
    }

    /// How long the write-ahead log is.
    pub(crate) fn log(&self) -> Result<Log> {
        self.log_after("PRAGMA wal_checkpoint(NOOP)")
    }

    /// Copies as much of the write-ahead log into the database as nobody is in the way of.
    pub(crate) fn checkpoint(&self) -> Result<Log> {
        self.log_after("PRAGMA wal_checkpoint(PASSIVE)")
    }

    fn log_after(&self, sql: &str) -> Result<Log> {
        let log = self.0.query_row(sql, [], |row| {
            Ok(Log {
                frames: row.get(1)?,
                copied: row.get(2)?,
            })
        });
        log.map_err(broken)
    }
}

impl Reader for Connection {
    fn read(&self, f: &mut dyn FnMut(&Self) -> Result<()>) -> Result<()> {
        self.batch("BEGIN")?;
        let read = f(self);
        let ended = self.roll_back();
        read.and(ended)
    }

    fn is_fit(&self) -> bool {
        !self.in_transaction()
    }
}

impl Transactions for Connection {
    fn begin(&mut self, _: &mut WriterState) -> Result<()> {
        // Nothing is open, unless an earlier transaction could not be rolled back.
        self.roll_back()?;
        self.batch("BEGIN IMMEDIATE")
    }

    fn commit(&self) -> Result<bool> {
        self.batch("COMMIT").map(|()| true)
    }

    fn roll_back(&self) -> Result<()> {
        if self.in_transaction() {
            self.batch("ROLLBACK")?;
        }
        Ok(())
    }

    fn in_transaction(&self) -> bool {
        !self.0.is_autocommit()
    }

    fn is_spoiled(&self) -> bool {
        false
    }

    fn guard(&self) -> Result<()> {
        self.batch("SAVEPOINT job")
    }

    fn unguard(&self, keep: bool) -> Result<()> {
        if !keep {
            self.batch("ROLLBACK TO job")?;
        }
        self.batch("RELEASE job")
    }
}

impl Engine for Connection {
    fn words(&self) -> Words {
        Words::Tables
    }

    fn run(&self, sql: &'static str, values: &[Value<'_>]) -> Result<usize> {
        let mut statement = self.0.prepare_cached(sql).map_err(broken)?;
        statement
            .execute(rusqlite::params_from_iter(values))
            .map_err(broken)
    }

    fn rows(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.0.prepare_cached(sql).map_err(broken)?;
        let mut rows = statement
            .query(rusqlite::params_from_iter(values))
            .map_err(broken)?;
        while let Some(row) = rows.next().map_err(broken)? {
            each(row)?;
        }
        Ok(())
    }

    fn ask(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()> {
        // Kept like the others, least recently used first to go: what is asked once is often asked again.
        let mut statement = self.0.prepare_cached(sql).map_err(broken)?;
        let mut rows = statement
            .query(rusqlite::params_from_iter(values))
            .map_err(broken)?;
        while let Some(row) = rows.next().map_err(broken)? {
            each(row)?;
        }
        Ok(())
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
        }))
    }
}

impl Row for rusqlite::Row<'_> {
    fn int(&self, column: usize) -> Result<Option<i64>> {
        match self.get_ref(column).map_err(broken)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(value) => Ok(Some(value)),
            other => Err(corrupt(column, &other)),
        }
    }

    fn text(&self, column: usize) -> Result<Option<&str>> {
        match self.get_ref(column).map_err(broken)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => std::str::from_utf8(bytes)
                .map(Some)
                .map_err(|_| corrupt(column, &"text")),
            other => Err(corrupt(column, &other)),
        }
    }
}

fn corrupt(column: usize, what: &dyn std::fmt::Debug) -> app::Error {
    StoreError::Corrupt(format!("column {column} holds {what:?}")).into()
}

fn unavailable(error: rusqlite::Error) -> app::Error {
    StoreError::Unavailable(error.to_string()).into()
}

fn broken(error: rusqlite::Error) -> app::Error {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => StoreError::Conflict(error.to_string()).into(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy.into(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Corrupt(error.to_string()).into()
        }
        _ => unavailable(error),
    }
}
