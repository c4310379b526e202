//! A whole server with the engine, on a directory of its own: it is stopped in order, or killed, and starts again.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use app::{
    Core, Error, accounts, agents,
    deliveries::{Carriers, Figures, Sender, Settings},
    directory::Directory,
    hooks::{Enqueuer, HookDesk},
    nodes::{self, Keeper},
    ports::{
        BoxFuture, Carrier, ConversationRow, FileStream, Job, Media, Phones, Store, SystemClock,
        View,
    },
    presence::Presence,
    seal::Sealer,
    signs::Teller,
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use bytes::Bytes;
use carriers::{
    guard::{Guard, Policy},
    hooks::Poster,
    media::ObjectMedia,
};
use domain::{Kind, Role, StoredFile};
use edge::{
    Edge,
    hooks::dialects,
    live,
    maytapi::{credentials, new_phone},
    onechat, server,
    socket::Hub,
};
use serde_json::{Value, json};
use store::{Options, PostgresOptions, PostgresStore, SqliteStore};
use testkit::{
    http::{Answer, Client},
    wait::until,
};
use tokio::{
    runtime::Runtime,
    sync::{Notify, watch},
};
use whatsapp_web::{NAME, Reach, WhatsAppWeb};

use crate::fake::{Device, FakeWhatsApp};

/// The key of every server here.
pub(crate) const KEY: [u8; 32] = [9; 32];

/// What can be made to fail.
#[derive(Clone, Default)]
pub(crate) struct Luck {
    /// Nothing can be written.
    pub(crate) store: Arc<AtomicBool>,
    /// No file can be kept.
    pub(crate) media: Arc<AtomicBool>,
}

/// A running server with one phone.
pub(crate) struct Server {
    runtime: Runtime,
    stop: watch::Sender<bool>,
    engine: tokio::task::JoinHandle<()>,
    store: Arc<dyn Store>,
    pub(crate) luck: Luck,
    pub(crate) core: Core,
    base: String,
    token: String,
    http: Client,
    /// The phone's number in the server.
    pub(crate) phone: i64,
}

struct FaultyStore(Arc<dyn Store>, Arc<AtomicBool>);

impl Store for FaultyStore {
    fn submit(&self, job: Box<dyn Job>) -> app::Result<()> {
        if self.1.load(Ordering::SeqCst) {
            return Err(app::StoreError::Busy.into());
        }
        self.0.submit(job)
    }

    fn look(&self, f: &mut dyn FnMut(&dyn View) -> app::Result<()>) -> app::Result<()> {
        self.0.look(f)
    }

    fn close(&self) {
        self.0.close();
    }
}

struct FaultyMedia(ObjectMedia, Arc<AtomicBool>);

impl Media for FaultyMedia {
    fn fetch<'a>(
        &'a self,
        url: &'a str,
        name: Option<&'a str>,
    ) -> BoxFuture<'a, Result<StoredFile, Error>> {
        self.0.fetch(url, name)
    }

    fn put<'a>(
        &'a self,
        name: &'a str,
        content_type: Option<&'a str>,
        bytes: Bytes,
    ) -> BoxFuture<'a, Result<StoredFile, Error>> {
        if self.1.load(Ordering::SeqCst) {
            return Box::pin(async { Err(Error::refused(Kind::Unavailable, "the disk is full")) });
        }
        self.0.put(name, content_type, bytes)
    }

    fn open<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<FileStream, Error>> {
        self.0.open(key)
    }

    fn forget<'a>(&'a self, key: &'a str) -> BoxFuture<'a, ()> {
        self.0.forget(key)
    }
}

impl Server {
    /// Starts on a directory, with what it finds there.
    pub(crate) async fn start(directory: &Path, whatsapp: &FakeWhatsApp) -> Self {
        let reach = Reach::through(whatsapp.sockets(), whatsapp.files());
        Self::start_with(directory, None, reach).await
    }

    /// Starts where WhatsApp is reached in another way, or not at all.
    pub(crate) async fn start_reaching(directory: &Path, reach: Reach) -> Self {
        Self::start_with(directory, None, reach).await
    }

