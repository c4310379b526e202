//! SQLite in a directory of its own.

use std::sync::Arc;

use app::ports::{Clock, Store as _};
use store::{Options, SqliteStore};
use tempfile::TempDir;
use testkit::{
    clock::TestClock,
    store_suite::{Opened, Place},
};

testkit::store_suite!(fresh_directory);

struct Directory(TempDir);

impl Directory {
    fn options(&self) -> Options {
        Options {
            path: self.0.path().join("switchboard.db"),
        }
    }
}

impl Place for Directory {
    fn open(&self, clock: Arc<dyn Clock>) -> Opened {
        let (store, feed) = SqliteStore::open(&self.options(), clock).unwrap();
        let closing = store.clone();
        Opened {
            store,
            feed,
            close: Box::new(move || closing.close()),
        }
    }
}

fn fresh_directory() -> Box<dyn Place> {
    Box::new(Directory(TempDir::new().unwrap()))
}

/// A store with one entry, and another connection to its file.
fn with_sql(test: impl FnOnce(&rusqlite::Connection, &Directory)) {
    let directory = Directory(TempDir::new().unwrap());
    let clock = Arc::new(TestClock::default());
    let (store, _) = SqliteStore::open(&directory.options(), clock).unwrap();
    let dynamic: Arc<dyn app::ports::Store> = store.clone();
    dynamic
        .transact_blocking(|tx| app::accounts::create(tx, "acme"))
        .unwrap();
    store.close();
    let sql = rusqlite::Connection::open(directory.options().path).unwrap();
    test(&sql, &directory);
}

#[test]
fn an_entry_cannot_be_changed() {
    with_sql(|sql, _| {
        let changed = sql.execute("UPDATE journal SET body = '{}' WHERE seq = 1", []);
        assert!(changed.unwrap_err().to_string().contains("append-only"));
        let changed = sql.execute("UPDATE journal SET seq = 9", []);
        assert!(changed.unwrap_err().to_string().contains("append-only"));
    });
}

#[test]
fn a_closed_store_leaves_one_whole_file() {
    with_sql(|sql, directory| {
        let check: String = sql
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(check, "ok");
        let copied: i64 = rusqlite::Connection::open(directory.options().path)
            .unwrap()
            .query_row("SELECT count(*) FROM journal", [], |row| row.get(0))
            .unwrap();
        assert_eq!(copied, 1);
    });
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    with_sql(|sql, directory| {
        sql.execute_batch("PRAGMA user_version = 999").unwrap();
        let refused = SqliteStore::open(&directory.options(), Arc::new(TestClock::default()));
        let error = refused.err().unwrap();
        assert!(error.to_string().contains("newer than this program"));
    });
}

#[test]
fn steps_of_the_schema_are_taken_once() {
    with_sql(|sql, directory| {
        let schema = |sql: &rusqlite::Connection| -> Vec<String> {
            let mut all = sql
                .prepare("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name")
                .unwrap();
            let rows = all.query_map([], |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        };
        let before = schema(sql);
        let (store, _) =
            SqliteStore::open(&directory.options(), Arc::new(TestClock::default())).unwrap();
        store.close();
        assert_eq!(schema(sql), before);
    });
}
