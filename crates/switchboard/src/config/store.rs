//! Where the server keeps things.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use store::PostgresOptions;

/// Letters of a node's name.
const NODE_CHARS: usize = 64;

/// Where the server keeps things.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Store {
    /// A directory; made if it is not there.
    pub(crate) data: PathBuf,
    /// A PostgreSQL database instead of the one in the directory.
    pub(crate) url: Option<Url>,
    /// The certificates by which the database's server is verified; those that the system trusts without.
    pub(crate) ca: Option<PathBuf>,
    /// What this server is called among those on one database; the machine's name without.
    pub(crate) node: Option<String>,
}

/// An address that may hold a password, which is not shown.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Url(String);

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Url(..)")
    }
}

impl Default for Store {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            url: None,
            ca: None,
            node: None,
        }
    }
}

impl Store {
    /// The embedded database in a directory.
    pub(crate) fn with_data(self, data: &Path) -> Self {
        Self {
            data: data.to_owned(),
            ..self
        }
    }

    /// The database that other servers may use too, if there is one.
    pub(crate) fn postgres(&self) -> Option<PostgresOptions> {
        self.url.as_ref().map(|url| PostgresOptions {
            url: url.0.clone(),
            ca: self.ca.clone(),
            node: None,
        })
    }

    /// What this server is called among others.
    pub(crate) fn node(&self) -> String {
        let machine = || {
            let uname = rustix::system::uname();
            uname.nodename().to_string_lossy().into_owned()
        };
        self.node.clone().unwrap_or_else(machine)
    }

    /// Refuses what cannot be meant.
    pub(super) fn check(&self) -> Result<()> {
        if let Some(options) = self.postgres() {
            options.check().context("store.url")?;
        }
        if let Some(node) = &self.node {
            let letter = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
            if node.is_empty() || node.len() > NODE_CHARS || !node.chars().all(letter) {
                bail!("store.node is letters, digits, '-', '_' and '.', at most {NODE_CHARS}");
            }
        }
        Ok(())
    }
}