    /// Starts one of several servers on a database: under this name, with a directory that all of them have.
    pub(crate) async fn start_on(
        database: &str,
        name: &str,
        directory: &Path,
        whatsapp: &FakeWhatsApp,
    ) -> Self {
        let reach = Reach::through(whatsapp.sockets(), whatsapp.files());
        Self::start_with(directory, Some((database, name)), reach).await
    }

    async fn start_with(directory: &Path, shared: Option<(&str, &str)>, reach: Reach) -> Self {
        let luck = Luck::default();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let core = open(directory, shared, &luck);
        let store = core.store.clone();
        let node = match shared {
            Some((_, name)) => {
                let name = name.to_owned();
                let joined = store.transact(move |tx| nodes::join(tx, &name, "mark"));
                Some(joined.await.unwrap())
            }
            None => None,
        };
        let own = node.as_ref().map(|it| it.id);
        let settings = whatsapp_web::Settings {
            version: Some((2, 3000, 1)),
            node: own,
            ..whatsapp_web::Settings::default()
        };
        let engine = WhatsAppWeb::new(core.clone(), settings, reach, KEY);
        let (stop, stopping) = watch::channel(false);
        let (running, mut core) = {
            let (engine, stopping) = (engine.clone(), stopping.clone());
            (runtime.spawn(engine.run(stopping)), core)
        };
        let (shards, _handle) = Hub::start(1).unwrap();
        let desk = HookDesk {
            poster: Arc::new(Poster::new(guard(), core.clock.clone())),
            news: Arc::new(Notify::new()),
            figures: Arc::new(Figures::default()),
        };
        let carrier: Arc<dyn Carrier> = Arc::new(engine.clone());
        let carriers = Carriers::from([(NAME, carrier)]);
        let teller = Teller::new(core.clone(), carriers.clone(), own);
        let sender = Sender::new(
            core.clone(),
            dialects(),
            carriers.clone(),
            desk.clone(),
            Settings {
                owner: own.unwrap_or(1),
                ..Settings::default()
            },
        );
        let keeper = node.map(|node| Keeper::new(core.clone(), node));
        let listener = server::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        core.public_url = base.as_str().into();
        let phones: Arc<dyn Phones> = Arc::new(engine);
        let enqueuer = Enqueuer::new(core.clone(), dialects(), &desk);
        let edge = Edge::new(
            core.clone(),
            shards,
            desk,
            wire::pusher::Settings::default(),
        )
        .with_carriers(carriers)
        .with_phones([(NAME, phones)].into(), NAME);
        runtime.spawn(live::run(edge.clone(), stopping.clone()));
        runtime.spawn(onechat::run_typing(edge.clone(), stopping.clone()));
        runtime.spawn(teller.run(stopping.clone()));
        if let Some(keeper) = keeper {
            runtime.spawn(keeper.run(stopping.clone()));
        }
        runtime.spawn(enqueuer.run(stopping.clone()));
        runtime.spawn(sender.run(stopping.clone()));
        runtime.spawn(server::serve(listener, edge.router(), stopping));
        let (token, phone) = shop(&core).await;
        Self {
            runtime,
            stop,
            engine: running,
            store,
            luck,
            core,
            base,
            token,
            http: Client::default(),
            phone,
        }
    }

