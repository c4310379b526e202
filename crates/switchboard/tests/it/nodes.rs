//! Servers that share a database: the real binary, twice, and a real PostgreSQL.

mod bots;
mod closing;
mod deliveries;
mod live;
mod outage;
mod phones;

use serde_json::Value;
use testkit::{
    connector::Connector,
    demo::{Demo, Options},
    postgres::{Cluster, Database},
};

use crate::BINARY;

/// Two servers on one database, with one key and one connector.
pub(crate) struct Pair {
    pub(crate) one: Demo,
    pub(crate) two: Demo,
    connector: Connector,
    database: Database,
}

impl Pair {
    pub(crate) async fn start() -> Self {
        let (database, connector) = (Cluster::shared().database(), Connector::start().await);
        let options = |node: &str, key| Options {
            ctlive_url: Some(connector.url()),
            env: environment(&database.url(), node),
            key,
        };
        let one = Demo::start_with(BINARY, options("one", None)).await;
        let key = one.data().join("server.key");
        let two = Demo::start_with(BINARY, options("two", Some(key))).await;
        Self {
            one,
            two,
            connector,
            database,
        }
    }
}

fn environment(url: &str, node: &str) -> Vec<(&'static str, String)> {
    vec![
        ("SWITCHBOARD__STORE__URL", url.to_owned()),
        ("SWITCHBOARD__STORE__NODE", node.to_owned()),
        ("SWITCHBOARD__HOOKS__WAITS_MS", "[50,50,50]".to_owned()),
    ]
}

/// A customer's texts, each in a message of its own.
async fn say_all(demo: &Demo, from: &str, texts: &[String]) {
    let items: Vec<Value> = texts
        .iter()
        .map(|text| demo.inbound(from, text, text))
        .collect();
    demo.post(Value::Array(items)).await.ok();
}
