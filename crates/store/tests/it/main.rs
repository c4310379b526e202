//! The store from outside: the suite that every engine passes, and what only one of them can be asked.

#![expect(clippy::unwrap_used, reason = "a broken expectation is a failed test")]

mod postgres;
mod sqlite;