    /// Stops in order.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        self.engine.await.unwrap();
        let store = self.store;
        tokio::task::spawn_blocking(move || store.close())
            .await
            .unwrap();
        self.runtime.shutdown_background();
    }

    /// Dies, as `kill -9` would have it: nothing is told to anybody, nothing that waits is written.
    pub(crate) async fn kill(self) {
        self.luck.store.store(true, Ordering::SeqCst);
        self.runtime.shutdown_background();
        let store = self.store;
        // What was being written is; only the file has to be free.
        tokio::task::spawn_blocking(move || store.close())
            .await
            .unwrap();
    }

    /// Calls a Maytapi operation of the phone.
    pub(crate) async fn call(&self, method: &str, operation: &str, body: Value) -> Answer {
        let url = format!("{}/{operation}", self.base);
        let url = match url.contains('?') {
            true => format!("{url}&phone_id={}", self.phone),
            false => format!("{url}?phone_id={}", self.phone),
        };
        let headers = [
            ("x-maytapi-key", self.token.as_str()),
            ("content-type", "application/json"),
        ];
        self.http
            .send(method, &url, &headers, body.to_string())
            .await
    }

    /// An agent of the account does something over OneChat's interface.
    pub(crate) async fn agent(&self, method: &str, path: &str, body: Value) -> Answer {
        let account = self.inbox().account_id;
        let made = self.core.store.transact(move |tx| {
            let known = tx.agents()?.into_iter().find(|it| it.account_id == account);
            let new = agents::NewAgent {
                account_id: account,
                name: "Ada".to_owned(),
                email: "ada@shop.example".to_owned(),
                password_hash: "none".to_owned(),
                role: Role::Administrator,
            };
            match known {
                Some(known) => Ok(known),
                None => agents::create(tx, &new),
            }
        });
        let token = agents::access_token(&self.core.sealer, &made.await.unwrap());
        let (host, _) = self.base.rsplit_once("/api/").unwrap_or((&self.base, ""));
        let url = format!("{host}/api/v1/accounts/{account}{path}");
        let headers = [
            ("api_access_token", token.as_str()),
            ("content-type", "application/json"),
        ];
        self.http
            .send(method, &url, &headers, body.to_string())
            .await
    }

    /// The phone as it is now.
    pub(crate) fn inbox(&self) -> Arc<domain::Inbox> {
        let id = domain::InboxId(self.phone);
        self.core.directory.inbox(id).unwrap().inbox
    }

    /// Keeps a row.
    pub(crate) async fn keep(&self, keeper: &'static str, name: &'static str, value: &'static str) {
        let store = &self.core.store;
        let kept = store.transact(move |tx| tx.keep(keeper, name, Some(value)));
        kept.await.unwrap();
    }

    /// How many rows are kept under this name.
    pub(crate) fn kept(&self, keeper: &str) -> usize {
        let store = &self.core.store;
        let rows = store.view(|view| view.list_kept(keeper, 1_000));
        rows.unwrap().len()
    }

    /// The conversation that a message was said in.
    pub(crate) fn conversation(&self, it: &domain::Message) -> ConversationRow {
        let store = &self.core.store;
        let found = store.view(|view| view.find_conversation_by_id(it.conversation_id));
        found.unwrap().unwrap()
    }

    /// The answer of an operation that must succeed.
    pub(crate) async fn get(&self, operation: &str) -> Value {
        self.call("GET", operation, Value::Null).await.ok()
    }

    pub(crate) async fn post(&self, operation: &str, body: Value) -> Value {
        self.call("POST", operation, body).await.ok()
    }

    /// Sends something. Returns its id.
    pub(crate) async fn send(&self, body: Value) -> String {
        let sent = self.post("sendMessage", body).await;
        sent["data"]["msgId"].as_str().unwrap().to_owned()
    }

    /// Sends a text. Returns its id.
    pub(crate) async fn say(&self, to: &str, text: &str) -> String {
        self.send(json!({ "to_number": to, "type": "text", "message": text }))
            .await
    }

    /// The word for how the session stands.
    pub(crate) async fn state(&self) -> String {
        self.get("listPhones").await;
        let core = self.core.clone();
        let id = domain::InboxId(self.phone);
        let inbox = core.directory.inbox(id).unwrap().inbox;
        let session = core.store.view(|view| app::sessions::load(view, &inbox));
        format!("{:?}", session.unwrap().state)
    }

    /// Waits until the session stands so.
    pub(crate) async fn until(&self, state: &str) {
        let waiting = until(state, async || (self.state().await == state).then_some(()));
        tokio::time::timeout(Duration::from_secs(40), waiting)
            .await
            .unwrap();
    }

    /// Opens the phone as a device that is linked already. Returns which.
    pub(crate) async fn link(&self, whatsapp: &FakeWhatsApp, number: &str) -> Device {
        let (credentials, device) = whatsapp.linked(number);
        let session = serde_json::to_vec(&credentials).unwrap();
        let data = json!({ "WASession": STANDARD_NO_PAD.encode(session), "WAKeys": "" });
        self.post("restore", data).await;
        self.until("LoggedIn").await;
        device
    }

    /// Everything said in the phone's chats, oldest first.
    pub(crate) fn messages(&self) -> Vec<domain::Message> {
        let entries = self.core.store.view(|view| view.read_journal(0, 10_000));
        let mut ids = Vec::new();
        for entry in entries.unwrap() {
            if let domain::Event::MessageCreated { spoken, .. } = entry.event {
                ids.push(spoken.message.id);
            }
        }
        let view = &self.core.store;
        let found = ids.into_iter().map(|id| {
            let found = view.view(|view| view.find_message(id));
            found.unwrap().unwrap()
        });
        found.collect()
    }

    /// Waits for a message that fits.
    pub(crate) async fn hears(
        &self,
        what: &str,
        fits: impl Fn(&domain::Message) -> bool,
    ) -> domain::Message {
        until(what, async || self.messages().into_iter().find(&fits)).await
    }

    /// Waits until a message of ours has come so far.
    pub(crate) async fn until_status(&self, id: &str, status: domain::MessageStatus) {
        let what = format!("{id} to be {status:?}");
        self.hears(&what, |it| {
            let same = wire::maytapi::id::of(it.id.0, 0) == id;
            same && it.status == status
        })
        .await;
    }
}

