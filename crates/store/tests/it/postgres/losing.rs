//! Connections that are lost.

use std::{
    io::{Read as _, Write as _},
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use app::{Error, StoreError};
use tempfile::TempDir;
use testkit::{
    postgres::{Cluster, Database},
    wait::until_blocking,
};

use super::Node;

fn add(node: &Node, name: &'static str) -> app::Result<i64> {
    let create = move |tx: &mut dyn app::ports::Tx| app::accounts::create(tx, name);
    node.store.transact_blocking(create).map(|it| it.id.0)
}

fn names(node: &Node) -> Vec<String> {
    let accounts = node.store.view(|view| view.accounts()).unwrap();
    accounts.into_iter().map(|it| it.name).collect()
}

#[test]
fn connections_that_ended_while_nobody_used_them_are_made_again() {
    let database = Cluster::shared().database();
    let (node, other) = (Node::open(&database.url()), Node::open(&database.url()));
    for (n, name) in (1..).zip(["one", "two", "three"]) {
        assert_eq!(add(&node, name).unwrap(), n);
        database.disconnect_all();
        // A reader may find out only by being used.
        until_blocking("reading again", || {
            let accounts = node.store.view(|view| view.accounts());
            accounts
                .is_ok_and(|it| it.len() == usize::try_from(n).unwrap())
                .then_some(())
        });
    }
    until_blocking("the other node to follow again", || {
        (other.feed.head() == 3).then_some(())
    });
}

#[test]
fn a_connection_lost_inside_a_transaction_is_an_error_and_leaves_nothing() {
    let database = Arc::new(Cluster::shared().database());
    let node = Node::open(&database.url());
    add(&node, "before").unwrap();
    let cut = database.clone();
    let lost = node.store.transact_blocking(move |tx| {
        app::accounts::create(tx, "lost")?;
        cut.disconnect_all();
        tx.accounts().map(drop)
    });
    let lost = lost.unwrap_err();
    assert!(
        matches!(lost, Error::Store(StoreError::Unavailable(_))),
        "{lost}"
    );
    add(&node, "after").unwrap();
    assert_eq!(names(&node), ["before", "after"]);
    assert_eq!(node.feed.head(), 2);
    assert_eq!(database.sql("SELECT count(*) FROM journal"), "2");
}

/// Passes connections on to a server, and once cuts one after it has passed on a `COMMIT`: before the answer.
struct Cutter {
    directory: TempDir,
    armed: Arc<AtomicBool>,
}

impl Cutter {
    fn before(database: &Database) -> Self {
        let directory = TempDir::new().unwrap();
        let socket = directory.path().join(".s.PGSQL.5432");
        let listener = UnixListener::bind(socket).unwrap();
        let (armed, server) = (Arc::new(AtomicBool::new(false)), database.socket());
        let own = armed.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, armed) = (client.unwrap(), own.clone());
                let server = UnixStream::connect(&server).unwrap();
                let answers = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let cut = Arc::new(AtomicBool::new(false));
                let silent = cut.clone();
                std::thread::spawn(move || pass(answers, |_| !silent.load(Ordering::SeqCst)));
                std::thread::spawn(move || {
                    pass((client, server), |bytes| {
                        let commits = bytes.windows(7).any(|it| it == b"COMMIT\0");
                        if commits && armed.swap(false, Ordering::SeqCst) {
                            cut.store(true, Ordering::SeqCst);
                        }
                        true
                    });
                });
            }
        });
        Self { directory, armed }
    }

    fn url(&self, database: &Database) -> String {
        database.url_by(self.directory.path())
    }
}

/// Passes bytes on from one to the other until one ends. Those that are not wanted are dropped, and whoever waits for
/// them finds the connection ended: the other side does not notice, and does what it was told.
fn pass((mut from, mut to): (UnixStream, UnixStream), wanted: impl Fn(&[u8]) -> bool) {
    let mut bytes = [0; 8192];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        let passed = wanted(&bytes[..read]) && to.write_all(&bytes[..read]).is_ok();
        if !passed {
            // It may have ended by itself, here and below.
            to.shutdown(Shutdown::Both).ok();
        }
    }
    to.shutdown(Shutdown::Write).ok();
}

#[test]
fn a_commit_whose_answer_is_lost_is_not_taken_for_done_and_is_told_all_the_same() {
    let database = Cluster::shared().database();
    let cutter = Cutter::before(&database);
    let node = Node::open(&cutter.url(&database));
    add(&node, "before").unwrap();
    cutter.armed.store(true, Ordering::SeqCst);
    let lost = add(&node, "lost").unwrap_err();
    assert!(
        matches!(lost, Error::Store(StoreError::Unavailable(_))),
        "{lost}"
    );
    assert_eq!(add(&node, "after").unwrap(), 3);
    assert_eq!(names(&node), ["before", "lost", "after"]);
    assert_eq!(node.feed.head(), 3);
}

#[test]
fn a_server_that_went_away_and_came_back_is_used_again() {
    let database = Cluster::shared().database();
    let directory = TempDir::new().unwrap();
    let link = |to: &Path| {
        let socket = directory.path().join(".s.PGSQL.5432");
        std::os::unix::fs::symlink(to, &socket).unwrap();
        socket
    };
    let socket = link(&database.socket());
    let node = Node::open(&database.url_by(directory.path()));
    add(&node, "before").unwrap();
    std::fs::remove_file(&socket).unwrap();
    database.disconnect_all();
    let away = add(&node, "away").unwrap_err();
    assert!(away.to_string().contains("cannot be reached"), "{away}");
    link(&database.socket());
    assert_eq!(add(&node, "after").unwrap(), 2);
}
