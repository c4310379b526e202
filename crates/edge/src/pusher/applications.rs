//! The socket applications as the protocol needs them: with their secrets' key schedules prepared. And what all
//! their connections share.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use app::directory::Directory;
use wire::pusher::{App, Settings, signature::Secret};

use super::{hooks::Herald, register::Register};
use crate::chatapp::SOCKET_KEY;

/// The applications by key, made again when the directory changes.
pub(crate) struct Applications {
    directory: Arc<Directory>,
    register: Arc<Register>,
    prepared: RwLock<Prepared>,
}

#[derive(Default)]
struct Prepared {
    version: u64,
    by_key: HashMap<String, Arc<App>>,
}

impl Applications {
    pub(crate) fn new(directory: Arc<Directory>, settings: Settings) -> Self {
        let herald = Arc::new(Herald::new(directory.clone()));
        Self {
            directory,
            register: Arc::new(Register::new(Arc::new(settings), herald)),
            prepared: RwLock::default(),
        }
    }

    pub(crate) fn settings(&self) -> &Arc<Settings> {
        self.register.settings()
    }

    /// What this node knows of its channels and users.
    pub(super) fn register(&self) -> &Arc<Register> {
        &self.register
    }

    /// The application that clients name by this key.
    pub(crate) fn find(&self, key: &str) -> Option<Arc<App>> {
        self.look(|it| it.by_key.get(key).cloned())
    }

    /// The application with this id.
    pub(crate) fn find_by_id(&self, id: &str) -> Option<Arc<App>> {
        self.look(|it| it.by_key.values().find(|app| app.id == id).cloned())
    }

    fn look<T>(&self, find: impl FnOnce(&Prepared) -> T) -> T {
        let tables = self.directory.tables();
        {
            let prepared = self.prepared.read().unwrap_or_else(PoisonError::into_inner);
            if prepared.version == tables.version {
                return find(&prepared);
            }
        }
        let mut prepared = self
            .prepared
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        prepared.version = tables.version;
        prepared.by_key = tables
            .socket_apps
            .values()
            .map(|app| {
                let app = App {
                    id: app.id.to_string(),
                    key: app.key.clone(),
                    secret: Secret::new(&app.secret),
                    client_events: app.client_events,
                    // The journal is the history of ChatApp's channels.
                    resumes: app.key == SOCKET_KEY,
                    subscription_counts: app.subscription_counts,
                    authorized_only: app.authorized_only,
                };
                (app.key.clone(), Arc::new(app))
            })
            .collect();
        find(&prepared)
    }
}
