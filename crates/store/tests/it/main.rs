//! The store from outside: the suite that every engine passes, and what only SQLite can be asked.

mod sqlite;
