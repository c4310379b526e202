//! A running server: the parts, wired together, and the order in which they stop.

use std::{
    fs::{File, TryLockError},
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use app::{
    Core,
    accounts::Eraser,
    conversations::{self, run_idle, run_waking},
    deliveries::{Figures, Retention, Sender, Settings, Sweeper},
    directory::Directory,
    hooks::{Enqueuer, HookDesk},
    inboxes,
    letters::Notifier,
    nodes::{self, Keeper, Node},
    ports::{Clock, Store, SystemClock},
    presence::Presence,
    rules::Runner,
    seal::Sealer,
    uploads,
    words::Indexer,
};
use carriers::{
    guard::{Guard, Policy},
    hooks::Poster,
    media::ObjectMedia,
    sandbox::{self, Pace},
    telegram,
};
use edge::{
    Edge,
    hooks::{dialects, rulebook},
    live,
    onechat::{self, Doors},
    pusher, server,
    socket::{Hub, HubHandle},
};
use ipnet::IpNet;
use store::{Options, PostgresOptions, PostgresStore, SqliteStore};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::{Notify, watch},
    task::JoinHandle,
};

use crate::{
    config::{self, Config},
    key,
    networks::Networks,
};

/// A server that has its data and its addresses, and answers nobody yet.
pub(crate) struct Prepared {
    pub(crate) core: Core,
    /// The first address it listens on.
    pub(crate) address: SocketAddr,
    /// What every secret is made from.
    pub(crate) key: [u8; 32],
    /// What it is called among the servers on its database, if there may be others.
    node: Option<String>,
    guard: Guard,
    pusher: wire::pusher::Settings,
    deliveries: Settings,
    retention: Retention,
    pace: Pace,
    chatapp_per_second: u32,
    proxies: Vec<IpNet>,
    visitors_per_hour: u32,
    web: config::WhatsAppWeb,
    listeners: Vec<TcpListener>,
}

/// A server that runs.
pub(crate) struct Running {
    store: Arc<dyn Store>,
    hub: HubHandle,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    listeners: Vec<JoinHandle<()>>,
    signals: Signals,
}

/// How long a stopping server waits for each of: its sockets, what it is sending, what it is writing.
const GRACE: Duration = Duration::from_secs(10);

/// The parts that need no socket: enough to work on what is kept.
pub(crate) fn open_core(
    place: &config::Store,
    node: Option<String>,
    policy: Policy,
    public_url: &str,
) -> Result<(Core, Guard, [u8; 32])> {
    let (clock, presence) = (Arc::new(SystemClock), Arc::default());
    open_core_at(place, node, policy, public_url, clock, presence)
}

/// The same by another clock, with who is here.
pub(crate) fn open_core_at(
    place: &config::Store,
    node: Option<String>,
    policy: Policy,
    public_url: &str,
    clock: Arc<dyn Clock>,
    presence: Arc<Presence>,
) -> Result<(Core, Guard, [u8; 32])> {
    let data = &*place.data;
    std::fs::create_dir_all(data).with_context(|| format!("{} cannot be made", data.display()))?;
    let (store, feed): (Arc<dyn Store>, _) = match place.postgres() {
        Some(options) => {
            let options = PostgresOptions { node, ..options };
            let (store, feed) = PostgresStore::open(&options, clock.clone())?;
            (store, feed)
        }
        None => {
            lock(data)?;
            let path = data.join("switchboard.db");
            let (store, feed) = SqliteStore::open(&Options { path }, clock.clone())?;
            (store, feed)
        }
    };
    let key = key::load_or_make(data)?;
    let directory = Directory::load(&*store, presence.clone())?;
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
        paces: Arc::default(),
        typing: Arc::default(),
        presence,
        post: None,
        public_url: public_url.into(),
    };
    Ok((core, guard, key))
}