fn guard() -> Guard {
    Guard::new(Policy {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        https_only: false,
    })
    .unwrap()
}

fn open(place: &Path, shared: Option<(&str, &str)>, luck: &Luck) -> Core {
    let clock = Arc::new(SystemClock);
    let (store, feed): (Arc<dyn Store>, _) = match shared {
        Some((url, name)) => {
            let options = PostgresOptions {
                url: url.to_owned(),
                ca: None,
                node: Some(name.to_owned()),
            };
            let (store, feed) = PostgresStore::open(&options, clock.clone()).unwrap();
            (store, feed)
        }
        None => {
            let path = place.join("switchboard.db");
            let (store, feed) = SqliteStore::open(&Options { path }, clock.clone()).unwrap();
            (store, feed)
        }
    };
    let store: Arc<dyn Store> = Arc::new(FaultyStore(store, luck.store.clone()));
    let presence = Arc::<Presence>::default();
    let directory = Directory::load(&*store, presence.clone()).unwrap();
    feed.observe({
        let (directory, store) = (directory.clone(), store.clone());
        Box::new(move |entries| directory.follow(&*store, entries))
    });
    let media = ObjectMedia::in_directory(guard(), &place.join("media")).unwrap();
    Core {
        store,
        feed,
        directory,
        media: Arc::new(FaultyMedia(media, luck.media.clone())),
        clock,
        sealer: Arc::new(Sealer::new(&KEY)),
        presence,
        paces: Arc::default(),
        post: None,
        typing: Arc::default(),
        public_url: "http://localhost".into(),
    }
}

/// The account with its phone, made at the first start. Returns the token and the phone.
async fn shop(core: &Core) -> (String, i64) {
    let tables = core.directory.tables();
    let known = tables.inboxes_by_carrier(NAME).next();
    let (account, phone) = match known {
        Some(it) => (it.inbox.account_id, it.inbox.id.0),
        None => {
            let made = core.store.transact(|tx| {
                let account = accounts::create(tx, "Shop")?.id;
                let phone = new_phone(tx, account, NAME, None)?;
                Ok((account, phone.id.0))
            });
            made.await.unwrap()
        }
    };
    let shown = credentials(core, account).unwrap();
    (shown.token, phone)
}

/// Every row that holds what the session remembers.
pub(crate) fn rows(directory: &Path) -> Vec<(String, String, String)> {
    let sql = rusqlite::Connection::open(directory.join("switchboard.db")).unwrap();
    let mut found = sql
        .prepare("SELECT kind, key, value FROM session_keys ORDER BY kind, key")
        .unwrap();
    let rows = found.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.unwrap().map(Result::unwrap).collect()
}
