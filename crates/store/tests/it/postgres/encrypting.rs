//! Over the network: passwords and certificates.

use std::sync::Arc;

use app::ports::Store as _;
use store::{PostgresOptions, PostgresStore};
use testkit::{
    clock::TestClock,
    postgres::{Cluster, Database, PASSWORD},
};

const ENCRYPTED: &str = "SELECT count(*) > 0 AND bool_and(ssl) FROM pg_stat_ssl s \
                         JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'switchboard' \
                         AND a.datname = current_database()";

/// Opens and closes a store. Returns whether its connections were encrypted, or why it could not be opened.
fn open(database: &Database, url: String, trusted: bool) -> Result<bool, String> {
    let options = PostgresOptions {
        url,
        ca: trusted.then(|| database.authority()),
        node: None,
    };
    let opened = PostgresStore::open(&options, Arc::new(TestClock::default()));
    let (store, _) = opened.map_err(|error| error.to_string())?;
    let encrypted = database.sql(ENCRYPTED) == "t";
    store.close();
    Ok(encrypted)
}

#[test]
fn a_connection_is_encrypted_if_that_is_asked_for() {
    let database = Cluster::encrypted().database();
    let url = database.url_at("localhost", PASSWORD);
    let required = format!("{url}?sslmode=require");
    assert_eq!(open(&database, required, true), Ok(true));
    let full = format!("{url}?sslmode=verify-full");
    assert_eq!(open(&database, full, true), Ok(true));
    assert_eq!(open(&database, url, true), Ok(false));
}

#[test]
fn a_server_that_nobody_vouches_for_or_under_another_name_is_refused() {
    let database = Cluster::encrypted().database();
    let required = |host| format!("{}?sslmode=require", database.url_at(host, PASSWORD));
    let unknown = open(&database, required("localhost"), false).unwrap_err();
    assert!(unknown.contains("certificate"), "{unknown}");
    let misnamed = open(&database, required("127.0.0.1"), true).unwrap_err();
    assert!(misnamed.contains("certificate"), "{misnamed}");
}

#[test]
fn a_wrong_password_is_refused_and_not_told() {
    let database = Cluster::encrypted().database();
    let wrong = open(&database, database.url_at("localhost", "wrongone"), true);
    let told = wrong.unwrap_err();
    assert!(told.contains("password authentication failed"), "{told}");
    assert!(!told.contains("wrongone"), "{told}");
}