/// One server at a time works on a directory. The lock ends with the process, however it ends.
fn lock(data: &Path) -> Result<()> {
    let file = File::create(data.join("server.lock"))?;
    match file.try_lock() {
        Ok(()) => {
            // Held for as long as the process lives.
            std::mem::forget(file);
            Ok(())
        }
        Err(TryLockError::WouldBlock) => {
            bail!("another server works on {}: stop it first", data.display())
        }
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

impl Prepared {
    /// Takes the addresses and opens the data.
    pub(crate) fn open(config: &Config) -> Result<Self> {
        let mut listeners = Vec::new();
        for address in &config.listen.http {
            let listener = server::bind(*address)
                .with_context(|| format!("cannot listen on {address}: is another server there?"))?;
            listeners.push(listener);
        }
        let address = listeners
            .first()
            .context("nowhere to listen")?
            .local_addr()?;
        let public_url = match &config.listen.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{address}"),
        };
        let policy = Policy {
            allow: config.outside.allow.clone(),
            https_only: config.outside.https_only,
        };
        let node = config.store.url.is_some().then(|| config.store.node());
        let window = Duration::from_secs(config.presence.window_s);
        let (mut core, guard, key) = open_core_at(
            &config.store,
            node.clone(),
            policy,
            &public_url,
            Arc::new(SystemClock),
            Arc::new(Presence::new(window)),
        )?;
        core.paces = Arc::new(config.pacing.paces()?);
        core.post = config.mail.post(&public_url)?.map(Arc::new);
        let deliveries = Settings {
            letters: config.mail.schedule(),
            ..config.hooks.settings()
        };
        Ok(Self {
            core,
            address,
            key,
            node,
            guard,
            pusher: config.pusher.settings(),
            deliveries,
            retention: config.deliveries.retention(),
            pace: config.sandbox.pace(),
            chatapp_per_second: config.chatapp.requests_per_second,
            proxies: config.listen.proxies.clone(),
            visitors_per_hour: config.widget.visitors_per_hour,
            web: config.whatsapp_web.clone(),
            listeners,
        })
    }

    /// Starts everything. It is ready when this returns.
    pub(crate) async fn run(self) -> Result<Running> {
        // Before anybody can see that it runs, and tell it to stop.
        let signals = Signals::watch()?;
        let Self {
            core,
            address,
            key,
            node,
            guard,
            pusher,
            mut deliveries,
            retention,
            pace,
            chatapp_per_second,
            proxies,
            visitors_per_hour,
            web,
            listeners,
        } = self;
        let store = core.store.clone();
        let node = match node {
            Some(name) => Some(join(&store, name, &key).await?),
            None => None,
        };
        if let Some(node) = &node {
            deliveries.owner = node.id;
        }
        let shards = std::thread::available_parallelism().map_or(2, usize::from);
        let (hub, handle) = Hub::start(shards)?;
        let desk = HookDesk {
            poster: Arc::new(Poster::new(guard.clone(), core.clock.clone())),
            news: Arc::new(Notify::new()),
            figures: Arc::new(Figures::default()),
        };
        let own = node.as_ref().map(|it| it.id);
        let networks = Networks::new(&core, guard, pace, own, (&web, key))?;
        let carriers = networks.carriers();
        let enqueuer = Enqueuer::new(core.clone(), dialects(), &desk);
        let sender = Sender::new(core.clone(), dialects(), carriers, desk.clone(), deliveries);
        let followers = core.clone();
        let keeper = node.map(|node| Keeper::new(core.clone(), node));
        let edge = Edge::new(core, hub, desk, pusher).with_visitors_per_hour(visitors_per_hour);
        let edge = networks.open(edge).with_pace(chatapp_per_second, proxies);
        let (stop, stopping) = watch::channel(false);
        let mut tasks = vec![
            tokio::spawn(live::run(edge.clone(), stopping.clone())),
            tokio::spawn(onechat::run_presence(edge.clone(), stopping.clone())),
            tokio::spawn(onechat::run_typing(edge.clone(), stopping.clone())),
            tokio::spawn(pusher::run_hooks(edge.clone(), stopping.clone())),
            tokio::spawn(enqueuer.run(stopping.clone())),
            tokio::spawn(sender.run(stopping.clone())),
        ];
        tasks.extend(follow(&followers, retention, &stopping));
        tasks.extend(networks.run(&stopping));
        tasks.extend(keeper.map(|keeper| tokio::spawn(keeper.run(stopping.clone()))));
        let router = edge.router();
        let serve = |listener: TcpListener| {
            tokio::spawn(server::serve(listener, router.clone(), stopping.clone()))
        };
        let listeners = listeners.into_iter().map(serve).collect();
        tracing::info!(%address, "ready");
        Ok(Running {
            store,
            hub: handle,
            stop,
            tasks,
            listeners,
            signals,
        })
    }
}

/// Starts what follows the journal or the clock, and knows neither doors nor networks.
fn follow(
    core: &Core,
    retention: Retention,
    stopping: &watch::Receiver<bool>,
) -> Vec<JoinHandle<()>> {
    let belongings = Doors {
        of_inboxes: vec![
            (telegram::NAME, telegram::kept_name),
            (sandbox::NAME, sandbox::kept_name),
        ],
        keepers_of_inboxes: vec![sandbox::keeper_of],
    };
    let rules = Runner::new(core.clone(), rulebook(core.clone()));
    let belongings = Arc::new(belongings);
    let eraser = Eraser::new(core.clone(), belongings.clone());
    let removed = conversations::Eraser::new(core.clone(), belongings.clone());
    let removed_inboxes = inboxes::Eraser::new(core.clone(), belongings);
    let mut tasks = vec![
        tokio::spawn(rules.run(stopping.clone())),
        tokio::spawn(Indexer::new(core).run(stopping.clone())),
        tokio::spawn(Sweeper::new(core.clone(), retention).run(stopping.clone())),
        tokio::spawn(run_waking(core.clone(), stopping.clone())),
        tokio::spawn(run_idle(core.clone(), stopping.clone())),
        tokio::spawn(eraser.run(stopping.clone())),
        tokio::spawn(removed.run(stopping.clone())),
        tokio::spawn(removed_inboxes.run(stopping.clone())),
        tokio::spawn(uploads::Sweeper::new(core.clone()).run(stopping.clone())),
    ];
    let notifier = core.post.as_ref().map(|it| it.notify_after);
    let notifier = notifier.map(|after| Notifier::new(core.clone(), after));
    tasks.extend(notifier.map(|it| tokio::spawn(it.run(stopping.clone()))));
    tasks
}

/// Takes a place among the servers that share the database.
async fn join(store: &Arc<dyn Store>, name: String, key: &[u8; 32]) -> Result<Node> {
    let mark = key::derive(key, "mark of a node")?;
    Ok(store
        .transact(move |tx| nodes::join(tx, &name, &mark))
        .await?)
}

impl Running {
    /// Runs until the process is told to stop, and then stops in order: refuse new work and finish what is under
    /// way, say goodbye on every socket, finish what is queued for the store.
    pub(crate) async fn until_stopped(mut self) {
        self.signals.either().await;
        tracing::info!("stopping");
        self.stop.send_replace(true);
        for listener in self.listeners {
            drop(listener.await);
        }
        self.hub.stop().await;
        for mut task in self.tasks {
            // What is still being sent then is sent again after the next start.
            if tokio::time::timeout(GRACE, &mut task).await.is_err() {
                task.abort();
            }
        }
        let store = self.store;
        drop(tokio::task::spawn_blocking(move || store.close()).await);
        tracing::info!("stopped");
    }
}

/// What tells the process to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Watches for them from now on.
    fn watch() -> Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Returns when one of them has come.
    async fn either(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
