//! The socket applications as the protocol needs them: with their secrets' key schedules prepared. And what all
//! their connections share.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use app::{
    directory::Directory,
    ports::{SocketApp, SocketLimits},
};
use wire::pusher::{App, Settings, signature::Secret};

use super::{hooks::Herald, quota::Quotas, register::Register};
use crate::chatapp::SOCKET_KEY;

/// The applications by key, made again when the directory changes.
pub(crate) struct Applications {
    directory: Arc<Directory>,
    register: Arc<Register>,
    quotas: Quotas,
    prepared: RwLock<Prepared>,
}

#[derive(Default)]
struct Prepared {
    version: u64,
    by_key: HashMap<String, Arc<App>>,
    /// The ids of those that nobody may use.
    disabled: HashSet<String>,
}

impl Applications {
    pub(crate) fn new(directory: Arc<Directory>, settings: Settings) -> Self {
        let herald = Arc::new(Herald::new(directory.clone()));
        Self {
            directory,
            register: Arc::new(Register::new(Arc::new(settings), herald)),
            quotas: Quotas::default(),
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

    /// Whether nobody may use an application for now.
    pub(super) fn is_disabled(&self, app: &App) -> bool {
        self.look(|it| it.disabled.contains(&app.id))
    }

    /// How many connections each application has.
    pub(super) fn quotas(&self) -> &Quotas {
        &self.quotas
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
        let apps = tables.socket_apps.values().map(|app| self.prepare(app));
        prepared.by_key = apps
            .flat_map(|app| {
                let keys: Vec<String> = app.pairs().map(|(key, _)| key.to_owned()).collect();
                let app = Arc::new(app);
                keys.into_iter().map(move |key| (key, app.clone()))
            })
            .collect();
        prepared.disabled = tables
            .socket_apps
            .values()
            .filter(|it| it.disabled)
            .map(|it| it.id.to_string())
            .collect();
        find(&prepared)
    }

    fn prepare(&self, app: &SocketApp) -> App {
        let secret = Secret::new(&app.secret);
        let more = app.more_keys.iter();
        App {
            more_keys: more
                .map(|it| (it.key.clone(), Secret::new(&it.secret)))
                .collect(),
            settings: self.settings_of(&app.limits),
            client_events: app.client_events,
            // The journal is the history of ChatApp's channels.
            resumes: app.key == SOCKET_KEY,
            subscription_counts: app.subscription_counts,
            authorized_only: app.authorized_only,
            ..App::new(&app.id.to_string(), &app.key, secret)
        }
    }

    /// Everybody's settings with an application's own limits.
    fn settings_of(&self, limits: &SocketLimits) -> Arc<Settings> {
        let all = self.settings();
        if *limits == SocketLimits::default() {
            return all.clone();
        }
        fn own<T: TryFrom<i64>>(limit: Option<i64>, usual: T) -> T {
            limit.and_then(|it| it.try_into().ok()).unwrap_or(usual)
        }
        Arc::new(Settings {
            app_connections_max: own(limits.connections_max, all.app_connections_max),
            event_data_bytes_max: own(limits.event_data_bytes_max, all.event_data_bytes_max),
            client_events_per_second_max: own(
                limits.client_events_per_second_max,
                all.client_events_per_second_max,
            ),
            presence_members_max: own(limits.presence_members_max, all.presence_members_max),
            ..Settings::clone(all)
        })
    }
}
