//! The store: rows, the journal, and the one writer in front of them.
//!
//! The SQL is one text for every engine ([`sql`]); an engine is a small driver that runs it ([`engine`]). SQLite,
//! embedded, is the engine built here ([`sqlite`]). The journal's record format is a promise of its own
//! ([`record`]), versioned, and independent of what anybody outside is told.

mod engine;
mod ids;
mod migrations;
pub mod record;
mod sql;
mod sqlite;

pub use sqlite::{Options, SqliteStore};
