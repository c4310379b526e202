//! The store from outside: the suite that every engine passes, and what only SQLite can be asked.

#![expect(clippy::unwrap_used, reason = "a broken expectation is a failed test")]

mod sqlite;
