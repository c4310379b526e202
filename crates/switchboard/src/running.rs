//! A running server: the parts, wired together, and the order in which they stop.

use std::{net::SocketAddr, path::Path, sync::Arc};

use anyhow::{Context as _, Result};
use app::{
    Core,
    deliveries::{Carriers, Dispatcher, Schedule},
    directory::Directory,
    ports::{Clock, Store, SystemClock},
    presence::Presence,
    seal::Sealer,
};
use carriers::{
    ctlive::Ctlive,
    guard::{Guard, Policy},
    media::ObjectMedia,
};
use edge::{
    Edge, ctlive, live, onechat, server,
    socket::{Hub, HubHandle},
};
use store::{Options, SqliteStore};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{config::Config, key};

/// A server that runs.
pub(crate) struct Running {
    pub(crate) core: Core,
    /// The first address it listens on.
    pub(crate) address: SocketAddr,
    /// What every secret is made from.
    pub(crate) key: [u8; 32],
    store: Arc<SqliteStore>,
    hub: HubHandle,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    listeners: Vec<JoinHandle<()>>,
}

/// The parts that need no socket: enough to work on the data of a stopped server.
pub(crate) fn open_core(
    data: &Path,
    policy: Policy,
    public_url: &str,
) -> Result<(Core, Arc<SqliteStore>, Guard, [u8; 32])> {
    std::fs::create_dir_all(data)
        .with_context(|| format!("{} cannot be made", data.display()))?;
    let key = key::load_or_make(data)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let options = Options { path: data.join("switchboard.db") };
    let (sqlite, feed) = SqliteStore::open(&options, clock.clone())?;
    let store: Arc<dyn Store> = sqlite.clone();
    let directory = Directory::load(&*store)?;
    feed.observe({
        let (directory, store) = (directory.clone(), store.clone());
        Box::new(move |entries| directory.follow(&*store, entries))
    });
    let guard = Guard::new(policy)?;
    let media = ObjectMedia::in_directory(guard.clone(), &data.join("media"))?;
    let core = Core {
        store,
        feed,
        directory,
        media: Arc::new(media),
        clock,
        sealer: Arc::new(Sealer::new(&key)),
        presence: Arc::new(Presence::new(Presence::WINDOW)),
        public_url: public_url.into(),
    };
    Ok((core, sqlite, guard, key))
}

impl Running {
    /// Starts everything. It is ready when this returns.
    pub(crate) async fn start(config: &Config) -> Result<Self> {
        let mut listeners = Vec::new();
        for address in &config.listen.http {
            let listener = server::bind(*address)
                .with_context(|| format!("cannot listen on {address}: is another server there?"))?;
            listeners.push(listener);
        }
        let address = listeners.first().context("nowhere to listen")?.local_addr()?;
        let public_url = match &config.listen.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{address}"),
        };
        let policy = Policy {
            allow: config.outside.allow.clone(),
            https_only: config.outside.https_only,
        };
        let (core, store, guard, key) = open_core(&config.store.data, policy, &public_url)?;

        let shards = std::thread::available_parallelism().map_or(2, usize::from);
        let (hub, handle) = Hub::start(shards)?;
        let edge = Edge::new(core.clone(), hub);
        let (stop, stopping) = watch::channel(false);
        let connector: Arc<dyn app::ports::Carrier> = Arc::new(Ctlive::new(guard, core.clock.clone()));
        let carriers = Carriers::from([(ctlive::CARRIER, connector)]);
        let dispatcher = Dispatcher::new(core.clone(), carriers, Schedule::default());
        let tasks = vec![
            tokio::spawn(live::run(edge.clone(), stopping.clone())),
            tokio::spawn(onechat::run_presence(edge.clone(), stopping.clone())),
            tokio::spawn(dispatcher.run(stopping.clone())),
        ];
        let router = edge.router();
        let serve = |listener: TcpListener| {
            tokio::spawn(server::serve(listener, router.clone(), stopping.clone()))
        };
        let listeners = listeners.into_iter().map(serve).collect();
        tracing::info!(%address, "ready");
        Ok(Self { core, address, key, store, hub: handle, stop, tasks, listeners })
    }

    /// Runs until the process is told to stop, and then stops in order: refuse new work and finish what is under
    /// way, say goodbye on every socket, finish what is queued for the store.
    pub(crate) async fn until_stopped(self) {
        wait_for_signal().await;
        tracing::info!("stopping");
        self.stop.send_replace(true);
        for listener in self.listeners {
            drop(listener.await);
        }
        self.hub.stop().await;
        for task in self.tasks {
            drop(task.await);
        }
        let store = self.store;
        drop(tokio::task::spawn_blocking(move || store.close()).await);
        tracing::info!("stopped");
    }
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
