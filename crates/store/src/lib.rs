//! The store: rows, the journal, and the one writer in front of them.
//!
//! The SQL is one text for every engine ([`sql`]); an engine is a small driver that runs it ([`engine`]): SQLite,
//! embedded, for one node ([`sqlite`]), and PostgreSQL, for nodes that share a database ([`postgres`]). The writer
//! ([`writer`]) and the schema ([`migrations`]) are the same for both. The journal's record format is a promise of
//! its own ([`record`]), versioned, and independent of what anybody outside is told.

mod engine;
mod ids;
mod letters;
mod migrations;
mod postgres;
mod queue;
mod readers;
pub mod record;
mod sql;
mod sqlite;
mod writer;

pub use postgres::{PostgresOptions, PostgresStore};
pub use sqlite::{Options, SqliteStore};
