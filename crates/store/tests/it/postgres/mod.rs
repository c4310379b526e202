//! PostgreSQL in a database of its own on a server of the tests' own.

mod encrypting;
mod losing;
mod sharing;

use std::sync::{Arc, OnceLock};

use app::{
    journal::Feed,
    ports::{Clock, Store},
};
use store::{PostgresOptions, PostgresStore};
use testkit::{
    clock::TestClock,
    postgres::{Cluster, Database},
    store_suite::{Opened, Place},
};

testkit::store_suite!(fresh_database);

struct Server(Database);

impl Place for Server {
    fn open(&self, clock: Arc<dyn Clock>) -> Opened {
        let (store, feed) = PostgresStore::open(&options(&self.0.url()), clock).unwrap();
        let closing = store.clone();
        Opened {
            store,
            feed,
            close: Box::new(move || closing.close()),
        }
    }
}

/// A database whose schema is there already: making it anew for every behaviour would take most of the time.
fn fresh_database() -> Box<dyn Place> {
    static MODEL: OnceLock<Database> = OnceLock::new();
    let model = MODEL.get_or_init(|| {
        let database = Cluster::shared().database();
        drop(Node::open(&database.url()));
        database
    });
    Box::new(Server(model.copy()))
}

fn options(url: &str) -> PostgresOptions {
    PostgresOptions {
        url: url.to_owned(),
        ca: None,
        node: None,
    }
}

/// A store as one of a database's nodes, closed with its end.
struct Node {
    postgres: Arc<PostgresStore>,
    store: Arc<dyn Store>,
    feed: Arc<Feed>,
}

impl Node {
    fn open(url: &str) -> Self {
        let clock = Arc::new(TestClock::default());
        let (postgres, feed) = PostgresStore::open(&options(url), clock).unwrap();
        let store = postgres.clone();
        Self {
            postgres,
            store,
            feed,
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.postgres.close();
    }
}

#[test]
fn an_entry_cannot_be_changed() {
    let database = Cluster::shared().database();
    let node = Node::open(&database.url());
    let created = node
        .store
        .transact_blocking(|tx| app::accounts::create(tx, "acme"));
    created.unwrap();
    for change in ["body = '{}'", "seq = 9"] {
        let refused = database.try_sql(&format!("UPDATE journal SET {change}"));
        assert!(refused.unwrap_err().contains("append-only"));
    }
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    let database = Cluster::shared().database();
    drop(Node::open(&database.url()));
    database.sql("INSERT INTO schema_steps (number) VALUES (999)");
    let refused = PostgresStore::open(&options(&database.url()), Arc::new(TestClock::default()));
    let error = refused.err().unwrap();
    assert!(error.to_string().contains("newer than this program"));
}

#[test]
fn nodes_that_start_at_once_take_each_step_of_the_schema_once() {
    let database = Cluster::shared().database();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| drop(Node::open(&database.url())));
        }
    });
    let steps = database.sql("SELECT count(*) = max(number) AND min(number) = 1 FROM schema_steps");
    assert_eq!(steps, "t");
}

#[test]
fn a_server_that_cannot_be_reached_is_named_without_its_password() {
    for url in [
        "postgres://me:secret@127.0.0.1:1/chat",
        "postgres://me:secret@127.0.0.1:notaport/chat",
        "postgres:///chat?host=/nowhere&user=me&password=secret",
    ] {
        let refused = PostgresStore::open(&options(url), Arc::new(TestClock::default()));
        let told = refused.err().unwrap().to_string();
        assert!(!told.contains("secret"), "{told}");
        let said = told.contains("cannot be reached") || told.contains("store.url");
        assert!(said, "{told}");
    }
}

#[test]
fn a_name_belongs_to_one_living_node() {
    let database = Cluster::shared().database();
    let named = |node: &str| {
        let options = PostgresOptions {
            node: Some(node.to_owned()),
            ..options(&database.url())
        };
        PostgresStore::open(&options, Arc::new(TestClock::default())).map(|(store, _)| store)
    };
    let (one, two) = (named("one").unwrap(), named("two").unwrap());
    one.close();
    // As soon as it is free, and even if its server comes back while its old connection still dies.
    named("one").unwrap().close();
    two.close();
}
