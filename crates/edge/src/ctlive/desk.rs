//! Who may bring what: each inbox has its own way of knowing its connector.
//!
//! What a connector must show is hashed with a key of this process when the directory changes, and so is what a
//! request shows. Then one look-up finds every inbox it may speak for, and takes no longer for a near miss.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, PoisonError, RwLock},
};

use app::{
    directory::{Connected, Directory},
    tokens::hash,
};
use axum::http::{HeaderMap, header};
use domain::InboxId;
use serde::Deserialize;
use wire::ctlive::auth;

use super::{CARRIER, turns::Turns};
use crate::http::{header as text, named};

/// The half of a connector inbox's settings that concerns what it brings.
#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    inbound_auth: InboundAuth,
}

/// How an inbox knows its connector.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum InboundAuth {
    /// HTTP Basic with a user name and password of its own, or the inbox's.
    Basic {
        username: Option<String>,
        password: Option<String>,
    },
    /// `Authorization: Bearer` with this token.
    Bearer { token: String },
    /// A header of this name with this value.
    Header { name: String, value: String },
    /// Not at all: the network in front of us does.
    None,
}

impl Default for InboundAuth {
    fn default() -> Self {
        Self::Basic {
            username: None,
            password: None,
        }
    }
}

/// What a connector shows, hashed.
type Shown = [u8; 32];

#[derive(Default)]
struct Table {
    version: u64,
    by_shown: HashMap<Shown, Vec<Connected>>,
    /// Names of headers that some inbox looks at, in lower case.
    headers: Vec<String>,
    /// Inboxes that look at nothing.
    open: Vec<Connected>,
}

/// Knows connectors.
pub(crate) struct Desk {
    directory: Arc<Directory>,
    table: RwLock<Arc<Table>>,
    /// Mixed into what is hashed, so that nobody outside can aim at a hash.
    salt: u64,
    /// Whose files are being fetched.
    pub(super) fetches: Turns,
}

impl Desk {
    pub(crate) fn new(directory: Arc<Directory>) -> Self {
        let salt = RandomState::new().hash_one("connectors");
        Self {
            directory,
            table: RwLock::default(),
            salt,
            fetches: Turns::default(),
        }
    }

    /// The inboxes that a request may speak for.
    pub(super) fn inboxes(&self, headers: &HeaderMap) -> Vec<Connected> {
        let table = self.table();
        let mut found = table.open.clone();
        for shown in self.shown(&table, headers) {
            found.extend(table.by_shown.get(&shown).into_iter().flatten().cloned());
        }
        found
    }

    /// The inbox with this address of ours, whoever serves it.
    pub(super) fn by_address(&self, address: &str) -> Option<InboxId> {
        let tables = self.directory.tables();
        let mut all = tables.inboxes_by_carrier(CARRIER);
        all.find(|it| it.inbox.address == address)
            .map(|it| it.inbox.id)
    }

    fn shown(&self, table: &Table, headers: &HeaderMap) -> Vec<Shown> {
        let authorization = text(headers, &header::AUTHORIZATION).unwrap_or_default();
        let basic = auth::basic(authorization).map(|(user, password)| self.basic(&user, &password));
        let bearer = auth::bearer(authorization).map(|token| self.bearer(token));
        let custom = table
            .headers
            .iter()
            .filter_map(|name| Some(self.custom(name, named(headers, name)?)));
        basic.into_iter().chain(bearer).chain(custom).collect()
    }

    fn basic(&self, user: &str, password: &str) -> Shown {
        // The length keeps "a:b" + "c" and "a" + "b:c" apart.
        hash(&format!(
            "{}\0basic\0{}\0{user}\0{password}",
            self.salt,
            user.len()
        ))
    }

    fn bearer(&self, token: &str) -> Shown {
        hash(&format!("{}\0bearer\0{token}", self.salt))
    }

    fn custom(&self, name: &str, value: &str) -> Shown {
        hash(&format!("{}\0header\0{name}\0{value}", self.salt))
    }

    fn table(&self) -> Arc<Table> {
        let tables = self.directory.tables();
        {
            let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
            if table.version == tables.version {
                return table.clone();
            }
        }
        let mut made = Table {
            version: tables.version,
            ..Table::default()
        };
        for connected in tables.inboxes_by_carrier(CARRIER) {
            self.add(&mut made, connected);
        }
        let made = Arc::new(made);
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = made.clone();
        made
    }

    fn add(&self, table: &mut Table, connected: &Connected) {
        let settings: Settings = match serde_json::from_str(&connected.settings) {
            Ok(settings) => settings,
            Err(error) => {
                tracing::error!(%error, inbox.id = connected.inbox.id.0, "its settings are unreadable: it takes nothing");
                return;
            }
        };
        let shown = match &settings.inbound_auth {
            InboundAuth::Basic { username, password } => {
                let user = username.as_ref().unwrap_or(&settings.username);
                self.basic(user, password.as_ref().unwrap_or(&settings.password))
            }
            InboundAuth::Bearer { token } => self.bearer(token),
            InboundAuth::Header { name, value } => {
                let name = name.to_lowercase();
                let shown = self.custom(&name, value);
                table.headers.push(name);
                shown
            }
            InboundAuth::None => {
                table.open.push(connected.clone());
                return;
            }
        };
        table
            .by_shown
            .entry(shown)
            .or_default()
            .push(connected.clone());
    }
}
